// <details data-fold="name">: open or closed as the reader left it, on every page and after every swap.
const NAME = "fold:";

function put(root) {
  const folds = root.querySelectorAll?.("details[data-fold]") ?? [];
  for (const fold of root.matches?.("details[data-fold]") ? [root, ...folds] : folds) {
    if (localStorage.getItem(NAME + fold.dataset.fold) === "closed") fold.open = false;
  }
}

put(document);
document.addEventListener("htmx:load", (event) => put(event.target));
// A toggle does not bubble; a page that puts its folds right says what is remembered already.
document.addEventListener("toggle", (event) => {
  const name = event.target.dataset?.fold;
  if (!name) return;
  if (event.target.open) localStorage.removeItem(NAME + name);
  else localStorage.setItem(NAME + name, "closed");
}, true);
