// Files of a message: each goes to the server as soon as it is chosen, dropped or pasted, with a bar that shows how far it is, and
// stays in the draft. A send waits for those that are still on their way.
import { kindOf, textOf, token } from "./drafts.js";

const underway = new WeakMap(); // of a form: promises of uploads

const listOf = (form) => form.querySelector(`[data-files=${kindOf(form)}]`);
const show = (list) => { list.hidden = !list.children.length; };
const requests = new WeakMap(); // of an item

export const isUploading = (form) => Boolean(underway.get(form)?.size);
/** Resolves when no file is on its way any more; whether all of them arrived. */
export async function uploaded(form) {
  while (isUploading(form)) await Promise.all(underway.get(form));
  return !listOf(form).querySelector("[data-fault]:not([hidden])");
}

function itemOf(form, file) {
  const item = form.querySelector("template[data-file]").content.firstElementChild.cloneNode(true), button = item.querySelector("button");
  item.querySelector(".composer-file-name").textContent = file.name;
  button.setAttribute("aria-label", `${button.dataset.label} ${file.name}`);
  return item;
}

function fail(form, item, words) {
  const fault = item.querySelector("[data-fault]");
  fault.textContent = words || form.dataset.wordsFailed;
  fault.hidden = false;
  item.querySelector("progress")?.remove();
}

function arrive(item, { token: key, name, size }, removeUrl) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name: "uploaded", value: key });
  item.querySelector("progress")?.remove();
  item.querySelector(".composer-file-name").textContent = name;
  item.querySelector("[data-size]").textContent = size;
  item.querySelector("button").dataset.dropFile = removeUrl;
  item.dataset.upload = key;
  item.append(input);
}

function send(form, item, file) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest(), body = new FormData(), bar = item.querySelector("progress");
    requests.set(item, request);
    body.set("kind", kindOf(form));
    body.set("file", file);
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total; });
    request.addEventListener("loadend", () => {
      let told = {};
      try { told = JSON.parse(request.responseText || "{}"); } catch { told = {}; }
      if (request.status === 201) arrive(item, told, `${form.dataset.uploadUrl}${told.token}/remove/`);
      else if (item.isConnected) fail(form, item, told.error);
      resolve();
    });
    request.open("POST", form.dataset.uploadUrl);
    request.setRequestHeader("x-csrftoken", token(form));
    request.send(body);
  });
}

export function addFiles(form, files) {
  const list = listOf(form);
  const pending = underway.get(form) || new Set();
  underway.set(form, pending);
  for (const file of files) {
    const item = itemOf(form, file);
    list.append(item);
    if (file.size > Number(form.dataset.mostBytes)) fail(form, item, form.dataset.wordsTooLarge);
    else if (list.querySelectorAll("[data-upload]").length > Number(form.dataset.mostFiles)) fail(form, item, form.dataset.wordsTooMany);
    else {
      const done = send(form, item, file);
      pending.add(done);
      done.then(() => pending.delete(done));
    }
  }
  show(list);
}

function remove(form, item, address) {
  const list = item.parentElement;
  requests.get(item)?.abort();
  item.remove();
  show(list);
  if (address) fetch(address, { method: "POST", headers: { "x-csrftoken": token(form) } }).catch((error) => console.info(error.message));
  textOf(form).focus({ preventScroll: true });
}

const around = (event) => event.target.closest?.("form[data-composer]");

document.addEventListener("change", (event) => {
  const form = around(event);
  if (!form || event.target !== form.elements.attachments) return;
  addFiles(form, [...event.target.files]);
  event.target.value = "";
});
document.addEventListener("paste", (event) => {
  const form = around(event);
  if (!form || !event.clipboardData.files.length) return;
  event.preventDefault();
  addFiles(form, event.clipboardData.files);
});
document.addEventListener("dragover", (event) => { if (around(event) && event.dataTransfer.types.includes("Files")) event.preventDefault(); });
document.addEventListener("drop", (event) => {
  const form = around(event);
  if (!form || !event.dataTransfer.files.length) return;
  event.preventDefault();
  addFiles(form, event.dataTransfer.files);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-drop-file]"), form = around(event);
  if (form && button) remove(form, button.closest("[data-upload]"), button.dataset.dropFile);
});
