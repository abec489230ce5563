// Dialogs and menus. data-opens="id" opens a <dialog>, data-closes closes the one around it; <details data-menu> is a menu.
// A response swapped into #dialog-content opens #dialog; the event dialog-close (HX-Trigger) closes it.
const menus = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  if (event.target instanceof HTMLDialogElement && event.target.open) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
  for (const menu of menus()) {
    if (!menu.contains(event.target) || event.target.closest(".menu-item:not([data-keeps])")) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details[data-menu]");
  if (event.key === "Escape") {
    for (const open of menus()) {
      open.open = false;
      open.querySelector("summary").focus();
      event.preventDefault();
    }
  } else if (menu && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    menu.open = true;
    const items = [...menu.querySelectorAll(".menu-item")];
    const step = event.key === "ArrowDown" ? 1 : -1;
    const at = items.indexOf(document.activeElement);
    items[at < 0 ? (step > 0 ? 0 : items.length - 1) : (at + step + items.length) % items.length]?.focus();
  }
});
document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.("details[data-menu]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

// A menu that would leave the window is moved into it.
const EDGE = 8;
document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("details[data-menu][open]")) return;
  const menu = event.target.querySelector(".dropdown-menu");
  menu.style.translate = "";
  const box = menu.getBoundingClientRect();
  const shift = box.left < EDGE ? EDGE - box.left : Math.min(0, document.documentElement.clientWidth - EDGE - box.right);
  if (shift) menu.style.translate = `${shift}px`;
}, true);

document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = document.getElementById("dialog");
  if (event.detail.target.id === "dialog-content" && dialog && !dialog.open && event.detail.target.children.length) dialog.showModal();
});
document.addEventListener("dialog-close", () => document.getElementById("dialog")?.close());
