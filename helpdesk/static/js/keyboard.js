// Keys. In a [data-list] of [data-list-item]: j, k, o, Enter (the link [data-open], else the first one).
// Anywhere: / search, ? help, g then i, t, a, s, n ([data-nav]); data-key="r" clicks or focuses its element.
const SEQUENCE_MS = 1200;
let awaiting = 0;

const isTyping = (element) => element.closest?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable=''], [contenteditable=true]");
const visible = (element) => element.checkVisibility ? element.checkVisibility() : element.offsetParent !== null;
const items = () => [...document.querySelectorAll("[data-list] [data-list-item]")].filter(visible);
const linkOf = (item) => item.matches("a, button") ? item : item.querySelector("[data-open]") || item.querySelector("a[href]");
let lastId = null, lastPlace = 0;

function activate(item) {
  for (const other of document.querySelectorAll("[data-list-item][data-active]")) other.removeAttribute("data-active");
  if (!item) return;
  item.setAttribute("data-active", "");
  lastId = item.id || null;
  lastPlace = items().indexOf(item);
  lastPlace = items().indexOf(item);
}

// A key of a row belongs to the active row alone.
const reachable = (element) => visible(element) && !element.disabled && (!element.closest("[data-list-item]") || element.closest("[data-list-item][data-active]"));

function move(step) {
  const all = items();
  if (!all.length) return;
  const at = all.findIndex((item) => item.hasAttribute("data-active"));
  const item = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))];
  activate(item);
  linkOf(item)?.focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
}

function press(key) {
  const element = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(reachable);
  if (!element) return false;
  if (isTyping(element)) element.focus();
  else element.click();
  return true;
}

function go(key) {
  const link = document.querySelector(`[data-nav="${CSS.escape(key)}"]`);
  if (link) link.click();
  return Boolean(link);
}

function showHelp() {
  const dialog = document.getElementById("keyboard-help");
  const section = dialog.querySelector("[data-page-keys]");
  const list = section.querySelector("dl");
  const keyed = new Map([...document.querySelectorAll("[data-key]")].filter(visible).reverse().map((element) => [element.dataset.key, element]));
  const rows = [...keyed.values()].reverse().map((element) => {
    const row = document.createElement("div"), term = document.createElement("dt"), value = document.createElement("dd"), key = document.createElement("kbd");
    term.textContent = element.dataset.command || element.getAttribute("aria-label") || element.title || [...element.childNodes].filter((node) => !node.matches?.("kbd")).map((node) => node.textContent).join("").trim();
    key.className = "kbd";
    key.textContent = element.dataset.key;
    value.append(key);
    row.append(term, value);
    return row;
  });
  list.replaceChildren(...rows);
  section.hidden = !rows.length;
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && isTyping(event.target) && !document.querySelector("dialog[open]")) return event.target.blur();
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key;
  const afterG = Date.now() < awaiting;
  awaiting = 0;
  let done = true;
  if (afterG) done = go(key);
  else if (key === "g") awaiting = Date.now() + SEQUENCE_MS;
  else if (key === "/") document.querySelector("[data-search]")?.focus();
  else if (key === "?") showHelp();
  else if (press(key)) done = true;
  else if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "o") { const item = document.querySelector("[data-list-item][data-active]"); if (item) linkOf(item)?.click(); }
  else done = false;
  if (done) event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const item = event.target.closest?.("[data-list] [data-list-item]");
  if (item && !item.hasAttribute("data-active")) activate(item);
});

// A live update replaced the list: the active row stays the active row, by its id; where it left, the one in its place.
document.addEventListener("htmx:afterSettle", () => {
  if (!lastId || document.querySelector("[data-list-item][data-active]")) return;
  const all = items();
  const item = all.find((one) => one.id === lastId) || all[Math.min(Math.max(lastPlace, 0), all.length - 1)];
  if (!item) return;
  activate(item);
  if (document.activeElement === document.body) linkOf(item)?.focus({ preventScroll: true });
});
