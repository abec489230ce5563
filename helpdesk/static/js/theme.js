// Loaded in the head and not deferred, so that the first paint already has the right theme.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let remembered = "system"; // where storage is off, the choice lasts as long as the page
  const chosen = () => { try { return localStorage.getItem("theme") || remembered; } catch { return remembered; } };
  const apply = () => {
    const choice = chosen();
    root.dataset.theme = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
    }
  };
  apply();
  dark.addEventListener("change", apply);
  addEventListener("storage", (event) => { if (event.key === "theme") apply(); });
  addEventListener("DOMContentLoaded", apply);
  addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    remembered = button.dataset.themeChoice;
    try { localStorage.setItem("theme", remembered); } catch (error) { console.info("The theme is not kept:", error.message); }
    apply();
  });
})();
