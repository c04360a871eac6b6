// Live updates: show counts and expiries that were changed elsewhere (at another desk, in the phone
// app, by SQL). The page polls the server for the purchases of the org that have changed, and
// fetches the rows that it shows.

import {
  asRow,
  clientOf,
  copyFieldValues,
  isInUse,
  rowOf,
  shownIds,
  textOf,
  updateRow,
} from "./live_rows.js";

const POLL_MS = 1500;
const MAX_RETRY_MS = 10_000;
const TIMEOUT_MS = 5000;
const ROWS_PER_REQUEST = 50;

const connection = /** @type {HTMLElement} */ (document.getElementById("connection"));
/** URLs, token and snapshot of the page, and the status that it shows. */
const live = /** @type {LiveData} */ (/** @type {unknown} */ (connection.dataset));
/**
 * Ids of purchases whose rows have changed and are not fetched yet.
 * @type {Set<string>}
 */
const stale = new Set();
/**
 * Ids of purchases whose fetched rows could not replace a cell in use. They are fetched again.
 * @type {Set<string>}
 */
const deferred = new Set();
let partsStale = false;
let polling = false;
let failures = 0;
let timer = setTimeout(poll, POLL_MS);

class SignedOut extends Error {}

// --- Requests --------------------------------------------------------------------------------

// A response to htmx may be newer or older than a live response. A live response is dropped if a
// request of htmx is pending, or was sent since.
let requestCount = 0;
document.addEventListener("htmx:beforeRequest", () => requestCount++);
const isRequestPending = () => document.querySelector(".htmx-request") !== null;

/** @param {number} countBefore */
const isOvertaken = (countBefore) => isRequestPending() || requestCount !== countBefore;

/**
 * Return a signal that aborts a request. Safari has AbortSignal.timeout() only from version 16, and
 * before that it names the error AbortError, whatever the reason.
 * @param {number} ms
 */
function abortAfter(ms) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new DOMException("No answer", "TimeoutError")), ms);
  return controller.signal;
}

/**
 * Fetch without a sign of activity, because an idle desk must lock in spite of polling.
 * @param {string} url
 * @param {Record<string, string>} [extraHeaders]
 * @param {number[]} [expected] statuses besides 2xx that are not errors
 */
async function fetchLive(url, extraHeaders = {}, expected = [304, 403]) {
  const response = await fetch(url, {
    headers: { "Live-Update": "true", ...extraHeaders },
    signal: abortAfter(TIMEOUT_MS),
    cache: "no-store",
  });
  const { headers, status } = response;
  if (headers.has("Desk-Locked")) location.reload();
  if (response.redirected || headers.has("HX-Redirect") || headers.has("HX-Refresh")) {
    throw new SignedOut();
  }
  if (!response.ok && !expected.includes(status)) throw new Error(String(status));
  return response;
}

async function poll() {
  clearTimeout(timer);
  if (polling || document.hidden) return;
  polling = true;
  try {
    if (!isRequestPending() && !isLeaving()) {
      await update();
      failures = 0;
      showStatus(null);
    }
  } catch (error) {
    failures += 1;
    const isTimeout = error instanceof DOMException && /Timeout|Abort/.test(error.name);
    if (error instanceof SignedOut) leave();
    // Ignore a single failure: a page that is being left aborts its requests.
    else if (failures > 1 || isTimeout) showStatus("no-connection");
  }
  polling = false;
  if (document.hidden) return;
  timer = setTimeout(poll, failures ? Math.min(500 * 2 ** failures, MAX_RETRY_MS) : POLL_MS);
}

async function update() {
  const before = requestCount;
  const response = await fetchLive(live.changes, {
    "Live-Token": live.token,
    "If-None-Match": live.snapshot,
  });
  const isChanged = response.status === 200;
  /** @type {string[] | null} null if the server cannot name the changed purchases */
  const changed = isChanged ? (await response.json()).changed : [];
  if (isOvertaken(before)) return;
  if (isChanged) {
    const ids = shownIds();
    const named = ids.filter((id) => changed?.includes(id) ?? true);
    // A row shows the reinstatements of its client on all purchases.
    const clients = new Set(named.map(clientOf));
    const affected = ids.filter((id) => named.includes(id) || clients.has(clientOf(id)));
    affected.forEach((id) => stale.add(id));
    if (affected.length) partsStale = true;
    live.snapshot = response.headers.get("ETag") ?? "";
  }
  await updateRows(response.status === 403);
  await updateParts();
}

/**
 * Fetch stale rows and show them.
 * @param {boolean} mustRenewToken fetch even without rows, because the response has a new live token
 */
async function updateRows(mustRenewToken) {
  const shown = new Set(shownIds());
  for (const ids of [stale, deferred]) {
    for (const id of ids) if (!shown.has(id)) ids.delete(id);
  }
  for (const id of deferred) {
    if (isInUse(rowOf(id))) continue;
    deferred.delete(id);
    stale.add(id);
  }
  const waiting = [...stale];
  while (waiting.length || mustRenewToken) {
    mustRenewToken = false;
    const before = requestCount;
    const ids = waiting.splice(0, ROWS_PER_REQUEST);
    const response = await fetchLive(`${live.rows}?ids=${ids}`, {
      "HX-Request": "true",
      "HX-Current-URL": location.href,
    });
    if (response.status === 403) throw new SignedOut();
    const template = document.createElement("template");
    template.innerHTML = await response.text();
    live.token = response.headers.get("Live-Token") ?? "";
    if (isOvertaken(before)) return;
    for (const id of ids) {
      stale.delete(id);
      const row = document.getElementById(`purchase-${id}`);
      const fresh = template.content.getElementById(`purchase-${id}`);
      if (row && !updateRow(asRow(row), asRow(fresh))) deferred.add(id);
    }
  }
}

/** Fetch the page again and replace its other parts, such as the history of a purchase. */
async function updateParts() {
  const parts = [...document.querySelectorAll("[data-live]")];
  /** @param {Element} part */
  const isBusy = (part) => isInUse(part) || part.contains(document.activeElement);
  if (!parts.length) partsStale = false;
  if (!partsStale || parts.some(isBusy)) return;
  const before = requestCount;
  const response = await fetchLive(location.href, {}, [404]);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (isOvertaken(before) || parts.some(isBusy)) return;
  partsStale = false;
  // The purchase or client of the page was deleted. The row shows that, and the history stays.
  if (response.status === 404) return;
  for (const part of parts) {
    const fresh = page.getElementById(part.id);
    if (!fresh || textOf(fresh) === textOf(part)) continue;
    copyFieldValues(part, fresh);
    part.replaceWith(fresh);
    htmx.process(fresh);
  }
}

// While the browser loads the next page, a reload would abort that. The sign-out would lose its
// response.
let leavingUntil = 0;
window.addEventListener("beforeunload", () => {
  leavingUntil = performance.now() + MAX_RETRY_MS;
});
const isLeaving = () => performance.now() < leavingUntil;

/** Leave the page for the sign-in page. The names must not stay in sight after the sign-out. */
function leave() {
  if (isLeaving()) return;
  document.body.hidden = true;
  location.reload();
}

// --- Status ----------------------------------------------------------------------------------

/**
 * Show the content of a template as the status of the connection, or nothing.
 * @param {"no-connection" | null} id
 */
function showStatus(id) {
  if ((live.status ?? null) === id) return;
  if (id) {
    const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
    live.status = id;
    connection.replaceChildren(template.content.cloneNode(true));
  } else {
    delete live.status;
    connection.replaceChildren();
  }
}

// --- When to poll ----------------------------------------------------------------------------

document.addEventListener("visibilitychange", poll);
window.addEventListener("online", poll);

// After these events, a cell or part that was in use may be replaced.
for (const type of ["focusout", "toggle", "pointerup", "htmx:afterSettle"]) {
  const pollSoon = () => {
    if (!deferred.size && !partsStale) return;
    clearTimeout(timer);
    timer = setTimeout(poll, 50);
  };
  document.addEventListener(type, pollSoon, true);
}
