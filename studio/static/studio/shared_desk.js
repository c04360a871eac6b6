// Who is at the desk: a dialog behind the name, opened and filled in by a few keys, and the cover of
// a page that nobody uses. The page of its own works without this file; keyboard.js, loaded before,
// has `singleKeysAreOn` and `search`.

const { acting, locksAfter, here } = document.currentScript.dataset;
const whoDialog = document.getElementById("who-is-here");
const lockForm = document.getElementById("lock");
const whereWeAre = () => location.pathname + location.search;

// --- The dialog ------------------------------------------------------------------------------

// What is typed before the list is there.
let early = null;

function askWho() {
  early = [];
  whoDialog.showModal();
  const asked = `${whoDialog.dataset.href}?next=${encodeURIComponent(whereWeAre())}`;
  htmx.ajax("GET", asked, { target: "#who", swap: "innerHTML" });
}

whoDialog?.addEventListener("close", () => {
  early = null;
  document.getElementById("who").replaceChildren();
});
// What went wrong is told in the note, which a dialog would cover.
for (const wrong of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(wrong, ({ detail }) => {
    if (detail.target?.id === "who" || whoDialog?.contains(detail.elt)) whoDialog.close();
  });
}
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id !== "who" || !early) return;
  const keys = early;
  early = null;
  keys.forEach(take);
});
document.addEventListener("click", (event) => {
  if (
    !whoDialog ||
    byCode() ||
    !event.target.closest("[data-who]") ||
    event.ctrlKey ||
    event.metaKey
  )
    return;
  event.preventDefault();
  askWho();
});

// --- By keys: a letter for the person, then the digits ----------------------------------------

const byCode = () => document.querySelector("[data-by-code]");

// Whether the key meant something here.
function take(key) {
  const form = byCode();
  if (key === "." && lockForm) {
    lock();
    return true;
  }
  if (!form) return false;
  const people = [...(form.elements.who.length ? form.elements.who : [form.elements.who])];
  const person = people.find((each) => each.dataset.letter === key.toLowerCase() && !each.disabled);
  const { code } = form.elements;
  if (person) {
    person.checked = true;
    code.value = "";
    code.focus();
  } else if (/^[0-9]$/.test(key)) {
    code.focus();
    code.value += key;
    sendWhenComplete();
  }
  return person !== undefined || /^[0-9]$/.test(key);
}

document.addEventListener(
  "keydown",
  (event) => {
    const { key, target } = event;
    if (event.altKey || event.ctrlKey || event.metaKey || key.length !== 1) return;
    const isTyping = target.matches("input:not([type=radio]), textarea, select");
    const isAsking = whoDialog?.open || (byCode() && !document.querySelector("dialog[open]"));
    if (isAsking) {
      if (target.type === "password" || event.repeat || key === " ") return;
      if (early) early.push(key);
      else if (target.id === "code" && /^[0-9]$/.test(key)) return;
      else if (!take(key)) return;
    } else {
      // Nothing that anybody searches for begins with a full stop.
      const isFree = !isTyping || (target.id === "search" && target.value === "");
      if (key !== "." || !whoDialog || !isFree || !singleKeysAreOn()) return;
      if (document.querySelector("dialog[open]")) return;
      askWho();
    }
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

// One code is one try, be it sent by its last digit or by Enter too.
const sent = new WeakSet();

function sendWhenComplete() {
  const form = byCode();
  const person = form.querySelector("[name=who]:checked");
  if (!person || form.elements.code.value.length !== Number(person.dataset.digits)) return;
  form.requestSubmit();
}

document.addEventListener("input", ({ target }) => {
  if (target.id !== "code") return;
  target.value = target.value.replace(/[^0-9]/g, "");
  sendWhenComplete();
});
document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-by-code] [name=who]")) byCode().elements.code.focus();
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.closest(".at-desk") || form.hasAttribute("data-hx-post")) return;
  if (sent.has(form)) event.preventDefault();
  sent.add(form);
});

// --- The lock --------------------------------------------------------------------------------

const SEEN = "desk-seen";
const WHO = "desk-who";
const limit = Number(locksAfter) * 1000;
const RENEW_EVERY = Math.min(limit / 4, 60_000);
let renewed = Date.now();

// Nothing can be read while the answer is on its way, or where there is none.
function lock() {
  document.body.hidden = true;
  lockForm.requestSubmit();
}

lockForm?.addEventListener("submit", () => {
  const isOnItsOwnPage = byCode() && !whoDialog.open;
  if (!isOnItsOwnPage) lockForm.elements.next.value = whereWeAre();
});

// Who types a long note is there, which the server can't see: it is told now and then.
async function present() {
  const now = Date.now();
  localStorage.setItem(SEEN, now);
  if (now - renewed < RENEW_EVERY) return;
  renewed = now;
  const answer = await fetch(here, { cache: "no-store" }).catch(() => null);
  if (answer?.redirected) location.reload();
}

function look() {
  if (Date.now() - Number(localStorage.getItem(SEEN)) >= limit) lock();
}

// Another window of this browser may have changed who acts, or locked the desk.
function compare() {
  if (localStorage.getItem(WHO) !== acting) location.reload();
}

localStorage.setItem(WHO, acting);
addEventListener("storage", ({ key }) => {
  if (key === WHO) compare();
});
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) compare();
});
if (limit && lockForm) {
  localStorage.setItem(SEEN, Date.now());
  for (const sign of ["keydown", "pointerdown", "wheel", "touchmove"]) {
    document.addEventListener(sign, present, { capture: true, passive: true });
  }
  for (const back of ["visibilitychange", "focus", "pageshow"]) addEventListener(back, look);
  setInterval(look, 1000);
}
