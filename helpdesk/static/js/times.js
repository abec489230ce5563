// Keeps times true: <time datetime data-relative> and [data-due][data-soon]. helpdesk/wording.py says the same words.
import { say } from "./words.js";

const MINUTE = 60, HOUR = 3600, DAY = 86400, DAYS_AS_WORDS = 30;

export function durationWords(seconds, parts = 2) {
  let rest = Math.floor(Math.abs(seconds));
  if (rest < MINUTE) return say("{count} s", { count: rest });
  const words = [];
  for (const [size, unit] of [[DAY, "{count} d"], [HOUR, "{count} h"], [MINUTE, "{count} min"]]) {
    const count = Math.floor(rest / size);
    rest %= size;
    if (count) words.push(say(unit, { count }));
    else if (words.length) break;
  }
  return words.slice(0, parts).join(" ");
}

/** Null where the server's words, a date, stay true. */
export function relativeWords(seconds) {
  const size = Math.abs(seconds);
  if (size < MINUTE) return say(seconds <= 0 ? "just now" : "in under 1 min");
  if (size >= DAYS_AS_WORDS * DAY) return null;
  return say(seconds < 0 ? "{time} ago" : "in {time}", { time: durationWords(size, 1) });
}

export function dueWords(seconds) {
  if (Math.abs(seconds) < MINUTE) return say("due now");
  return say(seconds > 0 ? "in {time}" : "{time} over", { time: durationWords(seconds) });
}

const write = (element, words) => { if (words !== null && element.textContent !== words) element.textContent = words; };

export function refresh(root = document) {
  const now = Date.now();
  for (const element of root.querySelectorAll("time[data-relative]")) {
    write(element, relativeWords((Date.parse(element.dateTime) - now) / 1000));
  }
  for (const element of root.querySelectorAll("[data-due]")) {
    const seconds = (Date.parse(element.dataset.due) - now) / 1000;
    element.dataset.state = seconds <= 0 ? "overdue" : seconds <= Number(element.dataset.soon) ? "soon" : "ok";
    write(element.querySelector("[data-words]"), dueWords(seconds));
  }
}

setInterval(refresh, 30000, document);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
