// Small comforts. Every page works without this file.

// A second click on a slow connection must not send a form twice. Forms that download (data-repeat) stay usable.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || "repeat" in form.dataset) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  setTimeout(() => form.querySelectorAll("button[type=submit], button:not([type])").forEach((button) => {
    button.setAttribute("aria-disabled", "true");
  }));
});

// What a form kept on this device (submit.js) is gone after signing out, and after a week.
const remembered = (isOld) => {
  try {
    Object.keys(localStorage).filter((name) => name.startsWith("portal-draft:")).forEach((name) => {
      if (isOld(JSON.parse(localStorage.getItem(name)))) localStorage.removeItem(name);
    });
  } catch { /* storage is forbidden: nothing was kept */ }
};
remembered((copy) => !copy || Date.now() - copy.at > 7 * 24 * 3600 * 1000);
document.addEventListener("submit", (event) => {
  if (!/\/(dang-xuat|l\/thoat)\/$/.test(new URL(event.target.action).pathname)) return;
  document.documentElement.dataset.leaving = "1";
  remembered(() => true);
});

// Coming back with the browser's back button: the form may be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  });
});

// <button type="button" data-copy="#id" hidden>Sao chép</button>: shown only where copying works.
document.querySelectorAll("[data-copy]").forEach((button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  const words = button.innerHTML;
  button.addEventListener("click", async () => {
    const source = document.querySelector(button.dataset.copy);
    await navigator.clipboard.writeText("value" in source ? source.value : source.textContent.trim());
    button.textContent = "Đã sao chép";
    setTimeout(() => { button.innerHTML = words; }, 2000);
  });
});

// <button type="button" data-print hidden>In</button>
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

// <input type="checkbox" data-check-all="chon" hidden>: ticks every box of that name in its form.
document.querySelectorAll("[data-check-all]").forEach((box) => {
  box.hidden = false;
  box.addEventListener("change", () => {
    const scope = box.closest("form") || document;
    scope.querySelectorAll(`input[type=checkbox][name="${box.dataset.checkAll}"]`).forEach((one) => {
      one.checked = box.checked;
    });
  });
});

// An open menu closes with Escape or a click elsewhere.
document.querySelectorAll("details.account-menu").forEach((menu) => {
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

// Whoever sent a form with faults hears the summary first.
document.querySelector("[data-focus]")?.focus();
