// Counts that change elsewhere (on the other desk, in the phone app, by SQL) on the pages that are
// open here. Every 1.5 seconds the server is asked which counts of the studio have changed, and
// rows are fetched only where it names one that this page shows. studio.js has `cameAt`, and
// keyboard.js `linkOf`.

const EVERY = 1500;
const AT_MOST = 10_000;
const PATIENCE = 5000;

const connection = document.getElementById("connection");
const live = connection.dataset;
const due = new Set(); // changed, and to be fetched
const held = new Set(); // fetched, and in part in use: to be fetched again when free
let partsDue = false;
let timer;
let looking = false;
let failures = 0;

class SignedOut extends Error {}

// --- Asking ----------------------------------------------------------------------------------

// An answer that htmx waits for is newer than ours, or older: while one is under way, or came
// meanwhile, nothing of ours is put in its place. We only ask again.
let presses = 0;
document.addEventListener("htmx:beforeRequest", () => presses++);
const isUnderWay = () => document.querySelector(".htmx-request") !== null;

async function ask(url, asked = {}, expected = [304, 403]) {
  const signal = AbortSignal.timeout(PATIENCE);
  // Nobody has to be there for it: a desk that nobody uses locks all the same.
  const headers = { "Live-Update": "true", ...asked };
  const answer = await fetch(url, { headers, signal, cache: "no-store" });
  if (answer.headers.has("Desk-Locked")) location.reload();
  const sentAway = ["HX-Redirect", "HX-Refresh"].some((name) => answer.headers.has(name));
  if (answer.redirected || sentAway) throw new SignedOut();
  if (!answer.ok && !expected.includes(answer.status)) throw new Error(answer.status);
  return answer;
}

async function look() {
  clearTimeout(timer);
  if (looking || document.hidden) return;
  looking = true;
  try {
    if (!isUnderWay()) {
      await catchUp();
      failures = 0;
      say(null);
    }
  } catch (error) {
    failures += 1;
    if (error instanceof SignedOut) say("signed-out");
    // One request may get lost; the page that is left loses its own.
    else if (failures > 1 || error.name === "TimeoutError") say("no-connection");
  }
  looking = false;
  if (document.hidden) return;
  timer = setTimeout(look, failures ? Math.min(500 * 2 ** failures, AT_MOST) : EVERY);
}

async function catchUp() {
  const before = presses;
  const answer = await ask(live.changes, {
    "Live-Token": live.token,
    "If-None-Match": live.snapshot,
  });
  const changed = answer.status === 200 ? (await answer.json()).changed : [];
  if (isUnderWay() || presses !== before) return;
  if (answer.status === 200) {
    const named = shown().filter((id) => changed?.includes(id) ?? true);
    // A client's rows say how often any of their sessions were given back.
    const clients = new Set(named.map(clientOf));
    const moved = shown().filter((id) => named.includes(id) || clients.has(clientOf(id)));
    moved.forEach((id) => due.add(id));
    if (moved.length) partsDue = true;
    live.snapshot = answer.headers.get("ETag");
  }
  await bringRows(answer.status === 403);
  await bringParts();
}

// The page's old token is renewed by whoever is signed in, with the rows.
async function bringRows(renew) {
  const here = new Set(shown());
  for (const id of [...due, ...held])
    if (!here.has(id)) [due, held].forEach((set) => set.delete(id));
  for (const id of held) {
    if (isInUse(rowOf(id))) continue;
    held.delete(id);
    due.add(id);
  }
  const ids = [...due];
  while (ids.length || renew) {
    renew = false;
    const before = presses;
    const asked = ids.splice(0, 50);
    const answer = await ask(`${live.rows}?ids=${asked}`, {
      "HX-Request": "true",
      "HX-Current-URL": location.href,
    });
    if (answer.status === 403) throw new SignedOut();
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    live.token = answer.headers.get("Live-Token");
    if (isUnderWay() || presses !== before) return;
    for (const id of asked) {
      const fresh = holder.content.getElementById(`purchase-${id}`);
      const row = rowOf(id);
      due.delete(id);
      if (row && !put(fresh, row)) held.add(id);
    }
  }
}

// What a page says besides its rows, as the history of a purchase, comes from the page itself.
async function bringParts() {
  const parts = [...document.querySelectorAll("[data-live]")];
  const isBusy = (part) => isInUse(part) || part.contains(document.activeElement);
  if (!partsDue || parts.some(isBusy)) return;
  const before = presses;
  const answer = await ask(location.href, {}, [404]);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (isUnderWay() || presses !== before || parts.some(isBusy)) return;
  partsDue = false;
  // What the page is about was deleted: its row says so, and what happened to it stays to be read.
  if (answer.status === 404) return;
  for (const part of parts) {
    const fresh = page.getElementById(part.id);
    if (!fresh || words(fresh) === words(part)) continue;
    keepTyped(part, fresh);
    part.replaceWith(fresh);
    htmx.process(fresh);
  }
}

// --- Showing ---------------------------------------------------------------------------------

const rowOf = (id) => document.getElementById(`purchase-${id}`);
const clientOf = (id) => rowOf(id).querySelector(".client")?.href ?? id;
const words = (part) => part.textContent.replace(/\s+/g, " ").trim();
const USES = "[open], :active, .htmx-request, input:focus, select:focus, textarea:focus";
const isInUse = (part) => part.matches(USES) || part.querySelector(USES) !== null;

function shown() {
  const rows = [...document.querySelectorAll(".desk tbody tr[data-used]")];
  return rows.map((row) => row.id.slice("purchase-".length));
}

// Cell by cell: one that says the same stays, with its focus and its open menu; one that is in use
// waits. Whether nothing waits.
function put(fresh, row) {
  const cells = [...row.cells];
  const freshCells = [...fresh.cells];
  if (cells.length !== freshCells.length) {
    if (isInUse(row)) return false;
    row.replaceWith(fresh);
    return true;
  }
  const differ = cells.map((cell, n) => words(cell) !== words(freshCells[n]));
  const wait = cells.map((cell, n) => differ[n] && isInUse(cell));
  if (!differ.includes(true)) return true;
  const hadFocus = row.contains(document.activeElement);
  for (const { name, value } of fresh.attributes) row.setAttribute(name, value);
  cells.forEach((cell, n) => {
    if (differ[n] && !wait[n]) exchange(cell, freshCells[n], row);
  });
  // Of fifty rows that change, a screen reader is told about the one that it reads.
  if (hadFocus) {
    const told = [".client", ".count small"].map((part) => row.querySelector(part));
    document.getElementById("live-changes").textContent = told
      .filter(Boolean)
      .map(words)
      .join(": ");
  }
  return !wait.includes(true);
}

// Each line of a history has fields of the same names.
function keepTyped(old, fresh) {
  for (const field of old.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    const line = field.closest("tr")?.id;
    const place = (line && fresh.querySelector(`#${line}`)) ?? fresh;
    const twin = place.querySelector(`[name="${field.name}"]`);
    if (twin) [twin.value, twin.checked] = [field.value, field.checked];
  }
}

function exchange(cell, fresh, row) {
  const focused = cell.contains(document.activeElement) ? document.activeElement : null;
  keepTyped(cell, fresh);
  cell.replaceWith(fresh);
  htmx.process(fresh);
  // No other button must get the click, or below the Enter, that was meant for one that went.
  if (fresh.querySelector("button")) cameAt.set(row.id, performance.now());
  if (!focused) return;
  const name = (button) => button.ariaLabel ?? words(button);
  const twins = [...fresh.querySelectorAll(focused.localName)];
  const twin = twins.find((each) => name(each) === name(focused));
  // Where its button went, the focus goes to the link.
  (twin ?? linkOf(row)).focus({ preventScroll: true });
}

function say(id) {
  if ((live.said ?? null) === id) return;
  if (id) live.said = id;
  else delete live.said;
  connection.replaceChildren(...(id ? [document.getElementById(id).content.cloneNode(true)] : []));
}

// --- When ------------------------------------------------------------------------------------

document.addEventListener("visibilitychange", look);
window.addEventListener("online", look);
for (const end of ["focusout", "toggle", "pointerup", "htmx:afterSettle"]) {
  const freed = () => {
    if (!held.size && !partsDue) return;
    clearTimeout(timer);
    timer = setTimeout(look, 50);
  };
  document.addEventListener(end, freed, true);
}
timer = setTimeout(look, EVERY);
