// Keyboard control of the desk. Single keys act only outside of text fields. The list of keys has a
// switch that turns them off, because speech input "types" letters anywhere.

/**
 * Return what Enter activates in a row: its Reinstate button, otherwise its link. The row of earlier
 * purchases is a summary, which opens them.
 * @param {Element} row
 * @returns {HTMLElement | undefined}
 */
export function mainControl(row) {
  if (row.localName === "summary") return /** @type {HTMLElement} */ (row);
  return row.querySelector(".button.main") ?? visibleLink(row);
}

/**
 * Return the first visible link of a row. A client's page hides the link to the client, and the row
 * of a deleted purchase has no link.
 * @param {Element} row
 * @returns {HTMLElement | undefined}
 */
export function visibleLink(row) {
  return [...row.querySelectorAll("a")].find((link) => link.getClientRects().length);
}

/** Return whether this browser lets single keys act. */
export function singleKeysEnabled() {
  return localStorage.getItem(SINGLE_KEYS) !== "off";
}

/**
 * Return whether a key belongs to an input method, which composes letters such as Japanese ones.
 * Safari sends the Enter that ends a composition after the composition, with the key code 229.
 * @param {KeyboardEvent} event
 */
export function isOfInputMethod(event) {
  return event.isComposing || event.keyCode === 229;
}

const SINGLE_KEYS = "single-keys";
const TEXT_FIELD = "input, textarea, select";
const search = /** @type {HTMLInputElement | null} */ (document.getElementById("search"));
const keyList = /** @type {HTMLDialogElement | null} */ (document.getElementById("keys"));

const ROW = ".desk tbody tr, .earlier > summary, .nothing-bought";

/** Return what the arrow keys visit: the rows that are not folded, and what unfolds them. */
const deskRows = () =>
  [...document.querySelectorAll(ROW)].filter((row) => row.getClientRects().length);

// --- Enter in the search focuses the only match ----------------------------------------------

let answeredQuery = search?.value;
let enterPending = false;

/**
 * Search for the text of the field, then focus the only match. A scanner sends Enter before the
 * response to its text arrives.
 * @param {HTMLInputElement} field
 */
function submitSearch(field) {
  if (field.value === answeredQuery && !field.classList.contains("htmx-request")) {
    focusOnlyMatch();
  } else {
    enterPending = true;
    htmx.trigger(field, "search");
  }
}

/**
 * Focus the first Reinstate of the only client that was found, otherwise their first button, what
 * unfolds their earlier purchases, or a link. If no client was found, focus the link that adds one.
 */
function focusOnlyMatch() {
  enterPending = false;
  // a similar name is a question, which the arrows answer
  if (document.querySelector(".similar")) return;
  const clients = document.querySelectorAll(".found");
  const rows = deskRows();
  if (clients.length === 1) {
    const row =
      rows.find((row) => row.querySelector(".button.main")) ??
      rows.find((row) => row.parentElement?.querySelector(".earlier .button.main")) ??
      rows[0];
    mainControl(row)?.focus();
  } else if (!clients.length) {
    const add = /** @type {HTMLElement | null} */ (document.querySelector("[data-enter]"));
    if (rows.length === 1) mainControl(rows[0])?.focus();
    else add?.focus();
  }
}

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.elt.id !== "purchases") return;
  answeredQuery = detail.requestConfig.parameters.q;
  if (enterPending && answeredQuery === search?.value) focusOnlyMatch();
});

// --- Arrow keys and Escape -------------------------------------------------------------------

/**
 * Move the focus to the next (1) or the previous (-1) row, or choice of an open menu.
 * @param {KeyboardEvent} event
 * @param {1 | -1} step
 */
function moveFocus(event, step) {
  const target = /** @type {HTMLElement} */ (event.target);
  const menu = target.closest("details[open] .menu");
  if (menu) return moveInMenu(event, menu, step);
  if (target.matches(TEXT_FIELD) && target !== search) return;
  const rows = deskRows();
  const current = target.closest(ROW);
  const index = current ? rows.indexOf(current) : -1;
  if (index === -1 && (step === -1 || target !== search)) return;
  const row = rows[index + step];
  if (!row && step === 1) return;
  event.preventDefault();
  if (row) mainControl(row)?.focus();
  else search?.focus();
}

/**
 * @param {KeyboardEvent} event
 * @param {Element} menu
 * @param {1 | -1} step
 */
function moveInMenu(event, menu, step) {
  event.preventDefault();
  /** @type {HTMLElement[]} */
  const choices = [...menu.querySelectorAll("input, button")].map(
    (choice) => /** @type {HTMLElement} */ (choice),
  );
  choices[choices.indexOf(/** @type {HTMLElement} */ (event.target)) + step]?.focus();
}

document.addEventListener("focusout", ({ target, relatedTarget }) => {
  const menu = /** @type {Element} */ (target).closest("details.why[open]");
  if (menu instanceof HTMLDetailsElement && relatedTarget instanceof Node) {
    if (!menu.contains(relatedTarget)) menu.open = false;
  }
});

/**
 * Close the open menu, otherwise the note.
 * @param {KeyboardEvent} event
 */
function closeOpenItem(event) {
  const menu = document.querySelector("details.why[open]");
  const note = document.getElementById("note");
  if (menu instanceof HTMLDetailsElement) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  } else if (note?.firstElementChild) {
    note.replaceChildren();
    // Escape would also clear the search field.
    event.preventDefault();
  }
}

/**
 * Focus the first field or button of the note.
 * @param {KeyboardEvent} event
 */
function focusNote(event) {
  /** @type {HTMLElement | null} */
  const first = document.querySelector("#note :is(input:not([type=hidden]), button:not(.dismiss))");
  if (!first) return;
  event.preventDefault();
  first.focus();
}

/**
 * Open the page that sells: to the client of this page, if it is the page of one.
 * @param {KeyboardEvent} event
 */
function sell(event) {
  /** @type {HTMLElement | null} */
  const link = document.querySelector("[data-sell]") ?? document.getElementById("sell");
  if (!link) return;
  event.preventDefault();
  link.click();
}

// --- Single keys -----------------------------------------------------------------------------

/** @param {KeyboardEvent} event */
function handleSingleKey(event) {
  const isLetter = event.key.length === 1 && event.key !== " ";
  if (event.key === "?" && keyList) {
    event.preventDefault();
    keyList.showModal();
  } else if (event.key === ",") {
    focusNote(event);
  } else if (event.key === "$") {
    sell(event);
  } else if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (search && isLetter && event.target === document.body) {
    // The browser types the letter into the field that has the focus now.
    search.focus();
    search.select();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || isOfInputMethod(event)) return;
  if (document.querySelector("dialog[open]")) return;
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.key === "ArrowDown") moveFocus(event, 1);
  else if (event.key === "ArrowUp") moveFocus(event, -1);
  else if (event.key === "Escape") closeOpenItem(event);
  else if (event.key === "Enter" && search && target === search) {
    event.preventDefault();
    submitSearch(search);
  } else if (!target.matches(TEXT_FIELD) && singleKeysEnabled()) {
    handleSingleKey(event);
  }
});

// --- The list of keys ------------------------------------------------------------------------

if (keyList) {
  const opener = /** @type {HTMLElement} */ (document.getElementById("show-keys"));
  const toggle = /** @type {HTMLInputElement} */ (document.getElementById("single-keys"));
  opener.hidden = false;
  opener.addEventListener("click", () => keyList.showModal());
  toggle.checked = singleKeysEnabled();
  toggle.addEventListener("change", () => {
    localStorage.setItem(SINGLE_KEYS, toggle.checked ? "on" : "off");
  });
}
