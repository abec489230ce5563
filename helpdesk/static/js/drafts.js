// Drafts on the server: one for each person, ticket and kind (reply, note). They are saved while somebody types; this device keeps
// them only while the server cannot be reached. A text that another tab wrote meanwhile is offered, never overwritten in silence.
import { toast } from "./toasts.js";

const SAVE_MS = 500, RETRY_MS = 5000;
const KEEPALIVE_BYTES = 60000; // browsers refuse more in a request that outlives its page
const states = new WeakMap();
let timer = 0;

export const composer = () => document.querySelector("form[data-composer]");
export const textOf = (form) => form.elements.text;
export const kindOf = (form) => form.classList.contains("is-note") ? "note" : "reply";
export const token = (form) => form.elements.csrfmiddlewaretoken.value;
export const stateOf = (form) => states.get(form)[kindOf(form)];
const nameOf = (form, kind) => `draft:${form.dataset.composer}:${kind}`;

function tell(form, word) {
  form.querySelector("[data-saved]").textContent = word ? form.dataset[`words${word}`] : "";
}

function writing(form, kind) {
  const body = new FormData();
  body.set("kind", kind);
  body.set("text", kind === kindOf(form) ? textOf(form).value : states.get(form)[kind].text);
  if (kind === "reply") {
    body.set("cc", form.elements.cc?.value || "");
    for (const box of form.querySelectorAll("[name=copy]:checked")) body.append("copy", box.value);
    if (form.elements.resumes) body.set("resumes", form.elements.resumes.value);
  }
  for (const name of [`action-${kind}`, `macro-${kind}`]) for (const input of form.querySelectorAll(`[name=${name}]`)) body.append(name, input.value);
  return body;
}

const markOf = (body) => JSON.stringify([...body.entries()]);

function keepHere(form, kind, text) {
  try {
    if (text.trim()) localStorage.setItem(nameOf(form, kind), JSON.stringify({ text, base: states.get(form)[kind].revision }));
    else localStorage.removeItem(nameOf(form, kind));
  } catch (error) { console.info("The draft is not kept here:", error.message); }
}

function keptHere(form, kind) {
  try { return JSON.parse(localStorage.getItem(nameOf(form, kind)) || "null"); } catch { return null; }
}

/** Another text of this draft: shown above the composer until it is taken or thrown away. */
function offer(form, kind, text) {
  states.get(form)[kind].other = text;
  const bar = form.querySelector("[data-other-bar]"), shown = states.get(form)[kindOf(form)].other;
  bar.hidden = !shown;
  bar.querySelector("[data-other-text]").textContent = shown ? `“${shown.length > 120 ? `${shown.slice(0, 119)}…` : shown}”` : "";
}

async function save(form, kind, isLast = false) {
  const state = states.get(form)[kind];
  if (state.saving && !isLast) return state.saving.then(() => save(form, kind));
  const body = writing(form, kind), mark = markOf(body), text = body.get("text");
  if (mark === state.mark || form.dataset.sent) return undefined;
  body.set("revision", state.revision);
  if (kind === kindOf(form)) tell(form, "Saving");
  if (isLast) keepHere(form, kind, text);
  const keepalive = isLast && new Blob([text]).size < KEEPALIVE_BYTES;
  state.saving = fetch(form.dataset.draftUrl, { method: "POST", body, keepalive, headers: { "x-csrftoken": token(form) } }).then(async (response) => {
    if (!response.ok) throw new Error(`status ${response.status}`);
    const { revision, other } = await response.json();
    Object.assign(state, { revision, mark });
    keepHere(form, kind, "");
    if (other?.text) offer(form, kind, other.text);
    if (kind === kindOf(form)) tell(form, text.trim() ? "Saved" : "");
  }).catch((error) => {
    console.info("The draft was not saved:", error.message);
    keepHere(form, kind, text);
    if (kind === kindOf(form)) tell(form, text.trim() ? "Here" : "");
    clearTimeout(timer);
    timer = setTimeout(() => { if (form.isConnected) save(form, kind); }, RETRY_MS);
  }).finally(() => { state.saving = null; });
  return state.saving;
}

/** Soon, when nobody types any more. */
export function remember(form) {
  clearTimeout(timer);
  tell(form, "");
  timer = setTimeout(() => save(form, kindOf(form)), SAVE_MS);
}

export function rememberNow(form) {
  clearTimeout(timer);
  return save(form, kindOf(form));
}

/** Nothing is on its way any more: what follows comes after it. */
export function settled(form) {
  clearTimeout(timer);
  return Promise.all(Object.values(states.get(form)).map((state) => state.saving));
}

export const isSaving = (form) => Object.values(states.get(form) || {}).some((state) => state.saving);

/** It was sent: nothing of it is saved again. */
export function forget(form) {
  clearTimeout(timer);
  form.dataset.sent = "1";
  keepHere(form, kindOf(form), "");
}

/** From one kind to the other: each keeps its own text. */
export function swap(form, show) {
  const before = kindOf(form), state = states.get(form)?.[before];
  if (state) {
    state.text = textOf(form).value;
    save(form, before);
  }
  show();
  const now = states.get(form)?.[kindOf(form)];
  if (!now) return;
  textOf(form).value = now.text;
  offer(form, kindOf(form), now.other);
  tell(form, now.text.trim() ? "Saved" : "");
}

export function begin(form) {
  const kinds = {};
  states.set(form, kinds);
  for (const part of form.querySelectorAll("template[data-draft]")) {
    const { draft, revision, other } = part.dataset;
    kinds[draft] = { text: part.content.textContent, revision: Number(revision), other: other || "", saving: null, mark: "" };
  }
  const here = kindOf(form);
  for (const [kind, state] of Object.entries(kinds)) {
    // What the server sent in the composer may be more than the draft: an answer that was taken back.
    if (kind !== here || state.text === textOf(form).value) state.mark = markOf(writing(form, kind));
    const kept = keptHere(form, kind);
    if (!kept || kept.text.trim() === state.text.trim()) keepHere(form, kind, "");
    else if (kept.base === state.revision) state.text = kept.text;
    else offer(form, kind, kept.text);
    if (kind === here && kept && kept.base === state.revision) textOf(form).value = state.text;
    if (markOf(writing(form, kind)) !== state.mark) save(form, kind);
  }
  offer(form, here, kinds[here].other);
  if (textOf(form).value.trim()) tell(form, "Saved");
}

/** The page was out of sight: somebody may have written on at another place, or sent it. */
async function lookAgain() {
  const form = composer();
  if (!form?.dataset.ready || !states.get(form) || document.visibilityState !== "visible" || isSaving(form)) return;
  const response = await fetch(form.dataset.draftUrl).catch(() => null);
  if (!response?.ok || !form.isConnected) return;
  const kept = await response.json();
  for (const [kind, state] of Object.entries(states.get(form))) {
    const { text, revision } = kept[kind];
    if (revision === state.revision || state.saving || markOf(writing(form, kind)) !== state.mark) continue;
    Object.assign(state, { text, revision });
    if (kind === kindOf(form)) textOf(form).value = text;
    state.mark = markOf(writing(form, kind));
  }
}

document.addEventListener("visibilitychange", () => {
  const form = composer();
  if (document.visibilityState === "visible") lookAgain();
  else if (form && states.get(form)) for (const kind of Object.keys(states.get(form))) save(form, kind, true);
});
addEventListener("focus", lookAgain);
addEventListener("online", () => { const form = composer(); if (form && states.get(form)) rememberNow(form); });
addEventListener("pagehide", () => {
  const form = composer();
  if (form && states.get(form)) for (const kind of Object.keys(states.get(form))) save(form, kind, true);
});

document.addEventListener("click", (event) => {
  const take = event.target.closest("[data-other-take]"), drop = event.target.closest("[data-other-drop]");
  const form = (take || drop)?.closest("form[data-composer]");
  if (!form) return;
  const state = stateOf(form), text = textOf(form);
  if (take) {
    [text.value, state.other] = [state.other, text.value.trim() ? text.value : ""];
    offer(form, kindOf(form), state.other);
    rememberNow(form);
  } else {
    offer(form, kindOf(form), "");
    const body = new FormData();
    body.set("kind", kindOf(form));
    body.set("drop_others", "1");
    fetch(form.dataset.draftUrl, { method: "POST", body, headers: { "x-csrftoken": token(form) } })
      .catch((error) => toast({ level: "error", text: error.message }));
  }
  text.focus({ preventScroll: true });
});
