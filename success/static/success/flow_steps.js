// Shows of each step the fields that its kind has. Without this script all fields are shown, and none is lost.
(() => {
  const FIELDS = {
    mail: ["subject", "text", "next"],
    task: ["title", "instructions", "due_hours", "wait_hours", "next"],
    wait: ["hours", "until", "next"],
    branch: ["when", "then", "otherwise"],
    note: ["text", "next"],
    end: ["outcome", "close_alert"],
  };
  const ALL = new Set(Object.values(FIELDS).flat());

  function show(select) {
    const prefix = select.name.slice(0, -"kind".length);
    for (const name of ALL) {
      const field = select.form.elements[prefix + name];
      const row = field && (field.closest(".form-row") || field.closest(".field-row"));
      if (row) row.style.display = (FIELDS[select.value] || []).includes(name) ? "" : "none";
    }
  }
  const selects = () => document.querySelectorAll('select[name^="steps-"][name$="-kind"]');
  document.addEventListener("DOMContentLoaded", () => selects().forEach(show));
  document.addEventListener("change", (event) => {
    if (event.target.matches('select[name^="steps-"][name$="-kind"]')) show(event.target);
  });
  document.addEventListener("formset:added", () => selects().forEach(show));
})();
