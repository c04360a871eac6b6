// Keep what a person typed if the page goes away before it was sent: the session ended, the desk
// locked or changed hands, or the CSRF token was old. The same page fills it in again, for the same
// person. It sends nothing and never keeps a secret.
//
// The text waits in the session storage of this tab. It is encrypted with a key that only pages of
// the person who signed in have: the sign-in page and the page of a locked desk cannot read it.

import { fillIn, typedNow } from "./typed_fields.js";

const script = /** @type {HTMLElement} */ (document.getElementById("typed"));
/** The ids of the user who signed in and of the acting member. Both may be empty. */
const { account = "", acting = "", key: base64Key = "", covers = "" } = script.dataset;
const page = location.pathname;
// A person who signs in or unlocks the desk quickly leaves that page before its script has run.
const isAfterCover = document.referrer
  ? covers.split(" ").includes(new URL(document.referrer).pathname)
  : false;

/** The key in sessionStorage, which no other tab can read. */
const KEPT = "typed";
/** The key in localStorage that tells the other tabs of a sign-out. */
const SIGN_OUT = "desk-sign-out";

/**
 * How a page went away.
 *   left     The person went on. The text is kept only if the desk changed hands.
 *   refused  The server refused the form, or the dialog asked who is at the desk.
 *   covered  The sign-in page or the page of a locked desk came next.
 * @typedef {"left" | "refused" | "covered"} Ending
 *
 * @typedef {{account: string, by: string, page: string, ending: Ending, sealed: string}} Kept
 * @typedef {import("./typed_fields.js").Field} Field
 * @typedef {import("./typed_fields.js").Typed} Typed
 */

// --- Encrypt ---------------------------------------------------------------------------------

/** @param {string} base64 */
const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

// A page that is neither from HTTPS nor from this machine has no crypto.subtle, and keeps nothing.
const key =
  base64Key && globalThis.crypto.subtle
    ? crypto.subtle.importKey("raw", bytesOf(base64Key), "AES-GCM", false, ["encrypt", "decrypt"])
    : null;

/** @param {Typed[]} typed */
async function encrypted(typed) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(typed));
  const secret = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await asKey(), text);
  const bytes = [...iv, ...new Uint8Array(secret)];
  return btoa(bytes.reduce((letters, byte) => letters + String.fromCharCode(byte), ""));
}

/**
 * @param {string} sealed
 * @returns {Promise<Typed[]>}
 */
async function decrypted(sealed) {
  const bytes = bytesOf(sealed);
  const algorithm = { name: "AES-GCM", iv: bytes.slice(0, 12) };
  try {
    const text = await crypto.subtle.decrypt(algorithm, await asKey(), bytes.slice(12));
    return JSON.parse(new TextDecoder().decode(text));
  } catch {
    // The server has a new key.
    return [];
  }
}

const asKey = () => /** @type {Promise<CryptoKey>} */ (key);

// --- Keep ------------------------------------------------------------------------------------

/** @returns {Kept[]} */
const kept = () => JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");

/** @param {Kept[]} pages */
function store(pages) {
  if (pages.length) sessionStorage.setItem(KEPT, JSON.stringify(pages));
  else sessionStorage.removeItem(KEPT);
}

/** @param {Kept} other */
const isThisPage = (other) => other.by === acting && other.page === page;

/** @type {Ending} */
let ending = "left";
/**
 * Values of this page that have no field yet.
 * @type {Typed[]}
 */
let waiting = [];
let isResumed = false;
let isSigningOut = false;
let encryptions = 0;
/**
 * The encryption that is under way.
 * @type {Promise<void> | null}
 */
let keeping = null;

/** Encrypt and store what is typed now. It takes a moment, so it cannot wait for the end of the page. */
function keep() {
  const now = keepTyped().finally(() => {
    if (keeping === now) keeping = null;
  });
  keeping = now;
}

async function keepTyped() {
  if (!isResumed || !key || isSigningOut) return;
  const number = ++encryptions;
  const all = [...typedNow(), ...waiting];
  const sealed = all.length ? await encrypted(all) : "";
  if (number !== encryptions || isSigningOut) return;
  const others = kept().filter((other) => !isThisPage(other));
  store(sealed ? [...others, { account, by: acting, page, ending: "left", sealed }] : others);
}

function endPage() {
  if (!acting || !isResumed) return;
  const isAsked = document.querySelector("#who-is-here[open]") !== null;
  const isEmpty = !waiting.length && !typedNow().length;
  const pages = kept().filter((other) => !(isEmpty && isThisPage(other)));
  const now = isAsked ? "refused" : ending;
  store(pages.map((other) => (isThisPage(other) ? { ...other, ending: now } : other)));
}

function forget() {
  isSigningOut = true;
  sessionStorage.removeItem(KEPT);
}

for (const type of ["input", "change"]) {
  document.addEventListener(type, ({ target }) => {
    if (/** @type {Field} */ (target).form?.method === "post") keep();
  });
}
addEventListener("pagehide", endPage);
// The answer to a press may lead to the sign-in page before the last letter is kept.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const page = event.detail.xhr.getResponseHeader("HX-Redirect");
  if (!page || !keeping) return;
  event.preventDefault();
  keeping.then(() => location.assign(page));
});
document.addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.status === 403) ending = "refused";
});
document.addEventListener("submit", ({ target }) => {
  const form = /** @type {HTMLFormElement} */ (target);
  if (!form.getAttribute("action")?.endsWith("/logout/")) return;
  forget();
  localStorage.setItem(SIGN_OUT, "now");
  localStorage.removeItem(SIGN_OUT);
});
addEventListener("storage", ({ key }) => {
  if (key === SIGN_OUT) forget();
});

// --- Fill in ---------------------------------------------------------------------------------

/**
 * Return whether this page may show what was kept. After a lock or a sign-in, only the same person
 * sees it. If the desk changed hands in sight of the page, the next person continues.
 * @param {Kept} other
 */
function isForThisPage(other) {
  if (other.page !== page) return false;
  return other.by === acting ? other.ending !== "left" : other.ending !== "covered";
}

async function resume() {
  /** @type {HTMLInputElement | null} */
  const refused = document.querySelector("[name=refused_form][data-without]");
  if (!acting || isAfterCover) store(kept().map((other) => ({ ...other, ending: "covered" })));
  if (!acting) {
    // This page answers a form, and a reload would send that form. The tab has kept what was typed.
    if (refused) location.replace(refused.dataset.without ?? "");
    return;
  }
  const pages = kept().filter((other) => other.account === account);
  const mine = pages.filter(isForThisPage);
  if (key) waiting = (await Promise.all(mine.map(({ sealed }) => decrypted(sealed)))).flat();
  store(pages.filter((other) => !mine.includes(other) && other.ending !== "left"));
  isResumed = true;
  fillInWaiting();
}

/** Fill in what has a field by now, and say so. */
function fillInWaiting() {
  if (!isResumed) return;
  const before = waiting.length;
  waiting = fillIn(waiting);
  const note = document.getElementById("note");
  const template = document.getElementById("typed-again");
  if (waiting.length < before && note && template && !note.querySelector(".typed-again")) {
    const { content } = /** @type {HTMLTemplateElement} */ (template);
    note.append(content.cloneNode(true));
  }
  keep();
}

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  fillInWaiting();
  // A form was sent: what still waits belongs to another form than the next.
  if (detail.elt.closest("form[method=post]")) waiting = [];
});
resume();
