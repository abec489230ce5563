// Names of colleagues in a note: @ and the beginning of one offers those who may see the ticket.
import { composer, kindOf, textOf } from "./drafts.js";

const ASKED = /(^|[\s(])@([^\s@]{0,30}(?: [^\s@]{0,30})?)$/;
const MOST = 6;
let people = null, asked = "";

const list = () => composer()?.querySelector("[data-people]");
const options = () => [...(list()?.children || [])];
const chosen = () => options().find((option) => option.getAttribute("aria-selected") === "true");

async function load(form) {
  people ||= fetch(form.dataset.peopleUrl).then((response) => response.json()).then((told) => told.people);
  try { return await people; } catch (error) {
    people = null;
    console.info("Colleagues cannot be listed:", error.message);
    return [];
  }
}

function close() {
  const part = list();
  if (!part || part.hidden) return;
  part.hidden = true;
  part.replaceChildren();
  for (const name of ["aria-activedescendant", "aria-controls"]) textOf(composer()).removeAttribute(name);
}

function choose(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  textOf(composer()).setAttribute("aria-activedescendant", option.id);
}

async function offer(form) {
  const text = textOf(form), found = kindOf(form) === "note" && text.value.slice(0, text.selectionStart).match(ASKED);
  if (!found) return close();
  asked = found[2];
  const words = asked.toLowerCase(), everybody = await load(form);
  if (asked !== found[2] || !form.isConnected) return undefined;
  const fits = everybody.filter(({ name, insert }) => `${name} ${insert}`.toLowerCase().split(/[\s.@]+/).some((word) => word.startsWith(words)) || name.toLowerCase().startsWith(words)).slice(0, MOST);
  if (!fits.length) return close();
  list().replaceChildren(...fits.map(({ name, insert }, index) => {
    const option = document.createElement("li");
    Object.assign(option, { id: `composer-person-${index}`, role: "option", textContent: insert === name ? name : `${name} · ${insert}` });
    option.setAttribute("role", "option");
    option.dataset.insert = insert;
    return option;
  }));
  list().hidden = false;
  text.setAttribute("aria-controls", list().id);
  choose(options()[0]);
  return undefined;
}

function take(option) {
  const form = composer(), text = textOf(form), end = text.selectionStart;
  text.setRangeText(`@${option.dataset.insert} `, end - asked.length - 1, end, "end");
  close();
  text.focus({ preventScroll: true });
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("input", (event) => { const form = composer(); if (form && event.target === textOf(form)) offer(form); });
document.addEventListener("keydown", (event) => {
  const form = composer();
  if (!form || event.target !== textOf(form) || list().hidden || event.ctrlKey || event.metaKey) return;
  const all = options(), at = all.indexOf(chosen());
  if (event.key === "ArrowDown" || event.key === "ArrowUp") choose(all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
  else if (event.key === "Enter" || event.key === "Tab") take(chosen());
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest?.("[data-people] [role=option]");
  if (!option) return;
  event.preventDefault();
  take(option);
});
document.addEventListener("focusout", (event) => { const form = composer(); if (form && event.target === textOf(form)) close(); });
