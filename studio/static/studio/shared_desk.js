// The shared desk: a dialog to choose the acting member, with keys for the person and the PIN. The
// page with the same form works without this file.

import { isOfInputMethod, singleKeysEnabled } from "./keyboard.js";
import { currentPath, lock, lockForm } from "./lock.js";
import { submit } from "./submit.js";

const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("who-is-here"));
const dialogContent = document.getElementById("who");

// --- The dialog ------------------------------------------------------------------------------

/**
 * Keys that were typed while the content of the dialog is loading; null at any other time.
 * @type {string[] | null}
 */
let earlyKeys = null;

/** @param {HTMLDialogElement} dialog */
function openDialog(dialog) {
  earlyKeys = [];
  dialog.showModal();
  const url = `${dialog.dataset.href}?next=${encodeURIComponent(currentPath())}`;
  htmx.ajax("GET", url, { target: "#who", swap: "innerHTML" });
}

dialog?.addEventListener("close", () => {
  earlyKeys = null;
  dialogContent?.replaceChildren();
});

/**
 * Close the dialog if its request failed, because it would cover the note with the error.
 * @param {HtmxEvent} event
 */
function closeAfterError({ detail }) {
  if (detail.target === dialogContent || dialog?.contains(detail.elt)) dialog?.close();
}
document.addEventListener("htmx:sendError", closeAfterError);
document.addEventListener("htmx:timeout", closeAfterError);
document.addEventListener("htmx:responseError", closeAfterError);

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id !== "who" || !earlyKeys) return;
  const keys = earlyKeys;
  earlyKeys = null;
  keys.forEach(handleKey);
});
document.addEventListener("click", (event) => {
  const isLink = /** @type {Element} */ (event.target).closest("[data-who]") !== null;
  if (!dialog || pinForm() || !isLink || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  openDialog(dialog);
});

// --- Keys: a letter for the person, then the digits of the PIN -------------------------------

/** Return the form with people and PIN, if it is in the page or in the dialog. */
function pinForm() {
  return /** @type {HTMLFormElement | null} */ (document.querySelector("[data-by-pin]"));
}

/** @param {Element} form */
function pinFieldOf(form) {
  return /** @type {HTMLInputElement} */ (form.querySelector("#pin"));
}

/** @param {string} key */
const isDigit = (key) => /^[0-9]$/.test(key);

/**
 * Choose the person of a letter, type a digit of the PIN, or lock the desk with a full stop. Return
 * whether the key did any of these.
 * @param {string} key
 */
function handleKey(key) {
  const form = pinForm();
  if (key === "." && lockForm) {
    lock(lockForm);
    return true;
  }
  if (!form) return false;
  const person = [...form.querySelectorAll("[name=who]")]
    .map((radio) => /** @type {HTMLInputElement} */ (radio))
    .find((radio) => radio.dataset.letter === key.toLowerCase() && !radio.disabled);
  const pin = pinFieldOf(form);
  if (person) {
    person.checked = true;
    pin.value = "";
    pin.focus();
  } else if (isDigit(key)) {
    pin.focus();
    pin.value += key;
    submitIfComplete(form);
  }
  return person !== undefined || isDigit(key);
}

document.addEventListener(
  "keydown",
  (event) => {
    const { key } = event;
    const target = /** @type {HTMLInputElement} */ (event.target);
    if (event.altKey || event.ctrlKey || event.metaKey || key.length !== 1) return;
    if (isOfInputMethod(event)) return;
    const isTyping = target.matches("input:not([type=radio]), textarea, select");
    const isFormShown = dialog?.open || (pinForm() && !document.querySelector("dialog[open]"));
    if (isFormShown) {
      if (target.id === "password" || event.repeat || key === " ") return;
      if (earlyKeys) earlyKeys.push(key);
      else if (target.id === "pin" && isDigit(key)) return;
      else if (!handleKey(key)) return;
    } else {
      // No search begins with a full stop, so it opens the dialog from an empty search too.
      const isFree = !isTyping || (target.id === "search" && target.value === "");
      if (key !== "." || !dialog || !isFree || !singleKeysEnabled()) return;
      if (document.querySelector("dialog[open]")) return;
      openDialog(dialog);
    }
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

/**
 * Submit the form once the PIN has as many digits as the chosen person's.
 * @param {HTMLFormElement} form
 */
function submitIfComplete(form) {
  /** @type {HTMLInputElement | null} */
  const person = form.querySelector("[name=who]:checked");
  if (!person || pinFieldOf(form).value.length !== Number(person.dataset.digits)) return;
  submit(form);
}

document.addEventListener("input", (event) => {
  const pin = /** @type {HTMLInputElement} */ (event.target);
  if (pin.id !== "pin") return;
  pin.value = pin.value.replace(/[^0-9]/g, "");
  const form = pinForm();
  if (form) submitIfComplete(form);
});
document.addEventListener("change", (event) => {
  const target = /** @type {Element} */ (event.target);
  const form = target.closest("[data-by-pin]");
  if (form && target.matches("[name=who]")) pinFieldOf(form).focus();
});

/**
 * Forms that were submitted: the last digit and the Enter key must not count as two attempts.
 * @type {WeakSet<HTMLFormElement>}
 */
const submitted = new WeakSet();
document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.closest(".at-desk") || form.hasAttribute("data-hx-post")) return;
  if (submitted.has(form)) event.preventDefault();
  submitted.add(form);
});
