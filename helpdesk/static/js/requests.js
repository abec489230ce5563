// htmx requests: the line at the top, errors told, forms emptied, focus kept over a swap.
import { toast } from "./toasts.js";
import { say } from "./words.js";

const SHOWS_AFTER_MS = 150;
const line = document.querySelector("[data-busy-line]");
let underway = 0, timer = 0;

function count(change) {
  underway = Math.max(0, underway + change);
  clearTimeout(timer);
  if (underway) timer = setTimeout(() => line?.classList.add("is-on"), SHOWS_AFTER_MS);
  else line?.classList.remove("is-on");
}

// What a live event refreshes in the background is not worth a progress line.
const isQuiet = (detail) => detail.requestConfig?.triggeringEvent?.type?.startsWith("changed:");

document.addEventListener("htmx:beforeSend", (event) => { if (!isQuiet(event.detail)) count(1); });
document.addEventListener("htmx:afterRequest", (event) => { if (!isQuiet(event.detail)) count(-1); });

document.addEventListener("htmx:responseError", (event) => {
  if (isQuiet(event.detail)) return;
  const status = event.detail.xhr.status;
  const words = { 403: "You may not do that.", 404: "That is no longer here.", 429: "Too many requests; wait a moment." };
  toast({ level: "error", text: say(words[status] || "That did not work (error {status}). Nothing was changed.", { status }) });
});
document.addEventListener("htmx:sendError", (event) => {
  if (!isQuiet(event.detail)) toast({ level: "error", text: say("The server cannot be reached. What you wrote is still here.") });
});

// <form data-resets>: emptied after it succeeded.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-resets]");
  if (form && event.detail.successful && event.detail.requestConfig.verb !== "get") form.reset();
});

// A plain form cannot be sent twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
addEventListener("pageshow", () => { for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent; });
