// Who else is on a ticket's page, and who writes: this page tells that it is in sight, again and again, and the server tells the others.
// An answer that would cross what its writer has not seen is held by the server; here the writer looks, and decides.
import { composer, kindOf, textOf, token } from "./drafts.js";

const BEAT_MS = 15000, WRITING_MS = 3000, STOPPED_MS = 5000;
let told = 0, stopped = 0;

const strip = () => document.getElementById("viewers");
const inSight = () => document.visibilityState === "visible";

async function tell(values, keepalive = false) {
  const form = composer();
  if (!form?.dataset.viewingUrl || !strip()) return;
  const body = new FormData();
  for (const [name, value] of Object.entries(values)) body.set(name, value);
  try {
    const response = await fetch(form.dataset.viewingUrl, { method: "POST", body, keepalive, headers: { "x-csrftoken": token(form) } });
    if (response.status !== 200) return;
    const shown = await response.text(), place = strip();
    const fresh = document.createElement("ul");
    fresh.innerHTML = shown;
    // Only what changed: a screen reader says what is replaced.
    if (place && place.textContent.trim() !== fresh.textContent.trim()) place.replaceChildren(...fresh.children);
  } catch (error) {
    console.info("Nobody was told that this page is open:", error.message);
  }
}

const isHere = () => { if (inSight()) tell(told ? { writing: kindOf(composer()) } : {}); };

function stop() {
  clearTimeout(stopped);
  if (!told) return;
  told = 0;
  isHere();
}

document.addEventListener("input", (event) => {
  const form = composer();
  if (!form || event.target !== textOf(form)) return;
  clearTimeout(stopped);
  if (!textOf(form).value.trim()) return void stop();
  stopped = setTimeout(stop, STOPPED_MS);
  if (Date.now() - told < WRITING_MS) return;
  told = Date.now();
  isHere();
});

document.addEventListener("visibilitychange", () => {
  if (inSight()) isHere();
  else tell({ gone: "1" }, true);
});
addEventListener("pagehide", () => tell({ gone: "1" }, true));
addEventListener("pageshow", (event) => { if (event.persisted) isHere(); });
document.addEventListener("htmx:beforeSwap", (event) => { if (event.detail.requestConfig?.elt.closest("form[data-composer]")) stop(); });

// Its own field: what is held has buttons of the same name.
const seenOf = (form) => form.querySelector("input[name=seen]");
// What stood in the thread when somebody began to write is what they have seen.
const newest = () => Math.max(0, ...[...document.querySelectorAll("#thread > [id^=message-]")].map((entry) => Number(entry.id.slice(8))));
document.addEventListener("input", (event) => {
  const form = composer();
  if (!form || event.target !== textOf(form)) return;
  if (!event.target.value.trim()) delete form.dataset.began;
  else if (!form.dataset.began) {
    form.dataset.began = "1";
    seenOf(form).value = Math.max(newest(), Number(seenOf(form).value));
  }
}, true);

document.addEventListener("click", (event) => {
  const on = event.target.closest("[data-go-on]"), form = event.target.closest("form[data-composer]");
  if (!on || !form) return;
  seenOf(form).value = on.closest("[data-held]").dataset.held;
  document.getElementById("composer-errors").replaceChildren();
  textOf(form).focus({ preventScroll: true });
});
document.addEventListener("htmx:afterSwap", (event) => {
  const on = event.detail.target.id === "composer-errors" && event.detail.target.querySelector("[data-go-on]");
  if (!on) return;
  on.hidden = false;
  on.focus({ preventScroll: true });
});

// A draft that was there when the page came was written below all that the page shows.
const form = composer();
if (form && strip()) {
  if (textOf(form).value.trim()) form.dataset.began = "1";
  isHere();
  setInterval(isHere, BEAT_MS);
}
