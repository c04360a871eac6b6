// What HTML and htmx leave to do: the focus after a row is swapped, rows that an answer brings
// along, and words where the server can't be reached. Every page works without this file.
// keyboard.js, loaded before, has `reachable`.

const note = document.getElementById("note");

// A button that went away with its row's state, or from the note, must not take the focus with it.
let broughtRow = null;
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const row =
    detail.elt.closest?.(".desk tbody tr") ?? (detail.target === note ? broughtRow : null);
  if (row?.isConnected && document.activeElement === document.body) reachable(row)?.focus();
});

// One press is one press. A key that is held or pressed twice, and the second half of a double
// click, must not press what came in the place of the first one's button. (Without this file the
// stylesheet keeps the pointer away for as long.)
const BREATH = 500;
const cameAt = new Map();

document.addEventListener("htmx:beforeSwap", ({ detail }) =>
  cameAt.set(detail.target.id, performance.now()),
);

function tooSoon(event) {
  const button = event.target.closest?.(".desk button, .desk summary, #note button");
  if (!button || (event.type === "keydown" && event.key !== "Enter" && event.key !== " ")) return;
  // Enter in a field clicks the form's button: whoever typed there has seen the form.
  const field = document.activeElement;
  if (event.detail === 0 && field.matches("input") && field.form === button.form) return;
  const place = button.closest("tr, #note");
  const age = performance.now() - (cameAt.get(place.id) ?? -Infinity);
  if (!event.repeat && age > BREATH) return;
  event.preventDefault();
  event.stopPropagation();
}
document.addEventListener("keydown", tooSoon, true);
document.addEventListener("click", tooSoon, true);

// An answer in the note may bring its row along; a search may have taken that row away.
document.addEventListener("htmx:afterSwap", () => {
  document.querySelectorAll("#note template[data-row]").forEach((brought) => {
    const row = brought.content.firstElementChild;
    const old = document.getElementById(row.id);
    brought.remove();
    if (!old) return;
    old.replaceWith(row);
    htmx.process(row);
    broughtRow = row;
  });
});

// An error answers with a note in words: it goes where notes go, and the row stays as it was.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.isError) return;
  event.detail.target = note;
  event.detail.swapOverride = "innerHTML";
});

// A press whose answer got lost may have counted or not. The form still has the request's id, so
// that pressing again can't count twice.
function unanswered({ detail }) {
  const form = detail.elt.closest("form[method=post]");
  const words = document
    .getElementById(form ? "unconfirmed" : "unanswered")
    .content.cloneNode(true);
  const submitter = detail.requestConfig?.triggeringEvent?.submitter;
  words.querySelector("button")?.addEventListener("click", () => {
    if (!form.isConnected) {
      // A search took its row away meanwhile.
      form.hidden = true;
      form.setAttribute("data-hx-target", "#note");
      note.append(form);
      htmx.process(form);
    }
    // htmx sends the value of a button that was clicked, as of the one for a reason.
    if (submitter) submitter.click();
    else form.requestSubmit();
  });
  note.querySelectorAll(".refused, .refused ~ *").forEach((old) => old.remove());
  if (form && note.contains(form)) note.prepend(words);
  else note.replaceChildren(words);
}
document.addEventListener("htmx:sendError", unanswered);
document.addEventListener("htmx:timeout", unanswered);

// A press that loads a page would leave this one for none, where the connection is known to be lost.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const isByHtmx = form.hasAttribute("data-hx-post") && !form.closest("[data-hx-disable]");
  if (form.method !== "post" || isByHtmx || navigator.onLine) return;
  event.preventDefault();
  note.replaceChildren(document.getElementById("unanswered").content.cloneNode(true));
});

// What the note says can be sent away, whoever put it there.
function canBeClosed() {
  if (!note.firstElementChild || note.querySelector(".dismiss")) return;
  const dismiss = document.getElementById("dismiss").content.cloneNode(true).firstElementChild;
  dismiss.addEventListener("click", () => note.replaceChildren());
  note.append(dismiss);
}
new MutationObserver(canBeClosed).observe(note, { childList: true });
canBeClosed();

// A menu that would open below the window opens above its button; where it has no room either, it
// is scrolled to.
document.addEventListener(
  "toggle",
  ({ target }) => {
    const menu = target.matches("details.why[open]") && target.querySelector(".menu");
    if (!menu) return;
    target.classList.remove("above");
    const { bottom, height } = menu.getBoundingClientRect();
    // The search stays in sight, or else the head of the page, and lies above what is scrolled.
    const sticky = document.querySelector(".search") ?? document.querySelector(".top");
    const ceiling = Math.max(sticky.getBoundingClientRect().bottom, 0);
    const row = target.closest("tr");
    if (getComputedStyle(row).display === "grid" && moveCard(row, menu, ceiling)) return;
    const hasRoomAbove = target.getBoundingClientRect().top - ceiling > height;
    target.classList.toggle("above", bottom > innerHeight && hasRoomAbove);
    menu.scrollIntoView({ block: "nearest" });
  },
  true,
);

// On a phone a row is a card, and a menu above its button would hide whose it is. There the page
// moves instead, if the window has room for the head of the card and all of the menu.
function moveCard(row, menu, ceiling) {
  const gap = 8;
  const hidden = Math.max(menu.getBoundingClientRect().bottom + gap - innerHeight, 0);
  const finger = menu.parentElement.getBoundingClientRect().bottom;
  if (hidden > row.getBoundingClientRect().top - gap - ceiling) return false;
  scrollBy(0, hidden);
  // A second tap must not choose the reason that came in the place of the button.
  const reason = menu.querySelector("button").getBoundingClientRect().top;
  if (reason < finger) cameAt.set(row.id, performance.now());
  return true;
}

// One menu at a time, and none that outlives its use.
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.why[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
