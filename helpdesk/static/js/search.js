// The search box: operators and their values for the word that is being typed. Arrow keys choose, Enter or Tab takes;
// with nothing chosen Enter searches.
import { say } from "./live.js";

const WAIT_MS = 60;
const input = document.querySelector("[data-search][role=combobox]");
const box = document.querySelector("[data-search-box]"), list = box?.querySelector("[role=listbox]");
let timer = 0, asked = 0;

const options = () => [...list.children];
const chosen = () => options().find((option) => option.getAttribute("aria-selected") === "true");

// The word before the caret, with its quotes: tag:"big box".
const typed = () => input.value.slice(0, input.selectionStart).match(/(?:[^\s"]|"[^"]*"?)*$/)[0];

function close() {
  clearTimeout(timer);
  asked += 1;
  box.hidden = true;
  list.replaceChildren();
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function choose(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function show(offers) {
  list.replaceChildren(...offers.map(({ insert, label, hint, goes_on: goesOn }, index) => {
    const option = document.createElement("div"), name = document.createElement("span"), words = document.createElement("span");
    option.id = `search-offer-${index}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    Object.assign(option.dataset, { insert, goesOn: goesOn ? "1" : "" });
    name.textContent = label;
    words.textContent = hint;
    option.append(name, words);
    return option;
  }));
  box.hidden = !offers.length;
  input.setAttribute("aria-expanded", String(Boolean(offers.length)));
  input.removeAttribute("aria-activedescendant");
  if (offers.length) say(box.dataset.said.replace("{count}", offers.length));
}

async function ask() {
  const turn = asked += 1;
  const address = `${input.dataset.offersUrl}?${new URLSearchParams({ typed: typed() })}`;
  try {
    const response = await fetch(address, { headers: { accept: "application/json" } });
    if (!response.ok) return;
    const { offers } = await response.json();
    if (turn === asked && document.activeElement === input) show(offers);
  } catch (error) {
    console.info("The search box offers nothing:", error.message);
  }
}

function offer() {
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT_MS);
}

function take(option) {
  const end = input.selectionStart, goesOn = Boolean(option.dataset.goesOn);
  input.setRangeText(option.dataset.insert + (goesOn ? "" : " "), end - typed().length, end, "end");
  close();
  input.focus();
  if (goesOn) offer();
}

if (input && box) {
  input.addEventListener("input", offer);
  input.addEventListener("focus", offer);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      const option = box.hidden ? null : chosen();
      if (!option) return close();
      event.preventDefault();
      return take(option);
    }
    if (event.key === "ArrowDown" && box.hidden) { event.preventDefault(); return offer(); }
    if (box.hidden) return undefined;
    if (event.key === "Tab" && chosen()) { event.preventDefault(); return take(chosen()); }
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); return close(); }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return undefined;
    event.preventDefault();
    const all = options(), at = all.indexOf(chosen()), step = event.key === "ArrowDown" ? 1 : -1;
    return choose(all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length]);
  });
  input.addEventListener("blur", () => setTimeout(() => { if (!box.contains(document.activeElement)) close(); }));
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    event.preventDefault();
    take(option);
  });
  box.querySelector("a").addEventListener("mousedown", (event) => event.preventDefault());
  document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target.id === "dialog-content") close(); });
}
