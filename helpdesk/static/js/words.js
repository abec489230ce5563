// What scripts say, in the page's language: say("{count} chosen", { count }). The English words are the key; their translations
// come with the page (helpdesk/browser_words.py has each of them).
const catalogue = JSON.parse(document.getElementById("browser-words")?.textContent || "{}");

export function say(english, values = {}) {
  return (catalogue[english] || english).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export const number = (value) => value.toLocaleString(document.documentElement.lang);
