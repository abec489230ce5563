// Choosing rows: boxes [data-select] of a list [data-selectable], each of the form [data-selection] that acts on them.
// Click, Shift-click for a range, x for the active row, all of the page, and all that match. What is chosen stays chosen
// when the list is replaced live; what left it is chosen no more.
import { say } from "./live.js";

const chosen = new Set();
let everything = false, anchor = null, known = null;

const form = () => document.querySelector("[data-selection]");
const list = () => document.querySelector("[data-selectable]");
const boxes = () => [...document.querySelectorAll("[data-selectable] [data-select]")];

function show() {
  const bar = form();
  if (!bar) return;
  const all = boxes(), total = Number(list()?.dataset.total || all.length), noun = list()?.dataset.noun || "rows";
  for (const box of all) {
    box.checked = everything || chosen.has(box.value);
    box.closest("[data-list-item]")?.toggleAttribute("data-chosen", box.checked);
  }
  const count = everything ? total : chosen.size;
  const page = document.querySelector("[data-select-page]");
  if (page) {
    page.checked = all.length > 0 && all.every((box) => box.checked);
    page.indeterminate = !page.checked && count > 0;
  }
  bar.classList.toggle("is-on", count > 0);
  bar.querySelector("[data-selection-count]").textContent = count ? `${count.toLocaleString()} chosen` : "";
  bar.querySelector("[data-everything]").value = everything ? "1" : "";
  const more = bar.querySelector("[data-select-all]");
  more.hidden = everything || !page?.checked || total <= all.length;
  more.textContent = `Choose all ${total.toLocaleString()} ${noun}`;
}

/** A list that was not counted is counted once, when all of its page is chosen. */
async function count(page) {
  const rows = list(), address = form()?.querySelector("[data-select-all]").dataset.countUrl;
  if (!page.checked || !address || rows.dataset.total) return;
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (answer.ok) rows.dataset.total = (await answer.json()).total;
  show();
}

function none() {
  chosen.clear();
  everything = false;
  anchor = null;
  show();
}

function toggle(box, isRange) {
  const all = boxes();
  if (everything) {
    everything = false;
    for (const other of all) if (other !== box) chosen.add(other.value);
    chosen.delete(box.value);
  } else if (isRange && anchor && all.some((other) => other.value === anchor)) {
    const from = all.findIndex((other) => other.value === anchor), to = all.indexOf(box), on = !chosen.has(box.value);
    for (const other of all.slice(Math.min(from, to), Math.max(from, to) + 1)) on ? chosen.add(other.value) : chosen.delete(other.value);
  } else {
    chosen.has(box.value) ? chosen.delete(box.value) : chosen.add(box.value);
  }
  anchor = box.value;
  show();
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-selectable] [data-select]");
  if (box) return setTimeout(toggle, 0, box, event.shiftKey);
  if (event.target.closest("[data-select-page]")) {
    const on = event.target.checked;
    everything = false;
    for (const one of boxes()) on ? chosen.add(one.value) : chosen.delete(one.value);
    show();
    count(event.target);
  } else if (event.target.closest("[data-select-all]")) {
    everything = true;
    show();
  } else if (event.target.closest("[data-select-none]")) none();
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !form()) return;
  if (document.querySelector("dialog[open]") || event.target.closest?.("input:not([type=checkbox]), textarea, select")) return;
  if (event.key === "x" || event.key === "X") {
    const box = document.querySelector("[data-list-item][data-active] [data-select]");
    if (!box) return;
    toggle(box, event.key === "X");
    event.preventDefault();
  } else if (event.key === "Escape" && (chosen.size || everything)) none();
});

document.addEventListener("selection-done", none);

/** What came and what left, told to those who do not see the list change. */
function tell(now) {
  if (!known || !now) return;
  const noun = list()?.dataset.noun || "rows";
  const came = [...now].filter((id) => !known.has(id)).length, left = [...known].filter((id) => !now.has(id)).length;
  const said = [came && `${came} came`, left && `${left} left`].filter(Boolean).join(", ");
  if (said) say(`${noun}: ${said}`);
}

const idsNow = () => (list() ? new Set([...list().querySelectorAll("[data-list-item]")].map((row) => row.id)) : null);

document.addEventListener("htmx:afterSettle", (event) => {
  if (!event.target.closest?.("[data-selectable]") && !event.detail.elt?.matches?.("[data-selectable]")) return;
  const now = idsNow(), here = new Set(boxes().map((box) => box.value));
  tell(now);
  known = now;
  for (const value of chosen) if (!here.has(value)) chosen.delete(value);
  show();
});

known = idsNow();
// A browser that comes back to a page fills boxes in again.
addEventListener("pageshow", () => {
  for (const box of boxes()) if (box.checked) chosen.add(box.value);
  show();
});
