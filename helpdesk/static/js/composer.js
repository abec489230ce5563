// The composer of a ticket ([data-composer="person:ticket"]): an answer or a note, Ctrl-Enter, what was taken back. Drafts, files, macros and
// mentions have modules of their own. The form is replaced by an empty one after it was saved; until then nothing of it is lost.
import { begin as beginDraft, composer, forget, isSaving, kindOf, remember, rememberNow, settled, swap, textOf } from "./drafts.js";
import { toast } from "./toasts.js";
import { isUploading, uploaded } from "./uploads.js";

const around = (event) => event.target.closest?.("form[data-composer]");

function show(form, mode) {
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
  show(form, kindOf(form));
  beginDraft(form);
  for (const hidden of form.querySelectorAll("[data-macros], [data-go-on]")) hidden.hidden = false;
  if ("resumed" in form.dataset) {
    rememberNow(form);
    textOf(form).focus({ preventScroll: true });
  }
}

document.addEventListener("input", (event) => { const form = around(event); if (form && (event.target === textOf(form) || event.target.name === "cc")) remember(form); });
document.addEventListener("change", (event) => { const form = around(event); if (form && event.target.name === "copy") remember(form); });

document.addEventListener("click", (event) => {
  const form = around(event), mode = event.target.closest("[data-mode]"), dropped = event.target.closest("[data-drop-action]");
  if (form && mode) {
    if (mode.dataset.mode !== kindOf(form)) swap(form, () => show(form, mode.dataset.mode));
    textOf(form).focus({ preventScroll: true });
  }
  if (form && dropped) {
    const list = dropped.closest("[data-actions]");
    dropped.closest("li").remove();
    list.hidden = !list.querySelector("li:not([hidden])");
    remember(form);
    textOf(form).focus({ preventScroll: true });
  }
});

document.addEventListener("keydown", (event) => {
  const form = around(event);
  if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  event.preventDefault();
  [...form.querySelectorAll("[data-send]")].find((button) => button.checkVisibility() && !button.disabled)?.click();
});

// A send waits for files on their way, and for a draft on its way, which would come back after it.
document.addEventListener("htmx:confirm", (event) => {
  const form = event.detail.elt.closest?.("form[data-composer]");
  if (!form || event.detail.verb !== "post" || (!isUploading(form) && !isSaving(form))) {
    if (form && event.detail.verb === "post") settled(form);
    return;
  }
  event.preventDefault();
  if (form.dataset.waits) return;
  form.dataset.waits = "1";
  if (isUploading(form)) form.querySelector("[data-saved]").textContent = form.dataset.wordsWaiting;
  Promise.all([uploaded(form), settled(form)]).then(([arrived]) => {
    delete form.dataset.waits;
    if (arrived) event.detail.issueRequest(true);
    else toast({ level: "error", text: form.dataset.wordsNotUploaded });
  });
});

// Before the empty form takes its place.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, xhr } = event.detail, form = requestConfig?.elt.closest("form[data-composer]");
  if (form && requestConfig.verb === "post" && xhr.status === 200) forget(form);
});
// An answer that was taken back comes into the composer before what was begun meanwhile.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail, form = composer();
  if (target.id !== "composer" || !form) return;
  const begun = kindOf(form) === "reply" ? textOf(form).value : "", next = fragment.querySelector("textarea[name=text]");
  if (begun.trim() && next) next.textContent = `${next.textContent}\n\n${begun}`;
  forget(form);
});
document.addEventListener("htmx:afterSwap", begin);
document.addEventListener("htmx:oobAfterSwap", begin);
begin();
