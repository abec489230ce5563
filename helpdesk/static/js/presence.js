// Tells the server that somebody is at this page, so that they can be given tickets. Whoever has touched no page of the
// product for half an hour is not at it. Of several open pages one tells for all.
const BEAT_MS = 30000, IDLE_MS = 30 * 60000, SHARED_MS = 20000;
const address = document.querySelector("[data-presence]")?.dataset.presence;
const touched = "helpdesk-touched", told = "helpdesk-told";
let noted = 0;

function read(name) {
  try { return Number(localStorage.getItem(name)) || 0; } catch { return 0; }
}

function keep(name) {
  try { localStorage.setItem(name, String(Date.now())); } catch { /* private windows: each page tells for itself */ }
}

function touch() {
  if (Date.now() - noted < 5000) return;
  noted = Date.now();
  const wasIdle = noted - read(touched) > IDLE_MS;
  keep(touched);
  if (wasIdle) beat(true);
}

async function beat(atOnce = false) {
  const now = Date.now();
  if (now - Math.max(read(touched), noted) > IDLE_MS) return;
  if (!atOnce && now - read(told) < SHARED_MS) return;
  keep(told);
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  try {
    const answer = await fetch(address, { method: "POST", headers: { "x-csrftoken": token || "" }, redirect: "error" });
    if (answer.ok) show(await answer.json());
  } catch { /* the next beat tells */ }
}

/** What was said on another page shows on this one too. */
function show({ state, words }) {
  for (const mark of document.querySelectorAll("[data-availability]")) {
    mark.dataset.availability = state;
    mark.title = words;
  }
}

if (address) {
  noted = Date.now();
  keep(touched);  // whoever opens a page is at it
  for (const name of ["pointerdown", "keydown", "wheel", "touchstart"]) addEventListener(name, touch, { passive: true });
  beat(true);
  setInterval(beat, BEAT_MS);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) beat(); });
}
