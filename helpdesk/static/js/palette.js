// The command palette, Ctrl-K. Its commands are the page's own: [data-nav] links and [data-command] elements.
import { say } from "./words.js";

const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector("[role=listbox]");
let shown = [], at = 0;

const labelOf = (element) => element.dataset.command || element.title || element.textContent.trim().replace(/\s+/g, " ");

function commands() {
  const found = [];
  for (const element of document.querySelectorAll("[data-nav]")) {
    found.push({ label: say("Go to {place}", { place: labelOf(element) }), icon: "go", keys: element.dataset.nav ? ["g", element.dataset.nav] : [], run: () => element.click() });
  }
  // What the page is about comes before what is the same on every page.
  const elements = [...document.querySelectorAll("[data-command]")];
  elements.sort((one, other) => Number(!one.closest(".page")) - Number(!other.closest(".page")));
  for (const element of elements) {
    if (element.disabled || element.closest("[hidden]")) continue;
    if (element.closest("[data-list-item]:not([data-active])")) continue;
    found.push({ label: labelOf(element), icon: "do", keys: element.dataset.key ? [element.dataset.key] : [], run: () => (element.matches("input, textarea, select") ? element.focus() : element.click()) });
  }
  found.push({ label: say("Keyboard shortcuts"), icon: "do", keys: ["?"], run: () => document.querySelector('[data-opens="keyboard-help"]')?.click() });
  return found;
}

/** How well the label holds the words in order: 0 for not at all; whole starts of words count most. */
function rank(label, words) {
  const text = label.toLowerCase();
  let score = 1;
  for (const word of words) {
    const place = text.indexOf(word);
    if (place < 0) return 0;
    score += place === 0 || text[place - 1] === " " ? 2 : 1;
  }
  return score;
}

function option(command, index) {
  const element = document.createElement("div");
  element.id = `palette-option-${index}`;
  element.setAttribute("role", "option");
  element.setAttribute("aria-selected", String(index === at));
  const text = document.createElement("span");
  text.textContent = command.label;
  element.append(dialog.querySelector(`template[data-icon="${command.icon}"]`).content.cloneNode(true), text);
  const hint = document.createElement("span");
  hint.className = "palette-group";
  for (const key of command.keys) {
    const kbd = document.createElement("kbd");
    kbd.className = "kbd";
    kbd.textContent = key;
    hint.append(kbd, " ");
  }
  element.append(hint);
  element.addEventListener("click", () => run(index));
  element.addEventListener("pointermove", () => { if (at !== index) select(index); });
  return element;
}

function select(index) {
  at = index;
  for (const [number, element] of [...list.children].entries()) element.setAttribute("aria-selected", String(number === at));
  list.children[at]?.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", shown.length ? `palette-option-${at}` : "");
}

function fill() {
  const typed = input.value.trim();
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  shown = commands().map((command) => ({ ...command, score: rank(command.label, words) })).filter((command) => command.score);
  if (words.length) shown.sort((one, other) => other.score - one.score);
  if (typed) {
    const search = document.querySelector("[data-search]");
    if (search) shown.push({ label: say("Search tickets for “{words}”", { words: typed }), icon: "search", keys: [], run: () => { search.value = typed; search.form.requestSubmit(); } });
  }
  list.replaceChildren(...shown.map(option));
  select(0);
}

function run(index) {
  const command = shown[index];
  dialog.close();
  command?.run();
}

function open() {
  if (!dialog || dialog.open || document.querySelector("dialog[open]")) return;
  input.value = "";
  dialog.showModal();
  fill();
  input.focus();
}

input?.addEventListener("input", fill);
input?.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && shown.length) select((at + step + shown.length) % shown.length);
  else if (event.key === "Enter") run(at);
  else return;
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    open();
  }
});
document.addEventListener("click", (event) => { if (event.target.closest("[data-palette]")) open(); });
