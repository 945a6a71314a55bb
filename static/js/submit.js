// The product form on a phone: what is typed is saved by itself, files go up in pieces, and nothing is lost when the
// connection or the session ends. Without this file the form works as a plain one.

const PLACE = "portal-draft:";
const DELAY = 2000;
const LONGEST_WAIT = 30000;
const NOT_KEPT = new Set(["csrfmiddlewaretoken", "page", "base", "seen", "act", "remove", "is_declared"]);

const pause = (time) => new Promise((done) => {
  const timer = setTimeout(done, time);
  addEventListener("online", () => { clearTimeout(timer); done(); }, { once: true });
});

// What this device remembers, also when storage is full or forbidden.
const memory = {
  names: () => { try { return Object.keys(localStorage).filter((name) => name.startsWith(PLACE)); } catch { return []; } },
  read: (name) => { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } },
  write: (name, value) => { try { localStorage.setItem(name, JSON.stringify(value)); return true; } catch { return false; } },
  forget: (name) => { try { localStorage.removeItem(name); } catch { /* nothing to forget */ } },
};

const two = (number) => String(number).padStart(2, "0");
const moment = (at) => `${two(at.getHours())}:${two(at.getMinutes())} ${two(at.getDate())}/${two(at.getMonth() + 1)}`;

// The draft that a button was pressed for: if its page comes next, the portal has it.
const sent = {
  get: () => { try { return sessionStorage.getItem("portal-sent") || ""; } catch { return ""; } },
  set: (slot) => { try { sessionStorage.setItem("portal-sent", slot); } catch { /* it will be offered once more */ } },
};

class Refused extends Error {}
class SignedOut extends Error {}
class Overtaken extends Error {}

// One POST; the answer's JSON. Throws what the caller can act on; anything else is worth another try.
async function post(url, body, token) {
  const headers = { "X-CSRFToken": token, Accept: "application/json" };
  const answer = await fetch(url, { method: "POST", body, headers, redirect: "manual", credentials: "same-origin" });
  if (answer.type === "opaqueredirect" || answer.status === 403) throw new SignedOut();
  if (answer.ok) return answer.json();
  const told = await answer.json().catch(() => ({}));
  if (answer.status === 422) throw new Refused(told.message);
  if (answer.status === 409 && told.message) throw new Overtaken(told.message);
  throw new Error(`status ${answer.status}`);
}

function start(form) {
  const { person, duty } = form.dataset;
  const token = form.elements.csrfmiddlewaretoken.value;
  const state = form.querySelector("[data-saved]");
  const restore = document.querySelector("[data-restore]");
  const mine = `${PLACE}${person}:${duty}:`;
  let slot = mine + form.elements.key.value;
  let hasItem = "item" in form.dataset;
  let uploadUrl = form.dataset.upload;
  let saved = "unsaved" in form.dataset ? "" : snapshot();
  let saving = null;
  let timer = null;
  let attempts = 0;
  let stopped = "";
  let goesOn = false;
  let warned = false;
  let wanted = null;
  const uploads = [];

  const say = (words, isTrouble = false) => {
    state.textContent = words;
    state.classList.toggle("is-trouble", isTrouble);
  };

  function fields() {
    const pairs = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !NOT_KEPT.has(name));
    return Object.fromEntries(pairs);
  }
  function snapshot() { return JSON.stringify(fields()); }
  const isSaved = () => snapshot() === saved;

  function keepHere() {
    if ("leaving" in document.documentElement.dataset) return;
    memory.write(slot, { at: Date.now(), fields: fields(), base: form.elements.base.value });
  }
  function later(time) { clearTimeout(timer); timer = setTimeout(() => save(), time); }

  function changed() {
    if (isSaved()) return;
    keepHere();
    if (!stopped) later(DELAY);
  }

  // --- saving at the portal ---------------------------------------------------------------------------------------

  async function save(options = {}) {
    while (saving) await saving;
    if (isSaved() && !options.force) return true;
    saving = send(options);
    try { return await saving; } finally { saving = null; }
  }

  async function send({ pasted }) {
    const now = snapshot();
    const body = new FormData(form);
    body.delete("files");
    if (pasted) body.set("pasted", "1");
    try {
      const told = await post(form.dataset.save, new URLSearchParams(body), token);
      know(told, now);
      return true;
    } catch (fault) {
      explain(fault);
      return false;
    }
  }

  function know(told, now) {
    attempts = 0;
    stopped = "";
    saved = now;
    hasItem = true;
    uploadUrl = told.upload;
    form.action = told.edit;
    history.replaceState(history.state, "", told.edit);
    if (!warned) say(`Đã lưu nháp ${told.at}${told.missing.length ? ", trừ chỗ chưa đúng." : ""}`);
    if (!told.missing.length && isSaved()) memory.forget(slot);
    fill(told.filled);
    if (!isSaved()) later(DELAY);
  }

  function explain(fault) {
    keepHere();
    warned = false;
    if (fault instanceof SignedOut) {
      stopped = "signed-out";
      say("Phiên làm việc đã hết. Nội dung được giữ trên máy này: hãy đăng nhập lại hoặc mở lại đường link trong tin nhắc, rồi bấm Khôi phục.", true);
    } else if (fault instanceof Overtaken || fault instanceof Refused) {
      stopped = "overtaken";
      say(fault.message, true);
    } else {
      attempts += 1;
      if (wanted) waitForNetwork(wanted);
      else say(navigator.onLine ? "Cổng chưa nhận được, đang thử lại. Nội dung được giữ trên máy này." : "Chưa có mạng. Nội dung được giữ trên máy này và tự gửi khi có mạng lại.", true);
      later(Math.min(DELAY * 2 ** attempts, LONGEST_WAIT));
    }
  }

  // Words found by the portal: only into fields that are still as they were sent.
  function fill(words = {}) {
    const title = form.elements.title;
    if (title.value.trim() || !words.title) {
      if (words.body && !form.elements.body.value.trim()) form.elements.body.value = words.body;
      return;
    }
    title.value = words.title;
    if ("body" in words && (words.body !== undefined)) form.elements.body.value = words.body || form.elements.body.value;
    say("Đã điền tiêu đề. Hãy xem lại.");
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.elements.body.addEventListener("paste", () => setTimeout(() => {
    if (!form.elements.title.value.trim()) save({ pasted: true });
  }));
  addEventListener("online", () => {
    if (stopped) return;
    if (wanted) goOn(wanted);
    else if (!isSaved()) save();
  });
  addEventListener("pagehide", () => { if (!isSaved()) keepHere(); });
  addEventListener("pageshow", () => { goesOn = false; });

  // --- what was left on this device -------------------------------------------------------------------------------

  function offer() {
    const names = memory.names().filter((name) => (hasItem ? name === slot : name.startsWith(mine)));
    const found = names.map((name) => ({ name, copy: memory.read(name) })).filter(({ copy }) => copy && copy.fields);
    found.sort((a, b) => b.copy.at - a.copy.at);
    if (!found.length) return;
    const { name, copy } = found[0];
    const here = fields();
    if (Object.keys(here).every((key) => key === "key" || (copy.fields[key] ?? "") === here[key])) {
      if (!("unsaved" in form.dataset)) memory.forget(name);
      return;
    }
    if ("unsaved" in form.dataset) return;
    restore.querySelector("[data-restore-at]").textContent = moment(new Date(copy.at));
    restore.hidden = false;
    if (name === slot) slot = `${slot}:2`;
    restore.querySelector("[data-restore-yes]").addEventListener("click", () => {
      Object.entries(copy.fields).forEach(([key, value]) => {
        const field = form.elements[key];
        if (!field) return;
        if (field.type === "checkbox") field.checked = true;
        else field.value = value;
      });
      memory.forget(name);
      memory.forget(slot);
      slot = mine + form.elements.key.value;
      restore.hidden = true;
      changed();
      form.elements.title.focus();
    });
    restore.querySelector("[data-restore-no]").addEventListener("click", () => {
      memory.forget(name);
      slot = mine + form.elements.key.value;
      restore.hidden = true;
    });
  }
  sent.set("");
  offer();
  if ("unsaved" in form.dataset) later(DELAY);

  // --- files in pieces --------------------------------------------------------------------------------------------

  const input = form.elements.files;
  const list = form.querySelector("[data-uploads]");
  const pattern = form.querySelector("[data-upload-row]");
  let queue = Promise.resolve();

  input.addEventListener("change", () => {
    [...input.files].forEach((file) => {
      const upload = show(file);
      uploads.push(upload);
      queue = queue.then(() => carry(upload));
    });
    input.value = "";
  });

  function show(file) {
    const row = pattern.content.firstElementChild.cloneNode(true);
    const upload = { file, row, isOver: false, urls: null };
    row.querySelector("[data-name]").textContent = file.name;
    row.querySelector("[data-of]").textContent = ` ${file.name}`;
    row.querySelector("[data-stop]").addEventListener("click", () => stop(upload), { once: true });
    list.append(row);
    tell(upload, "đang chờ");
    return upload;
  }

  function tell(upload, words, share = null) {
    upload.row.querySelector("[data-state]").textContent = `(${words})`;
    if (share !== null) upload.row.querySelector("progress").value = share;
  }

  function stop(upload) {
    if (!upload.isOver && upload.urls) post(upload.urls.cancel, null, token).catch(() => {});
    upload.isOver = true;
    upload.row.remove();
    warned = false;
    say("");
  }

  async function carry(upload) {
    for (let attempt = 0; !upload.isOver; attempt += 1) {
      try {
        await bring(upload, () => { attempt = 0; });
        return;
      } catch (fault) {
        if (upload.isOver) return;
        if (fault instanceof Refused || fault instanceof Overtaken) { fail(upload, fault.message); return; }
        tell(upload, fault instanceof SignedOut ? "phiên làm việc đã hết: hãy mở lại đường link rồi chọn lại tệp, phần đã gửi được giữ" : "mất mạng, sẽ tự gửi tiếp");
        if (fault instanceof SignedOut) { explain(fault); upload.isOver = true; return; }
        await pause(Math.min(1000 * 2 ** attempt, LONGEST_WAIT));
      }
    }
  }

  async function bring(upload, progressed) {
    const { file } = upload;
    if (!hasItem && !(await save({ force: true }))) {
      if (stopped === "signed-out") throw new SignedOut();
      if (stopped) throw new Refused(state.textContent);
      throw new Error("no draft yet");
    }
    const about = new URLSearchParams({ name: file.name, size: file.size, mark: file.lastModified });
    upload.urls = await post(uploadUrl, about, token);
    let place = upload.urls.received;
    while (place < file.size && !upload.isOver) {
      tell(upload, `${Math.floor((100 * place) / file.size)} %`, place / file.size);
      const piece = file.slice(place, place + upload.urls.piece_size);
      place = (await post(`${upload.urls.piece}?tu=${place}`, piece, token)).received;
      progressed();
    }
    if (upload.isOver) return;
    tell(upload, "đang kiểm tra", 1);
    finish(upload, await post(upload.urls.finish, null, token));
  }

  function finish(upload, told) {
    upload.isOver = true;
    upload.row.querySelector("progress").remove();
    tell(upload, "đã tải xong");
    say(`Đã tải xong tệp ${told.name}.`);
    const button = upload.row.querySelector("[data-stop]");
    button.type = "submit";
    button.name = "remove";
    button.value = told.pk;
    button.querySelector("[data-stop-words]").textContent = "Gỡ";
    const fresh = button.cloneNode(true);
    button.replaceWith(fresh);
    fill(told.filled);
    if (Object.keys(told.filled).length && !isSaved()) changed();
  }

  function fail(upload, words) {
    upload.isOver = true;
    warned = true;
    upload.row.querySelector("progress").remove();
    upload.row.classList.add("has-error");
    tell(upload, words);
    say(`${upload.file.name}: ${words}`, true);
    upload.row.querySelector("[data-stop-words]").textContent = "Bỏ";
  }

  // --- sending ----------------------------------------------------------------------------------------------------

  // Older browsers don't say which button was pressed.
  let pressed = null;
  form.addEventListener("click", (event) => { pressed = event.target.closest("button[name]") || pressed; });
  form.addEventListener("submit", async (event) => {
    const isBusy = saving || uploads.some((upload) => !upload.isOver);
    if (goesOn || (!isBusy && navigator.onLine && stopped !== "signed-out")) {
      clearTimeout(timer);
      if (!isSaved()) keepHere();
      sent.set(slot.replace(/:2$/, ""));
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const button = event.submitter || pressed;
    if (stopped === "signed-out") {
      explain(new SignedOut());
      return;
    }
    if (!navigator.onLine && uploads.every((upload) => upload.isOver)) {
      waitForNetwork(button);
      return;
    }
    const refused = list.querySelectorAll(".has-error").length;
    warned = false;
    say("Đang gửi nốt, cổng sẽ tự nộp khi xong. Xin đừng đóng trang.");
    await queue;
    while (saving) await saving;
    if (!navigator.onLine) {
      waitForNetwork(button);
      return;
    }
    if (stopped === "signed-out") return;
    if (list.querySelectorAll(".has-error").length > refused) {
      say("Chưa nộp: có tệp không gửi được. Hãy bỏ tệp đó hoặc chọn lại, rồi bấm Nộp.", true);
      return;
    }
    goOn(button);
  });

  // A button pressed without a connection is pressed again by the portal when there is one.
  function waitForNetwork(button) {
    keepHere();
    wanted = button;
    const isFinal = !button || button.value === "submit";
    say(`Chưa có mạng. Nội dung được giữ trên máy này; có mạng lại cổng sẽ tự ${isFinal ? "nộp" : "lưu nháp"}. Xin đừng đóng trang.`, true);
  }

  function goOn(button) {
    wanted = null;
    goesOn = true;
    if (form.requestSubmit) form.requestSubmit(button);
    else sendPlainly(form, button);
  }
}

// Old browsers: name the button by a hidden field.
function sendPlainly(form, button) {
  const act = document.createElement("input");
  Object.assign(act, { type: "hidden", name: button ? button.name : "act", value: button ? button.value : "draft" });
  form.append(act);
  form.submit();
}

// The page of a product: what this device remembered of it is not needed any more once it was handed in, or sent here.
document.querySelectorAll("[data-product]").forEach((page) => {
  if (!("handedIn" in page.dataset) && !sent.get().endsWith(page.dataset.product)) return;
  memory.names().filter((name) => name.includes(page.dataset.product)).forEach(memory.forget);
});
document.querySelectorAll("form[data-submit]").forEach(start);
