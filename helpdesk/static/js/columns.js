// The menu of columns: its buttons move a line there; what is chosen is sent, in its order, by the form's own button.
import { say } from "./live.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-column-step]");
  if (!button) return;
  event.preventDefault();
  const item = button.closest("[data-column]"), list = item.closest("[data-columns-list]"), step = Number(button.dataset.columnStep);
  const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (other) {
    if (step < 0) other.before(item);
    else other.after(item);
  }
  button.focus();
  item.scrollIntoView({ block: "nearest" });
  const items = [...list.children], name = item.querySelector("label").textContent.trim();
  say(list.dataset.said.replace("{name}", name).replace("{place}", items.indexOf(item) + 1).replace("{count}", items.length));
});
