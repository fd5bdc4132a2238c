// Many files, one request each, three at a time; every row says what became of its file.
(() => {
  "use strict";
  const AT_ONCE = 3;
  const form = document.getElementById("upload");
  const queue = document.getElementById("queue");
  const heading = document.getElementById("batch-heading");
  const rows = [];
  const byId = (id) => document.getElementById(id);

  // --- Making elements ------------------------------------------------------------------------
  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function size(bytes) {
    return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  }

  function plural(count, noun) {
    return `${count} ${noun}${count === 1 ? "" : "s"}`;
  }

  // Asked for when it is sent: a login in another tab gives a new one.
  function token() {
    const kept = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return kept ? kept[1] : form.elements.csrfmiddlewaretoken.value;
  }

  // --- Rows -------------------------------------------------------------------------------------
  // States: queued → uploading → processing → stored | alike | duplicate | rejected,
  // or failed (can be tried again), or cancelled.
  const FINAL = ["stored", "alike", "duplicate", "rejected", "failed", "cancelled"];
  // Once all of it is sent, the site stores it whether or not anyone waits for the answer.
  const CANCELLABLE = ["", "queued", "uploading"];
  const CLASSES = { alike: "alike-found" };

  function add(file) {
    const item = byId("row").content.cloneNode(true).querySelector("li");
    const row = { file, item, state: "", part: 0, request: null };
    item.querySelector(".name").textContent = file.webkitRelativePath || file.name;
    item.querySelector(".preview").append(preview(file));
    item.querySelector("[data-act=cancel]").addEventListener("click", () => cancel(row));
    item.querySelector("[data-act=retry]").addEventListener("click", () => retry(row));
    rows.push(row);
    queue.append(item);
    const limit = Number(form.dataset.maxBytes);
    if (file.size > limit) {
      become(row, "rejected", `Refused: it has ${size(file.size)}; the limit is ${size(limit)}. Export it smaller and try again.`);
    } else {
      become(row, "queued", `Waiting · ${size(file.size)}`);
    }
  }

  function preview(file) {
    const image = element("img", { alt: "", src: URL.createObjectURL(file) });
    for (const name of ["load", "error"]) {
      image.addEventListener(name, () => URL.revokeObjectURL(image.src), { once: true });
    }
    image.addEventListener("error", () => image.remove());
    return image;
  }

  function become(row, state, text) {
    const wasFinal = FINAL.includes(row.state);
    row.state = state;
    row.item.className = CLASSES[state] || state;
    row.item.querySelector("[data-state]").textContent = text;
    row.item.querySelector("progress").hidden = state !== "uploading";
    row.item.querySelector("[data-act=cancel]").hidden = !CANCELLABLE.includes(state);
    row.item.querySelector("[data-act=retry]").hidden = !["failed", "cancelled"].includes(state);
    if (FINAL.includes(state)) row.part = 1;
    tally();
    if (FINAL.includes(state) && !wasFinal) pump();
  }

  function cancel(row) {
    if (!CANCELLABLE.includes(row.state)) return;
    row.request?.abort();
    become(row, "cancelled", "Cancelled");
  }

  function retry(row) {
    row.part = 0;
    become(row, "queued", `Waiting · ${size(row.file.size)}`);
    pump();
  }

  // --- Sending ----------------------------------------------------------------------------------
  function pump() {
    const active = rows.filter((row) => ["uploading", "processing"].includes(row.state)).length;
    const waiting = rows.filter((row) => row.state === "queued");
    for (const row of waiting.slice(0, AT_ONCE - active)) send(row);
  }

  function send(row) {
    const request = new XMLHttpRequest();
    const body = new FormData();
    for (const name of ["visibility", "album", "tags"]) {
      body.append(name, form.elements[name].value);
    }
    body.append("file", row.file, row.file.name);
    row.request = request;
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token());
    request.upload.addEventListener("progress", (event) => advance(row, event));
    request.upload.addEventListener("load", () => become(row, "processing", "Looking at it…"));
    request.addEventListener("load", () => finish(row, request));
    request.addEventListener("error", () => become(row, "failed", "The connection broke. Try again."));
    become(row, "uploading", "Uploading");
    request.send(body);
  }

  function advance(row, event) {
    if (!event.lengthComputable || row.state !== "uploading") return;
    row.part = 0.9 * (event.loaded / event.total);
    row.item.querySelector("progress").value = event.loaded / event.total;
    row.item.querySelector("[data-state]").textContent = `Uploading ${Math.floor((100 * event.loaded) / event.total)} %`;
    tally();
  }

  function finish(row, request) {
    let answer = null;
    try { answer = JSON.parse(request.responseText); } catch { /* a proxy's page, not our answer */ }
    const result = answer?.results?.[0];
    if (result) return settle(row, result);
    if (request.status === 401) return become(row, "failed", "You were logged out. Log in in another tab, then retry.");
    if (answer?.code === "csrf") return become(row, "failed", "You logged in anew meanwhile. Retry.");
    if (answer?.reason && request.status < 500) return become(row, "rejected", `Refused: ${answer.reason}`);
    return become(row, "failed", `The site answered with an error (${request.status}). Try again.`);
  }

  function settle(row, result) {
    const buttons = row.item.querySelector(".buttons");
    if (result.name) row.item.querySelector(".name").textContent = result.name;
    if (result.status === "rejected") return become(row, "rejected", `Refused: ${result.reason}`);
    const open = element("a", { href: result.url, className: "button small", textContent: "Open" });
    if (result.status === "duplicate") {
      buttons.append(result.code === "in_trash" ? restoring(result) : open);
      return become(row, "duplicate", result.code === "in_trash" ? result.reason : "Already here");
    }
    buttons.append(open);
    if (!result.similar.length) return become(row, "stored", "Stored. Nothing here looks like it.");
    row.item.querySelector(".alike").append(...result.similar.map(lookAlike));
    return become(row, "alike", "Stored. It looks like:");
  }

  function lookAlike(other) {
    const thumbnail = element("img", { src: other.thumbnail, alt: other.title });
    const badge = element("span", { className: `badge ${other.kind}`, title: other.sentence, textContent: other.badge });
    const how = other.same ? [element("span", { className: "how", textContent: other.sentence })] : [];
    const compare = element("a", { href: other.compare, textContent: "Compare" });
    compare.setAttribute("aria-label", `Compare with ${other.title}`);
    return element("span", { className: "one" }, element("a", { href: other.url }, thumbnail), badge, ...how, compare);
  }

  function restoring(result) {
    const action = form.dataset.restore.replace("00000000-0000-0000-0000-000000000000", result.id);
    const hidden = element("input", { type: "hidden", name: "csrfmiddlewaretoken" });
    const restore = element("form", { method: "post", action }, hidden, element("button", { className: "button small", textContent: "Restore" }));
    restore.addEventListener("submit", () => { hidden.value = token(); });
    return restore;
  }

  // --- The whole batch ----------------------------------------------------------------------------
  let news;

  function tally() {
    const count = (...states) => rows.filter((row) => states.includes(row.state)).length;
    const done = count(...FINAL);
    const parts = [
      [count("alike"), "look like pictures here"], [count("duplicate"), "already here"],
      [count("rejected"), "refused"], [count("failed"), "failed"], [count("cancelled"), "cancelled"],
    ].filter(([number]) => number).map(([number, words]) => `${number} ${words}`);
    const text = [`${done} of ${rows.length} done`, ...parts].join(" · ");
    byId("overall").value = rows.reduce((sum, row) => sum + row.part, 0) / Math.max(1, rows.length);
    byId("tally").textContent = text;
    // Told to those who listen at most every two seconds, not for each file.
    news ??= setTimeout(() => { byId("news").textContent = byId("tally").textContent; news = null; }, 2000);
    const isOver = rows.length > 0 && done === rows.length;
    if (isOver && byId("finished").hidden) heading.focus();
    const stored = count("stored", "alike");
    heading.textContent = !isOver ? "Uploading" : stored ? `${plural(stored, "picture")} stored` : "Nothing new";
    byId("finished").hidden = !isOver || !stored;
    byId("cancel-all").hidden = isOver;
  }

  function take(files) {
    // A folder brings along what systems hide in it.
    const pictures = [...files].filter((file) => !file.name.startsWith("."));
    if (!pictures.length) return;
    byId("batch").hidden = false;
    byId("finished").hidden = true;
    pictures.forEach(add);
    pump();
  }

  // Files of a dropped folder have to be asked for, directory by directory.
  async function filesOf(entry) {
    if (entry.isFile) return [await new Promise((found, failed) => entry.file(found, failed))];
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const portion = await new Promise((read, failed) => reader.readEntries(read, failed));
      if (!portion.length) return found;
      for (const child of portion) found.push(...await filesOf(child));
    }
  }

  async function drop(transfer) {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.some((entry) => entry.isDirectory)) return take(transfer.files);
    return take((await Promise.all(entries.map(filesOf))).flat());
  }

  let depth = 0;
  const over = (step) => {
    depth = Math.max(0, step ? depth + step : 0);
    document.body.classList.toggle("over", depth > 0);
  };

  for (const id of ["files", "folder"]) {
    byId(id).addEventListener("change", (event) => {
      take(event.target.files);
      event.target.value = "";
    });
  }
  document.addEventListener("dragenter", (event) => { event.preventDefault(); over(1); });
  document.addEventListener("dragleave", () => over(-1));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    over(0);
    drop(event.dataTransfer);
  });
  document.addEventListener("paste", (event) => take(event.clipboardData?.files ?? []));
  byId("cancel-all").addEventListener("click", () => rows.forEach(cancel));
  window.addEventListener("beforeunload", (event) => {
    if (rows.some((row) => !FINAL.includes(row.state))) event.preventDefault();
  });
})();
