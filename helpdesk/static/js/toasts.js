// Toasts: from Django's messages, from toast(…), and from an HX-Trigger header
// {"toast": {"text": "Resolved", "level": "success", "undo": {"url": "/tickets/7/reopen/", "label": "Undo", "seconds": 10}}}:
// it stays as long as it can be undone.
import { say } from "./words.js";

const STAYS_MS = 6000;
const place = document.querySelector("[data-toasts]");

function expire(card, stays = STAYS_MS) {
  // An error stays until it is dismissed; the others wait while they are read.
  if (card.dataset.toast === "error") return;
  let timer = setTimeout(() => card.remove(), stays);
  const hold = () => clearTimeout(timer);
  const release = () => { hold(); timer = setTimeout(() => card.remove(), stays / 2); };
  card.addEventListener("mouseenter", hold);
  card.addEventListener("focusin", hold);
  card.addEventListener("mouseleave", release);
  card.addEventListener("focusout", release);
}

export function toast({ text, level = "info", undo = null }) {
  const template = document.querySelector(`template[data-toast-template="${level}"]`) || document.querySelector('template[data-toast-template="info"]');
  const card = template.content.firstElementChild.cloneNode(true);
  card.querySelector(".toast-text").textContent = text;
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-xs";
    button.textContent = undo.label || say("Undo");
    button.addEventListener("click", () => {
      card.remove();
      window.htmx.ajax("POST", undo.url, { source: document.querySelector(".shell"), swap: "none", values: undo.values || {} });
    });
    card.querySelector("[data-dismiss]").before(button);
  }
  place.append(card);
  while (place.children.length > 4) place.firstElementChild.remove();
  expire(card, undo?.seconds ? undo.seconds * 1000 : STAYS_MS);
}

for (const card of place?.children || []) expire(card);
document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest("[data-toast], .notice")?.remove());
document.addEventListener("toast", (event) => toast(event.detail.value ?? event.detail));
