// The values that a person typed or chose in the forms of a page. See typed.js.

/**
 * @typedef {{form: string, row: string, name: string, value: string, checked: boolean}} Typed
 * @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field
 */

const SECRET =
  "[type=password], [type=file], .secret, [autocomplete=one-time-code], [name=secret], [readonly]";

export const typedNow = () => fields().filter(isTyped).map(asTyped);

/**
 * Fill values in, and return those that have no field on the page.
 * @param {Typed[]} values
 */
export function fillIn(values) {
  const all = values.length ? fields() : [];
  /** @type {Field | undefined} */
  let last;
  const rest = values.filter((typed) => {
    const field = all.find((field) => isFieldOf(field, typed));
    if (!field) return true;
    if (isBox(field)) /** @type {HTMLInputElement} */ (field).checked = typed.checked;
    else show(field, typed.value);
    last = field;
    return false;
  });
  last?.dispatchEvent(new Event("change", { bubbles: true }));
  return rest;
}

/**
 * @param {Field} field
 * @param {string} value
 */
function show(field, value) {
  field.value = value;
  const details = field.closest("details");
  if (details) details.open = true;
}

/**
 * @param {Field} field
 * @param {Typed} typed
 */
function isFieldOf(field, { form, row, name, value }) {
  if (field.name !== name || formOf(field) !== form || field.type === "hidden") return false;
  if (row !== "" && rowOf(field) !== row) return false;
  if (isBox(field)) return field.value === value;
  if (!(field instanceof HTMLSelectElement)) return true;
  return [...field.options].some((option) => option.value === value);
}

/** @returns {Field[]} */
function fields() {
  const selector = ["input", "select", "textarea"].map((tag) => `form[method=post] ${tag}`);
  return [...document.querySelectorAll(selector.join())]
    .map((field) => /** @type {Field} */ (field))
    .filter((field) => field.name && !field.matches(SECRET) && !field.closest(".at-desk"));
}

/**
 * Return whether a person typed or chose the value. The server fills fields with `data-typed` in with
 * what was typed.
 * @param {Field} field
 */
function isTyped(field) {
  if (field.matches("[data-typed]")) return isBox(field) || field.value !== "";
  if (field.type === "hidden" || field.type === "select-multiple") return false;
  if (field instanceof HTMLSelectElement) {
    const options = [...field.options];
    return field.selectedOptions[0] !== (options.find((o) => o.defaultSelected) ?? options[0]);
  }
  return isBox(field)
    ? /** @type {HTMLInputElement} */ (field).checked !==
        /** @type {HTMLInputElement} */ (field).defaultChecked
    : field.value !== field.defaultValue;
}

/** @param {Field} field */
const isBox = (field) => field.type === "checkbox" || field.type === "radio";

/** @param {Field} field */
const formOf = (field) => field.form?.dataset.form ?? field.form?.getAttribute("action") ?? "";

/** @param {Field} field */
const rowOf = (field) => field.closest("tr")?.id ?? "";

/**
 * @param {Field} field
 * @returns {Typed}
 */
function asTyped(field) {
  const { name, value } = field;
  const { checked = false } = /** @type {HTMLInputElement} */ (field);
  return { form: formOf(field), row: rowOf(field), name, value, checked };
}
