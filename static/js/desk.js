// Comforts of the province's desk. Every page works without this file.

// Keys. data-key="a" on a link, a button or a group of controls: pressing the key opens, presses or focuses it.
// Nothing happens while somebody types; Escape leaves the text field. data-key-waits: not in the first moment of a page,
// so that a key pressed twice doesn't decide on the product that has just come up.
const shownAt = performance.now();
const isTyping = (element) => {
  const field = element.closest("input, textarea, select, [contenteditable]");
  return Boolean(field) && !["radio", "checkbox"].includes(field.type);
};

function go(target) {
  if (target.matches("a, button")) {
    if ("keyWaits" in target.dataset && performance.now() - shownAt < 250) return;
    target.click();
    return;
  }
  const fold = target.closest("details");
  if (fold) fold.open = true;
  (target.querySelector("input:checked") || target.querySelector("input:not([type=hidden]), textarea, summary"))?.focus();
}

// j and k walk along the rows of a list, x ticks the row; Enter opens it, since its link has the focus.
const rows = [...document.querySelectorAll("[data-rows] tbody tr")];
function walk(key) {
  const now = rows.findIndex((row) => row.contains(document.activeElement));
  if (key === "x") rows[now]?.querySelector("input[type=checkbox]")?.click();
  else if (key === "j" || key === "k") {
    const next = rows[now < 0 ? 0 : now + (key === "j" ? 1 : -1)];
    next?.querySelector("a")?.focus();
    next?.scrollIntoView({ block: "nearest" });
  } else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.repeat) return;
  if (event.ctrlKey && event.key === "Enter") {
    event.target.closest("form")?.querySelector("[data-key-send]")?.click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (!/^[a-z1-9?]$/.test(event.key)) return;
  if (rows.length && walk(event.key)) {
    event.preventDefault();
    return;
  }
  const choice = /[1-9]/.test(event.key) && document.querySelectorAll("[data-key-choices] input[type=radio]")[event.key - 1];
  const target = choice || document.querySelector(`[data-key="${event.key}"]`);
  if (!target) return;
  event.preventDefault();
  if (choice) {
    choice.focus();
    choice.click();
  } else go(target);
});

document.querySelectorAll("[data-keys], [data-filter-box], [data-check-all-words]").forEach((words) => { words.hidden = false; });

// data-put-here="[part]" on a link: that part of the page behind it is shown below the link, one file after the other.
// What doesn't come stays a link.
async function putHere(link) {
  const box = document.createElement("div");
  box.setAttribute("aria-busy", "true");
  link.closest("p").after(box);
  try {
    const answer = await fetch(link.href);
    const part = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(link.dataset.putHere);
    if (answer.ok && part) box.replaceChildren(document.importNode(part, true));
  } catch {
    box.remove();
  }
  box.removeAttribute("aria-busy");
}
(async () => {
  for (const link of document.querySelectorAll("a[data-put-here]")) await putHere(link);
})();

// A chosen reason puts its text into the note, unless the reviewer wrote something of their own.
const note = document.querySelector("textarea[name=note]");
const drafts = [...document.querySelectorAll("input[data-draft]")];
drafts.forEach((choice) => choice.addEventListener("change", () => {
  const isOurs = !note.value.trim() || drafts.some((other) => other.dataset.draft === note.value);
  if (note && isOurs) note.value = choice.dataset.draft;
}));

// data-filter="#id": typing hides the choices of that group that don't contain the words, accents or not.
const plain = (text) => text.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/[\u0300-\u036f]/g, "");
document.querySelectorAll("[data-filter]").forEach((box) => {
  const labels = [...document.querySelectorAll(`${box.dataset.filter} label`)];
  box.addEventListener("input", () => {
    const words = plain(box.value);
    labels.forEach((label) => { label.parentElement.hidden = !plain(label.textContent).includes(words); });
  });
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
});

// data-preview="#id" on a form: while somebody types, the server shows what will come out, in the place with that id.
document.querySelectorAll("form[data-preview]").forEach((form) => {
  let waiting, latest = 0;
  const show = async () => {
    const mine = ++latest, data = new FormData(form);
    data.set("act", "preview");
    const answer = await fetch(form.action, { method: "POST", body: data }).catch(() => null);
    if (!answer?.ok || mine !== latest) return;
    const part = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(form.dataset.preview);
    if (part) document.querySelector(form.dataset.preview).replaceChildren(...document.importNode(part, true).childNodes);
  };
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(show, 300); });
});
