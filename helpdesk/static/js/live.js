// Live updates. The stream says {"kind": "ticket", "id": 7}; here it becomes the events changed:ticket and changed:ticket:7
// on the body, for hx-trigger="changed:ticket:7 from:body". While the stream is down everything is asked for every 15 s.
// Counts cost more than rows (changed:ticket:counts): they are asked for less often, and once after the last change.
const GATHER_MS = 200, COUNTS_MS = 2000, POLL_MS = 15000, RETRY_MS = 5000;
const address = document.querySelector("[data-live]")?.dataset.live;
const pending = new Map();
let poll = 0, wasDown = false;

function show(state) {
  for (const element of document.querySelectorAll("[data-connection]")) if (!element.hasAttribute("data-fixed")) element.dataset.state = state;
}

function dispatch(name, detail = {}) {
  if (pending.has(name)) return;
  pending.set(name, setTimeout(() => {
    pending.delete(name);
    document.body.dispatchEvent(new CustomEvent(name, { detail }));
  }, name.endsWith(":counts") ? COUNTS_MS : GATHER_MS));
}

/** Words for whoever does not see the page change. */
export function say(words) {
  const region = document.getElementById("live-region");
  if (region) region.textContent = words;
}

/** Every name that an element of the page waits for. */
function dispatchAll() {
  const names = new Set();
  for (const element of document.querySelectorAll("[hx-trigger*='changed:']")) {
    for (const [name] of element.getAttribute("hx-trigger").matchAll(/changed:[\w:-]+/g)) names.add(name);
  }
  for (const name of names) dispatch(name);
}

function startPolling() {
  wasDown = true;
  poll ||= setInterval(dispatchAll, POLL_MS);
  show(navigator.onLine === false ? "offline" : "polling");
}

function connect() {
  const stream = new EventSource(address);
  stream.addEventListener("open", () => {
    clearInterval(poll);
    poll = 0;
    show("live");
    if (wasDown) dispatchAll();
    wasDown = false;
  });
  stream.addEventListener("change", (event) => {
    const { kind, id } = JSON.parse(event.data);
    dispatch(`changed:${kind}`, { id });
    dispatch(`changed:${kind}:counts`);
    if (id !== undefined && id !== null) dispatch(`changed:${kind}:${id}`, { id });
  });
  // The server may have overheard something since this page was made.
  stream.addEventListener("missed", dispatchAll);
  stream.addEventListener("error", () => {
    startPolling();
    // A browser gives up for good after an answer that is no stream (a 502 of a restarting server).
    if (stream.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS);
  });
  addEventListener("pagehide", () => stream.close(), { once: true });
}

if (address && window.EventSource) {
  connect();
  addEventListener("offline", () => show("offline"));
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
}
