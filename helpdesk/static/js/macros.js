// The picker of macros: opened by its button, by its key, or by / at the start of a line; searched and chosen by keyboard; what a macro says
// to this customer is shown before it is put in at the cursor, and what it does stands below the text until it is sent.
import { composer, kindOf, rememberNow, textOf } from "./drafts.js";
import { toast } from "./toasts.js";

const LOOK_MS = 60;
let dialog = null, place = null, timer = 0;
const previews = new Map();

const options = () => [...dialog.querySelectorAll("[role=option]")];
const shown = () => options().filter((option) => !option.hidden);
const chosen = () => dialog.querySelector("[role=option][aria-selected=true]");
const search = () => dialog.querySelector("[data-macro-search]");

function makeDialog() {
  dialog = document.createElement("dialog");
  dialog.className = "dialog palette macros";
  document.querySelector(".shell").append(dialog);
  dialog.addEventListener("close", () => textOf(composer())?.focus({ preventScroll: true }));
  dialog.addEventListener("input", filter);
  dialog.addEventListener("keydown", press);
  dialog.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) insert(option);
  });
  dialog.addEventListener("mousemove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && option !== chosen()) choose(option);
  });
  dialog.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.matches("[data-macro-apply]") && event.detail.successful) dialog.close();
  });
}

async function open(form) {
  if (!dialog) makeDialog();
  const text = textOf(form);
  place = [text.selectionStart, text.selectionEnd];
  const response = await fetch(form.dataset.macrosUrl).catch(() => null);
  if (!response?.ok) return void toast({ level: "error", text: form.dataset.wordsHere });
  dialog.innerHTML = await response.text();
  dialog.setAttribute("aria-label", form.querySelector("[data-macros]").getAttribute("aria-label"));
  previews.clear();
  if (!dialog.open) dialog.showModal();
  search().focus();
  choose(options()[0]);
}

function filter() {
  const words = search().value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const option of options()) option.hidden = !words.every((word) => option.dataset.finds.includes(word));
  for (const group of dialog.querySelectorAll("[role=group]")) group.hidden = !group.querySelector("[role=option]:not([hidden])");
  dialog.querySelector("[data-macro-none]").hidden = Boolean(shown().length);
  choose(shown()[0]);
}

function choose(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (option) search().setAttribute("aria-activedescendant", option.id);
  else search().removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
  clearTimeout(timer);
  timer = setTimeout(preview, LOOK_MS, option);
}

function fetched(option) {
  const address = option.dataset.macro;
  if (!previews.has(address)) {
    previews.set(address, fetch(address).then((response) => {
      if (!response.ok) throw new Error(`status ${response.status}`);
      return response.text();
    }));
  }
  return previews.get(address);
}

async function preview(option) {
  const part = dialog.querySelector("[data-macro-preview]");
  if (!option) return part.replaceChildren();
  const markup = await fetched(option).catch(() => "");
  if (option !== chosen() || !part.isConnected) return undefined;
  part.innerHTML = markup;
  window.htmx.process(part);
  return undefined;
}

function press(event) {
  const all = shown(), at = all.indexOf(chosen());
  if (event.target !== search()) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (all.length) choose(all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (chosen() && !chosen().hidden) insert(chosen());
  } else if (event.key === "/" && !search().value) {
    // Once more: the sign itself was meant.
    event.preventDefault();
    dialog.close();
    put(composer(), "/");
  }
}

/** At the cursor; what is not known yet is selected, to be filled in. */
function put(form, words) {
  const text = textOf(form);
  text.setRangeText(words, place[0], place[1], "end");
  const open = words.search(/\{\{ [a-z_]+ \}\}/);
  if (open >= 0) text.setSelectionRange(place[0] + open, place[0] + open + words.slice(open).indexOf("}}") + 2);
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

async function insert(option) {
  const holder = document.createElement("div"), form = composer();
  try { holder.innerHTML = await fetched(option); } catch (error) { return void toast({ level: "error", text: error.message }); }
  const words = holder.querySelector("[data-macro-text]").content.textContent;
  if (!words && kindOf(form) === "reply" && !textOf(form).value.trim()) {
    // Nothing to say: it is done at once, when it was seen what that is.
    await preview(option);
    return void dialog.querySelector("[data-macro-apply] button")?.focus();
  }
  const list = form.querySelector(`[data-actions=${kindOf(form)}]`);
  const known = new Set([...list.querySelectorAll("input")].map((input) => input.value));
  for (const item of [...holder.querySelector(`[data-macro-actions=${kindOf(form)}]`).content.children]) {
    if (!known.has(item.querySelector("input").value)) list.append(item);
  }
  list.hidden = !list.querySelector("li:not([hidden])");
  dialog.close();
  if (words) put(form, words);
  rememberNow(form);
  return undefined;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("form[data-composer] [data-macros]")) open(composer());
});
document.addEventListener("keydown", (event) => {
  const form = composer(), text = form && textOf(form);
  if (!text || event.target !== text || event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (text.selectionStart !== text.selectionEnd || (text.selectionStart && text.value[text.selectionStart - 1] !== "\n")) return;
  event.preventDefault();
  open(form);
});
