// Comforts of the province's desk. Every page works without this file.

// data-key="a" on a link, a button or a group of controls: pressing the key opens, presses or focuses it.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const field = event.target.closest("input, textarea, select, [contenteditable]");
  if (field && !["radio", "checkbox"].includes(field.type)) return;
  if (!/^[a-z]$/.test(event.key)) return;
  const target = document.querySelector(`[data-key="${event.key}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("a, button")) target.click();
  else target.querySelector("input, textarea")?.focus();
});

document.querySelectorAll("[data-keys], [data-filter-box], [data-check-all-words]").forEach((words) => { words.hidden = false; });

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
