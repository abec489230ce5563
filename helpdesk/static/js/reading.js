// Messages that came as HTML: text or as laid out ([data-reads]), in a frame (iframe[data-mail]) in which nothing runs. It is of
// our origin, so that it can be measured and told the theme from here; its document's own policy lets it fetch no more than pictures.
const MOST_FITS = 60, WITHIN_MS = 3000, TALLEST = 12000;
const watchers = new WeakMap();

const frames = () => document.querySelectorAll("iframe[data-mail]");
const keyOf = (frame) => `mail:${frame.closest(".message")?.id}`;

function known(frame) {
  try { return JSON.parse(sessionStorage.getItem(keyOf(frame)) || "{}"); } catch { return {}; }
}

function keep(frame, changes) {
  try { sessionStorage.setItem(keyOf(frame), JSON.stringify({ ...known(frame), ...changes })); } catch (error) { console.info("The view is not kept:", error.message); }
}

/** As tall as its content. What would grow with its frame for ever is let go after a while. */
function fit(frame) {
  const root = frame.contentDocument?.documentElement, body = frame.contentDocument?.body;
  if (!body || !frame.clientWidth) return;
  const now = performance.now(), watcher = watchers.get(frame);
  if (now - watcher.since > WITHIN_MS) Object.assign(watcher, { since: now, fits: 0 });
  if (++watcher.fits > MOST_FITS) return;
  const bar = root.scrollWidth > root.clientWidth ? 16 : 0;
  const height = Math.min(TALLEST, Math.ceil(body.getBoundingClientRect().height) + bar);
  if (Math.abs(height - frame.height) < 1) return;
  frame.height = height;
  keep(frame, { height });
}

const theme = () => document.documentElement.dataset.theme;

function paint(frame) {
  const root = frame.contentDocument?.documentElement;
  if (root) root.dataset.theme = theme();
}

function loaded(frame) {
  const page = frame.contentDocument;
  if (!page?.body || page.URL === "about:blank") return;
  watchers.get(frame)?.observer.disconnect();
  const observer = new ResizeObserver(() => fit(frame));
  watchers.set(frame, { observer, since: 0, fits: 0 });
  keep(frame, { images: new URL(page.URL).search === "?images=1" });
  frame.classList.toggle("is-paper", page.documentElement.classList.contains("is-paper"));
  paint(frame);
  fit(frame);
  observer.observe(page.body);
  frame.classList.add("is-ready");
}

/** What this reader chose in this session: pictures of elsewhere, and the height that it came to. */
function begin() {
  for (const frame of frames()) {
    if (frame.dataset.begun) continue;
    frame.dataset.begun = "1";
    const { height, images } = known(frame);
    if (height) frame.height = height;
    if (images) frame.src = `${frame.getAttribute("src")}?images=1`;
    if (frame.contentDocument?.readyState === "complete") loaded(frame);
  }
}

document.addEventListener("load", (event) => { if (event.target.matches?.("iframe[data-mail]")) loaded(event.target); }, true);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-read-as]");
  if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const message = button.closest("[data-reads]");
  message.dataset.reads = button.dataset.readAs;
  message.querySelector(`[data-read-as="${button.dataset.readAs === "text" ? "formatted" : "text"}"]`).focus({ preventScroll: true });
  for (const frame of message.querySelectorAll("iframe[data-mail]")) if (watchers.has(frame)) fit(frame);
});
new MutationObserver(() => { for (const frame of frames()) paint(frame); }).observe(document.documentElement, { attributeFilter: ["data-theme"] });
document.addEventListener("htmx:afterSwap", begin);
document.addEventListener("htmx:oobAfterSwap", begin);
begin();
