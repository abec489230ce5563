// A ticket's page while it changes under somebody's hands. Entries of the thread that did not change stay the elements that they
// are (selection, opened parts); a part whose menu is open or that holds the focus waits; the page moves for nobody who writes.
const thread = () => document.getElementById("thread");
const dock = document.querySelector(".composer-dock");
const news = document.querySelector("[data-to-news]");
const refresher = document.querySelector("[data-refreshes]");
let byItself = false, waits = false;

// A form that is being sent is in use too: its answer is told to it, and it must be there to hear.
const inUse = (part) => part.contains(document.activeElement) || Boolean(part.querySelector("details[data-menu][open], .htmx-request, [data-typed]"));
const isWriting = () => Boolean(dock?.contains(document.activeElement));
const last = () => thread()?.lastElementChild;
const endInSight = () => !last() || last().getBoundingClientRect().bottom <= dock.getBoundingClientRect().top + 4;

function showEnd() {
  const latest = [...thread().querySelectorAll(".message")].at(-1) || last();
  if (!latest) return;
  const head = document.getElementById("ticket-head").getBoundingClientRect().bottom;
  const below = last().getBoundingClientRect().bottom - dock.getBoundingClientRect().top + 12;
  // A message longer than the window begins at its beginning.
  const above = latest.getBoundingClientRect().top - Math.max(head, 0) - 12;
  if (below > 0) scrollBy({ top: Math.min(below, Math.max(above, 0)), behavior: "instant" });
  if (news) news.hidden = true;
}

/** An entry's markup without what differs at every look: the words of its times, and what a reader opened or chose. */
function essence(entry) {
  const copy = entry.cloneNode(true);
  copy.removeAttribute("data-reads");
  for (const frame of copy.querySelectorAll("iframe")) frame.replaceWith(frame.title);
  for (const time of copy.querySelectorAll("time")) time.textContent = "";
  for (const token of copy.querySelectorAll("[name=csrfmiddlewaretoken]")) token.remove();
  for (const part of copy.querySelectorAll("details")) part.open = false;
  return copy.outerHTML;
}

/** Makes the thread what the fresh one is; the entries that are new. */
function renew(old, fresh) {
  const known = new Map([...old.children].map((entry) => [entry.id, entry]));
  const added = [];
  [...fresh.children].forEach((entry, place) => {
    const before = known.get(entry.id);
    known.delete(entry.id);
    if (!before) added.push(entry);
    let stands = entry;
    if (before && essence(before) === essence(entry)) stands = before;
    else if (before) before.replaceWith(entry);
    if (old.children[place] !== stands) old.insertBefore(stands, old.children[place] || null);
  });
  for (const gone of known.values()) gone.remove();
  return added;
}

function tell(added) {
  const arrived = added.filter((entry) => entry.matches(".message-in"));
  if (!arrived.length) return;
  const author = arrived.at(-1).querySelector(".message-author").textContent.trim();
  document.getElementById("live-region").textContent = `New message from ${author}`;
}

document.addEventListener("htmx:beforeSwap", (event) => { byItself = event.detail.requestConfig?.elt === refresher; });

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  if (!refresher) return;
  if (target.id === "thread") {
    event.detail.shouldSwap = false;
    const wasAtEnd = endInSight(), added = renew(target, fragment.firstElementChild);
    if (!added.length) return;
    if (byItself) tell(added);
    if (!byItself || (wasAtEnd && !isWriting())) requestAnimationFrame(showEnd);
    else if (news && !endInSight() && added.some((entry) => entry.matches(".message"))) news.hidden = false;
  } else if (byItself && inUse(target)) {
    event.detail.shouldSwap = false;
    waits = true;
  } else if (target.contains(document.activeElement)) {
    // The person's own act replaced what they stood on: they stand on what took its place.
    const active = document.activeElement, control = active.closest("details[data-menu]")?.querySelector("summary") || active;
    const key = control.dataset.key;
    if (key) setTimeout(() => document.querySelector(`#${target.id} [data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true }));
  }
});

function catchUp() {
  setTimeout(() => {
    const parts = [...document.querySelectorAll("#ticket-head, #ticket-facts, #ticket-fields, #ticket-links")];
    if (!waits || parts.some(inUse)) return;
    waits = false;
    window.htmx.trigger(refresher, "refresh");
  });
}

if (dock) {
  document.addEventListener("focusout", catchUp);
  document.addEventListener("toggle", catchUp, true);
  document.addEventListener("htmx:afterRequest", catchUp);
  news.addEventListener("click", showEnd);
  addEventListener("scroll", () => { if (!news.hidden && endInSight()) news.hidden = true; }, { passive: true });
  // A composer that grows covers nothing that was in sight.
  let height = dock.offsetHeight;
  new ResizeObserver(() => {
    const grown = dock.offsetHeight - height;
    height = dock.offsetHeight;
    const hidden = last() ? last().getBoundingClientRect().bottom - dock.getBoundingClientRect().top : 0;
    if (grown > 0 && hidden > 0 && hidden <= grown + 4) scrollBy({ top: hidden + 12, behavior: "instant" });
  }).observe(dock);
  if (!location.hash) showEnd();
}
