// The editor of a flow: fields that another one makes needless are hidden, and variables are put in where one writes.
// Without this script every field is shown, and none is lost.
(() => {
  function valueOf(form, name) {
    if (name === "deed") return valueOf(form, "do") === "offer" ? valueOf(form, "offered") : valueOf(form, "do");
    const field = form.elements[name];
    return field ? field.value : "";
  }
  function show(form) {
    for (const part of form.querySelectorAll("[data-when]")) {
      if (!part.dataset.when) continue;
      const value = valueOf(form, part.dataset.when), wanted = part.dataset.is.split(" ");
      part.hidden = wanted[0] === "*" ? !value : !wanted.includes(value);
    }
  }
  const showAll = () => document.querySelectorAll("form.flow-form").forEach(show);

  let writing = null; // the text in which somebody wrote last
  document.addEventListener("focusin", (event) => { if (event.target.matches("[data-variables]")) writing = event.target; });
  document.addEventListener("change", (event) => { const form = event.target.closest("form.flow-form"); if (form) show(form); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-inserts]");
    if (!button) return;
    const form = button.closest("form");
    const field = writing && writing.form === form ? writing : form.querySelector("[data-variables]");
    if (!field) return;
    field.setRangeText(`{{ ${button.dataset.inserts} }}`, field.selectionStart, field.selectionEnd, "end");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("htmx:afterSettle", showAll);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", showAll); else showAll();
})();
