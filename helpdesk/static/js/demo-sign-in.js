// The demo's log-ins: a click fills the form and, being its submit button, sends it.
for (const button of document.querySelectorAll("[data-demo-email]")) {
  button.addEventListener("click", () => {
    const fields = button.form.elements;
    fields.username.value = button.dataset.demoEmail;
    fields.password.value = button.dataset.demoPassword;
  });
}
