// The desk without a mouse. Single keys act only where nobody is typing, and can be turned off
// in the list of keys: somebody who speaks to their computer "types" words anywhere.

const rows = () => [...document.querySelectorAll(".desk tbody tr")];
// What Enter will press in a row: Reinstate, and where there is none nothing that counts.
const reachable = (row) => row.querySelector(".button.main") ?? linkOf(row);
// On a page of one client, rows don't show whose they are; of a deleted purchase nothing is left.
const linkOf = (row) => [...row.querySelectorAll("a")].find((link) => link.getClientRects().length);
const search = document.getElementById("search");
const sheet = document.getElementById("keys");
const SINGLE_KEYS = "single-keys";

function singleKeysAreOn() {
  return localStorage.getItem(SINGLE_KEYS) !== "off";
}

// --- Enter in the search goes to the only match ----------------------------------------------

let shown = search?.value;
let entered = false;

// As somebody who types Enter, or a scanner that does so at once, means it: first the answer to
// what stands in the field, then the row.
function enterSearch() {
  if (search.value === shown && !search.classList.contains("htmx-request")) return goToOnlyMatch();
  entered = true;
  htmx.trigger(search, "search");
}

function goToOnlyMatch() {
  entered = false;
  const found = rows();
  if (found.length === 1) reachable(found[0])?.focus();
}

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.elt.id !== "purchases") return;
  shown = detail.requestConfig.parameters.q;
  if (entered && shown === search.value) goToOnlyMatch();
});

// --- From row to row, and out of what is open ------------------------------------------------

function move(event, step) {
  const menu = event.target.closest("details[open] .menu");
  if (menu) return moveInMenu(event, [...menu.querySelectorAll("input, button")], step);
  const typing = event.target.matches("input, textarea, select");
  if (typing && event.target !== search) return;
  const place = rows().indexOf(event.target.closest(".desk tbody tr"));
  if (place === -1 && (step === -1 || event.target !== search)) return;
  const row = rows()[place + step];
  if (!row && step === 1) return;
  event.preventDefault();
  if (row) reachable(row)?.focus();
  else search?.focus();
}

function moveInMenu(event, choices, step) {
  event.preventDefault();
  choices[choices.indexOf(event.target) + step]?.focus();
}

document.addEventListener("focusout", ({ target, relatedTarget }) => {
  const menu = target.closest("details.why[open]");
  if (menu && relatedTarget && !menu.contains(relatedTarget)) menu.open = false;
});

function leave(event) {
  const menu = document.querySelector("details.why[open]");
  const note = document.getElementById("note");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (note.firstElementChild) {
    note.replaceChildren();
    // The search keeps its words.
    event.preventDefault();
  }
}

// What can be pressed in the message below, however many rows stand before it.
function goToNote(event) {
  const first = document.querySelector("#note :is(input:not([type=hidden]), button:not(.dismiss))");
  if (!first) return;
  event.preventDefault();
  first.focus();
}

// --- Single keys -----------------------------------------------------------------------------

function singleKey(event) {
  if (event.key === "?" && sheet) {
    event.preventDefault();
    sheet.showModal();
  } else if (event.key === ",") {
    goToNote(event);
  } else if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (
    search &&
    event.key.length === 1 &&
    event.key !== " " &&
    event.target === document.body
  ) {
    // Letters that are typed at nothing in particular are a name: the field gets them.
    search.focus();
    search.select();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]"))
    return;
  if (event.key === "ArrowDown") move(event, 1);
  else if (event.key === "ArrowUp") move(event, -1);
  else if (event.key === "Escape") leave(event);
  else if (event.key === "Enter" && event.target === search) {
    event.preventDefault();
    enterSearch();
  } else if (!event.target.matches("input, textarea, select") && singleKeysAreOn()) {
    singleKey(event);
  }
});

// --- The list of keys ------------------------------------------------------------------------

if (sheet) {
  const opener = document.getElementById("show-keys");
  const toggle = document.getElementById("single-keys");
  opener.hidden = false;
  opener.addEventListener("click", () => sheet.showModal());
  toggle.checked = singleKeysAreOn();
  toggle.addEventListener("change", () => {
    localStorage.setItem(SINGLE_KEYS, toggle.checked ? "on" : "off");
  });
}
