// The rows and parts of a page that live updates replace, without losing focus, an open menu or what
// was typed.

import { visibleLink } from "./keyboard.js";
import { swappedAt } from "./studio.js";

const IN_USE = "[open], :active, .htmx-request, input:focus, select:focus, textarea:focus";

/** @param {Element} part */
export const isInUse = (part) => part.matches(IN_USE) || part.querySelector(IN_USE) !== null;

/** @param {Element} part */
export const textOf = (part) => (part.textContent ?? "").replace(/\s+/g, " ").trim();

/** @param {Element | null} element */
export const asRow = (element) => /** @type {HTMLTableRowElement} */ (element);

/** @param {string} id */
export const rowOf = (id) => asRow(document.getElementById(`purchase-${id}`));

/**
 * Return the link of a row's client, or the id itself if the row shows no client.
 * @param {string} id
 */
export function clientOf(id) {
  /** @type {HTMLAnchorElement | null} */
  const link = rowOf(id).querySelector(".client");
  return link?.href ?? id;
}

export function shownIds() {
  const rows = [...document.querySelectorAll(".desk tbody tr[data-used]")];
  return rows.map((row) => row.id.slice("purchase-".length));
}

/**
 * Replace the cells that differ, and return whether all of them were replaced. A cell with the same
 * text stays, with its focus and its open menu; a cell in use is not replaced.
 * @param {HTMLTableRowElement} row
 * @param {HTMLTableRowElement} fresh
 */
export function updateRow(row, fresh) {
  const cells = [...row.cells];
  const freshCells = [...fresh.cells];
  if (cells.length !== freshCells.length) {
    if (isInUse(row)) return false;
    row.replaceWith(fresh);
    return true;
  }
  const differs = cells.map((cell, n) => textOf(cell) !== textOf(freshCells[n]));
  const mustWait = cells.map((cell, n) => differs[n] && isInUse(cell));
  if (!differs.includes(true)) return true;
  const hadFocus = row.contains(document.activeElement);
  for (const { name, value } of fresh.attributes) row.setAttribute(name, value);
  cells.forEach((cell, n) => {
    if (differs[n] && !mustWait[n]) replaceCell(cell, freshCells[n], row);
  });
  if (hadFocus) announce(row);
  return !mustWait.includes(true);
}

/**
 * Let a screen reader read the new count of the focused row. Other rows that change stay silent.
 * @param {Element} row
 */
function announce(row) {
  const parts = [row.querySelector(".client"), row.querySelector(".count small")];
  const status = /** @type {HTMLElement} */ (document.getElementById("live-changes"));
  status.textContent = parts
    .filter((part) => part !== null)
    .map(textOf)
    .join(": ");
}

/**
 * Copy what was typed or ticked. Fields are matched by name, within the row of a table if they are
 * in one, because the rows of a history have fields of the same names.
 * @param {Element} old
 * @param {Element} fresh
 */
export function copyFieldValues(old, fresh) {
  for (const field of fieldsOf(old, "input:not([type=hidden]), select, textarea")) {
    const rowId = field.closest("tr")?.id;
    const place = (rowId && fresh.querySelector(`#${rowId}`)) || fresh;
    const [twin] = fieldsOf(place, `[name="${field.name}"]`);
    if (twin) [twin.value, twin.checked] = [field.value, field.checked];
  }
}

/**
 * @param {Element} part
 * @param {string} selector
 */
function fieldsOf(part, selector) {
  return [...part.querySelectorAll(selector)].map(
    (field) => /** @type {HTMLInputElement} */ (field),
  );
}

/**
 * @param {HTMLTableCellElement} cell
 * @param {HTMLTableCellElement} fresh
 * @param {HTMLTableRowElement} row
 */
function replaceCell(cell, fresh, row) {
  const focused = cell.contains(document.activeElement) ? document.activeElement : null;
  copyFieldValues(cell, fresh);
  cell.replaceWith(fresh);
  htmx.process(fresh);
  // A click or the Enter key that was meant for an old button must not activate a new one.
  if (fresh.querySelector("button")) swappedAt.set(row.id, performance.now());
  if (!focused) return;
  /** @param {Element} control */
  const nameOf = (control) => control.ariaLabel ?? textOf(control);
  /** @type {HTMLElement | undefined} */
  const twin = [...fresh.querySelectorAll(focused.localName)]
    .map((control) => /** @type {HTMLElement} */ (control))
    .find((control) => nameOf(control) === nameOf(focused));
  (twin ?? visibleLink(row))?.focus({ preventScroll: true });
}
