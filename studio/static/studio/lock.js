// The lock of an idle desk, in every window of the browser. The server locks it too. A sign-out in
// one window covers the others.

import { ACTING_MEMBER, LAST_ACTIVITY } from "./stored_keys.js";
import { submit } from "./submit.js";

const script = /** @type {HTMLElement} */ (document.getElementById("desk-lock"));
const { acting = "", locksAfter = "0", here = "" } = script.dataset;
export const lockForm = /** @type {HTMLFormElement | null} */ (document.getElementById("lock"));
export const currentPath = () => location.pathname + location.search;

const lockAfterMs = Number(locksAfter) * 1000;
const reportEveryMs = Math.min(lockAfterMs / 4, 60_000);
let lastReport = Date.now();

/**
 * Hide the page before the response arrives, and even if none arrives.
 * @param {HTMLFormElement} form
 */
export function lock(form) {
  document.body.hidden = true;
  submit(form);
}

lockForm?.addEventListener("submit", () => {
  const isOnItsOwnPage = document.querySelector("main .at-desk") !== null;
  const next = /** @type {HTMLInputElement} */ (lockForm.elements.namedItem("next"));
  if (!isOnItsOwnPage) next.value = currentPath();
});

/** Report activity to the server at intervals, because typing a note sends no request. */
async function recordActivity() {
  const now = Date.now();
  localStorage.setItem(LAST_ACTIVITY, String(now));
  if (now - lastReport < reportEveryMs) return;
  lastReport = now;
  const response = await fetch(here, { cache: "no-store" }).catch(() => null);
  if (response?.redirected) location.reload();
}

/**
 * Cover and reload the page if another window of this browser has changed the acting member, locked
 * the desk or signed out.
 */
function reloadIfMemberChanged() {
  if (localStorage.getItem(ACTING_MEMBER) === acting) return;
  document.body.hidden = true;
  location.reload();
}

localStorage.setItem(ACTING_MEMBER, acting);
addEventListener("storage", ({ key }) => {
  if (key === ACTING_MEMBER) reloadIfMemberChanged();
});
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) reloadIfMemberChanged();
});
if (lockAfterMs && lockForm) {
  const lockIfIdle = () => {
    const idleMs = Date.now() - Number(localStorage.getItem(LAST_ACTIVITY));
    if (idleMs >= lockAfterMs) lock(lockForm);
  };
  localStorage.setItem(LAST_ACTIVITY, String(Date.now()));
  for (const type of ["keydown", "pointerdown", "wheel", "touchmove"]) {
    document.addEventListener(type, recordActivity, { capture: true, passive: true });
  }
  for (const type of ["visibilitychange", "focus", "pageshow"]) addEventListener(type, lockIfIdle);
  setInterval(lockIfIdle, 1000);
}
