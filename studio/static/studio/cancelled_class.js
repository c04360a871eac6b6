// The form for a cancelled class: count the ticked boxes, show what will happen, and tick a whole table
// with one box. The page works without this file.

function updateCount() {
  const ticked = document.querySelector("[data-ticked]");
  if (!ticked) return;
  const boxes = document.querySelectorAll(".people input[name=purchase]:checked");
  const rows = [...document.querySelectorAll(".people tr:has(input[name=purchase])")];
  ticked.textContent = ` (${inWords(boxes.length)})`;
  const submit = /** @type {HTMLButtonElement} */ (ticked.closest("button"));
  submit.disabled = boxes.length === 0;
  show("ticked", boxes.length);
  show("expired", [...boxes].filter((box) => box.matches("[data-expired]")).length);
  show("left-out", rows.filter((row) => !row.querySelector("input[name=purchase]:checked")).length);
  document.querySelectorAll(".people").forEach(updateTickAll);
}

/**
 * Show a count of the section “This will happen”.
 * @param {string} name
 * @param {number} count
 */
function show(name, count) {
  const place = document.querySelector(`[data-count="${name}"]`);
  if (place) place.textContent = inWords(count);
}

/** @param {number} count */
function inWords(count) {
  return count.toLocaleString(document.documentElement.lang);
}

/** @param {Element} table */
function updateTickAll(table) {
  const tickAll = /** @type {HTMLInputElement | null} */ (table.querySelector("[data-all]"));
  if (!tickAll) return;
  const boxes = boxesOf(table);
  tickAll.hidden = boxes.length < 2;
  tickAll.checked = boxes.every((box) => box.checked);
  tickAll.indeterminate = !tickAll.checked && boxes.some((box) => box.checked);
}

/**
 * Return the box of each row: the first pack of each person, without their other packs.
 * @param {Element} table
 * @returns {HTMLInputElement[]}
 */
function boxesOf(table) {
  return [...table.querySelectorAll(".tick input[name=purchase]")].map(
    (box) => /** @type {HTMLInputElement} */ (box),
  );
}

document.addEventListener("change", (event) => {
  const target = /** @type {HTMLInputElement} */ (event.target);
  const table = target.closest(".people");
  if (!table) return;
  if (target.matches("[data-all]")) {
    boxesOf(table).forEach((box) => (box.checked = target.checked));
  }
  updateCount();
});
document.addEventListener("htmx:afterSettle", updateCount);
addEventListener("pageshow", updateCount);
