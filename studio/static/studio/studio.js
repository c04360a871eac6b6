// Additions to HTML and htmx: restore the focus after a swap, insert a row that a response
// includes, and show a lost connection. Every page works without this file.

import { mainControl } from "./keyboard.js";
import { submit } from "./submit.js";

const note = /** @type {HTMLElement} */ (document.getElementById("note"));

/**
 * Return a copy of the content of a <template>.
 * @param {string} id
 */
function cloneTemplate(id) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  return /** @type {DocumentFragment} */ (template.content.cloneNode(true));
}

// --- The focus after a swap ------------------------------------------------------------------

/** @type {Element | null} */
let includedRow = null;

// The swap may have removed the focused button with the old row or the old note.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const row = detail.elt.closest?.(".desk tbody tr") ?? (detail.target === note && includedRow);
  if (row && row.isConnected && document.activeElement === document.body) {
    mainControl(row)?.focus();
  }
});

// --- A guard against double clicks -----------------------------------------------------------

// The second half of a double click, or a key that is held, must not activate the button that took
// the place of the first. Without this file, the stylesheet blocks the pointer for the same time.
export const CLICK_GUARD_MS = 500;
/**
 * When a row or the note was last swapped, by element id, as of performance.now().
 * @type {Map<string, number>}
 */
export const swappedAt = new Map();

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  swappedAt.set(detail.target.id, performance.now());
});

/** @param {KeyboardEvent | MouseEvent} event */
function blockEarlyClick(event) {
  const target = /** @type {Element} */ (event.target);
  const button = target.closest?.(".desk button, .desk summary, #note button");
  if (!button) return;
  const isKey = event instanceof KeyboardEvent;
  if (isKey && event.key !== "Enter" && event.key !== " ") return;
  // Enter in a field clicks its form's button: the person has already seen the new form.
  const field = document.activeElement;
  const isOfField = field instanceof HTMLInputElement && button instanceof HTMLButtonElement;
  if (event.detail === 0 && isOfField && field.form === button.form) return;
  const place = button.closest("tr, #note");
  const age = performance.now() - (swappedAt.get(place?.id ?? "") ?? -Infinity);
  if (!(isKey && event.repeat) && age > CLICK_GUARD_MS) return;
  event.preventDefault();
  event.stopPropagation();
}
document.addEventListener("keydown", blockEarlyClick, true);
document.addEventListener("click", blockEarlyClick, true);

// --- Rows and errors in the note -------------------------------------------------------------

// A response for the note may include a row. Skip the row if a search has removed it from the page.
document.addEventListener("htmx:afterSwap", () => {
  document.querySelectorAll("#note template[data-row]").forEach((template) => {
    const row = /** @type {HTMLTemplateElement} */ (template).content.firstElementChild;
    template.remove();
    const old = row && document.getElementById(row.id);
    if (!old) return;
    old.replaceWith(row);
    htmx.process(row);
    includedRow = row;
  });
});

// The content of an error response is a note: show it as the note, and keep the row.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.isError) return;
  event.detail.target = note;
  event.detail.swapOverride = "innerHTML";
});

// --- A lost connection -----------------------------------------------------------------------

/**
 * Offer to send a request again if its response was lost. The server may have processed the
 * request. The form keeps its request id, so a retry is idempotent.
 * @param {HtmxEvent} event
 */
function showUnanswered({ detail }) {
  /** @type {HTMLFormElement | null} */
  const form = detail.elt.closest("form[method=post]");
  const message = cloneTemplate(form ? "unconfirmed" : "unanswered");
  if (form) {
    const submitter = detail.requestConfig?.triggeringEvent?.submitter;
    message.querySelector("button")?.addEventListener("click", () => sendAgain(form, submitter));
  }
  note.querySelectorAll(".refused, .refused ~ *").forEach((old) => old.remove());
  if (form && note.contains(form)) note.prepend(message);
  else note.replaceChildren(message);
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} [submitter]
 */
function sendAgain(form, submitter) {
  if (!form.isConnected) {
    // A search has removed the form's row.
    form.hidden = true;
    form.setAttribute("data-hx-target", "#note");
    note.append(form);
    htmx.process(form);
  }
  // htmx sends the value of the button that was clicked, such as a reason.
  if (submitter) submitter.click();
  else submit(form);
}
document.addEventListener("htmx:sendError", showUnanswered);
document.addEventListener("htmx:timeout", showUnanswered);

// A plain form that is submitted without a connection would replace this page with an error page.
document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const isByHtmx = form.hasAttribute("data-hx-post") && !form.closest("[data-hx-disable]");
  if (form.method !== "post" || isByHtmx || navigator.onLine) return;
  event.preventDefault();
  note.replaceChildren(cloneTemplate("unanswered"));
});

// --- The button that closes the note ---------------------------------------------------------

function addDismissButton() {
  if (!note.firstElementChild || note.querySelector(".dismiss")) return;
  const dismiss = /** @type {Element} */ (cloneTemplate("dismiss").firstElementChild);
  dismiss.addEventListener("click", () => note.replaceChildren());
  note.append(dismiss);
}
new MutationObserver(addDismissButton).observe(note, { childList: true });
addDismissButton();

// --- The menu of reasons ---------------------------------------------------------------------

// The menu is a <details>, and not a popover, because Safari 15 has no popover.

// Open the menu above its button if the window has no room below it. Without room above it either,
// scroll to it.
document.addEventListener(
  "toggle",
  (event) => {
    const details = /** @type {HTMLElement} */ (event.target);
    const menu = details.matches("details.why[open]") && details.querySelector(".menu");
    if (!menu) return;
    details.classList.remove("above");
    const { bottom, height } = menu.getBoundingClientRect();
    // The search, or the head of the page, covers what is scrolled below it.
    const sticky = document.querySelector(".finder-line") ?? document.querySelector(".top");
    const ceiling = Math.max(sticky?.getBoundingClientRect().bottom ?? 0, 0);
    const row = /** @type {HTMLElement} */ (details.closest("tr"));
    if (getComputedStyle(row).display === "grid" && scrollCard(row, menu, ceiling)) return;
    const hasRoomAbove = details.getBoundingClientRect().top - ceiling > height;
    details.classList.toggle("above", bottom > innerHeight && hasRoomAbove);
    menu.scrollIntoView({ block: "nearest" });
  },
  true,
);

/**
 * Scroll the card of a row so that its head and all of its menu are visible, and return whether the
 * window has room for both. A menu above the button would cover the client's name on a phone.
 * @param {HTMLElement} row
 * @param {Element} menu
 * @param {number} ceiling
 */
function scrollCard(row, menu, ceiling) {
  const gap = 8;
  const hidden = Math.max(menu.getBoundingClientRect().bottom + gap - innerHeight, 0);
  const button = /** @type {Element} */ (menu.parentElement).getBoundingClientRect();
  if (hidden > row.getBoundingClientRect().top - gap - ceiling) return false;
  scrollBy(0, hidden);
  // A second tap must not choose the reason that took the place of the button.
  const reason = /** @type {Element} */ (menu.querySelector("button")).getBoundingClientRect();
  if (reason.top < button.bottom) swappedAt.set(row.id, performance.now());
  return true;
}

// A click outside of an open menu closes the menu.
document.addEventListener("click", ({ target }) => {
  document.querySelectorAll("details.why[open]").forEach((menu) => {
    const isOutside = !menu.contains(/** @type {Node} */ (target));
    if (isOutside) /** @type {HTMLDetailsElement} */ (menu).open = false;
  });
});

// --- Links in one line that scrolls ----------------------------------------------------------

// On a phone, the head and the filters scroll sideways. Show the link of the current page.
for (const line of document.querySelectorAll(".top nav, .states")) {
  const link = line.querySelector("[aria-current]")?.getBoundingClientRect();
  if (!link) continue;
  const { left, right } = line.getBoundingClientRect();
  if (link.right > right) line.scrollLeft += link.right - right;
  if (link.left < left) line.scrollLeft += link.left - left;
}
