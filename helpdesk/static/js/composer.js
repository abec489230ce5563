// The composer of a ticket ([data-composer="person:ticket"]): an answer or a note, a draft that survives a reload, the names of
// chosen files, Ctrl-Enter, what was taken back. The form is replaced by an empty one after it was saved; until then nothing of it is lost.
const SAVE_MS = 300;
let timer = 0;

const composer = () => document.querySelector("form[data-composer]");
const textOf = (form) => form.elements.text;
const nameOf = (form) => `draft:${form.dataset.composer}`;
const isNote = (form) => form.classList.contains("is-note");

function remember(form) {
  clearTimeout(timer);
  const text = textOf(form).value;
  const saved = form.querySelector("[data-saved]");
  try {
    if (text.trim()) localStorage.setItem(nameOf(form), JSON.stringify({ text, note: isNote(form) }));
    else localStorage.removeItem(nameOf(form));
    saved.textContent = text.trim() ? "Draft saved" : "";
  } catch (error) {
    saved.textContent = "";
    console.info("The draft is not kept:", error.message);
  }
}

function forget(form) {
  clearTimeout(timer);
  try { localStorage.removeItem(nameOf(form)); } catch (error) { console.info("The draft is not kept:", error.message); }
}

function draftOf(form) {
  try { return JSON.parse(localStorage.getItem(nameOf(form)) || "null"); } catch { return null; }
}

function choose(form, mode) {
  const note = mode === "note", text = textOf(form);
  form.classList.toggle("is-note", note);
  for (const button of form.querySelectorAll("[data-mode]")) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
  text.dataset.replyPlaceholder ||= text.placeholder;
  text.placeholder = note ? text.dataset.notePlaceholder : text.dataset.replyPlaceholder;
}

function begin() {
  const form = composer();
  if (!form || form.dataset.ready) return;
  form.dataset.ready = "1";
  const draft = textOf(form).value ? null : draftOf(form);
  if (draft) {
    textOf(form).value = draft.text;
    form.querySelector("[data-saved]").textContent = "Draft kept";
  }
  choose(form, draft?.note || isNote(form) ? "note" : "reply");
  showFiles(form);
  if ("resumed" in form.dataset) {
    remember(form);
    textOf(form).focus({ preventScroll: true });
  }
}

function showFiles(form) {
  const list = form.querySelector("[data-files]"), template = form.querySelector("template[data-file]");
  const files = [...form.elements.attachments.files];
  list.replaceChildren(...files.map((file, index) => {
    const item = template.content.firstElementChild.cloneNode(true), button = item.querySelector("button");
    item.querySelector("span").textContent = file.name;
    button.dataset.dropFile = index;
    button.setAttribute("aria-label", `Do not send ${file.name}`);
    return item;
  }));
  list.hidden = !files.length;
}

function setFiles(form, files) {
  const chosen = new DataTransfer();
  for (const file of files) chosen.items.add(file);
  form.elements.attachments.files = chosen.files;
  showFiles(form);
}

const addFiles = (form, files) => setFiles(form, [...form.elements.attachments.files, ...files]);
const around = (event) => event.target.closest?.("form[data-composer]");

document.addEventListener("input", (event) => {
  const form = around(event);
  if (!form || event.target !== textOf(form)) return;
  clearTimeout(timer);
  timer = setTimeout(remember, SAVE_MS, form);
});
addEventListener("pagehide", () => { const form = composer(); if (form && textOf(form).value) remember(form); });

document.addEventListener("change", (event) => {
  const form = around(event);
  if (form && event.target === form.elements.attachments) showFiles(form);
});
document.addEventListener("paste", (event) => {
  const form = around(event);
  if (!form || !event.clipboardData.files.length) return;
  event.preventDefault();
  addFiles(form, event.clipboardData.files);
});
document.addEventListener("dragover", (event) => { if (around(event) && event.dataTransfer.types.includes("Files")) event.preventDefault(); });
document.addEventListener("drop", (event) => {
  const form = around(event);
  if (!form || !event.dataTransfer.files.length) return;
  event.preventDefault();
  addFiles(form, event.dataTransfer.files);
});

document.addEventListener("click", (event) => {
  const form = around(event), mode = event.target.closest("[data-mode]"), dropped = event.target.closest("[data-drop-file]");
  if (!form) return;
  if (mode) {
    choose(form, mode.dataset.mode);
    if (textOf(form).value) remember(form);
    textOf(form).focus({ preventScroll: true });
  }
  if (dropped) {
    setFiles(form, [...form.elements.attachments.files].filter((_, index) => index !== Number(dropped.dataset.dropFile)));
    textOf(form).focus({ preventScroll: true });
  }
});

document.addEventListener("keydown", (event) => {
  const form = around(event);
  if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  event.preventDefault();
  [...form.querySelectorAll("[data-send]")].find((button) => button.checkVisibility() && !button.disabled)?.click();
});

// Before the empty form takes its place, which would find the draft again.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, xhr } = event.detail, form = requestConfig?.elt.closest("form[data-composer]");
  if (form && requestConfig.verb === "post" && xhr.status === 200) forget(form);
});
// An answer that was taken back comes into the composer before what was begun meanwhile.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail, form = composer();
  if (target.id !== "composer" || !form) return;
  const begun = textOf(form).value, next = fragment.querySelector("textarea[name=text]");
  if (begun.trim() && next) next.textContent = `${next.textContent}\n\n${begun}`;
});
document.addEventListener("htmx:afterSwap", begin);
document.addEventListener("htmx:oobAfterSwap", begin);
begin();
