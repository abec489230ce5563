// Pictures of a page ([data-picture] links), one after the other in a dialog. Without it they open in a tab of their own.
const dialog = document.getElementById("pictures");
const part = (name) => dialog.querySelector(`[data-pictures="${name}"]`);
let at = 0;

const links = () => [...document.querySelectorAll("[data-picture]")].filter((link) => link.checkVisibility());

function show(index) {
  const all = links();
  at = (index + all.length) % all.length;
  const small = all[at].querySelector("img"), large = part("image");
  large.src = all[at].href;
  large.alt = small.alt;
  // Its place is known before it is there.
  for (const side of ["width", "height"]) {
    if (small.getAttribute(side)) large.setAttribute(side, small.getAttribute(side));
    else large.removeAttribute(side);
  }
  part("name").textContent = small.alt.replace(/^Picture /, "");
  part("place").textContent = all.length > 1 ? `${at + 1} of ${all.length}` : "";
  part("save").href = `${all[at].href}?download`;
  for (const step of ["previous", "next"]) part(step).hidden = all.length < 2;
}

if (dialog) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-picture]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(links().indexOf(link));
    dialog.showModal();
  });
  part("previous").addEventListener("click", () => show(at - 1));
  part("next").addEventListener("click", () => show(at + 1));
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    show(at + step);
  });
  dialog.addEventListener("close", () => { part("image").removeAttribute("src"); links()[at]?.focus({ preventScroll: true }); });
}
