// Uploading many files: one request each, three at a time; each row shows the state of its file.
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
    if (bytes < 1024 * 1024) return textOf("kilobytes", { number: Math.ceil(bytes / 1024) });
    return textOf("megabytes", { number: Math.ceil(10 * bytes / 1024 / 1024) / 10 });
  }

  // --- Rows -------------------------------------------------------------------------------------
  // States: queued → checking → uploading → processing → stored | alike | duplicate | rejected,
  // or failed (can be tried again), or cancelled; `waiting` comes before another try.
  const ACTIVE = ["checking", "uploading", "processing", "waiting"];
  const FINAL = ["stored", "alike", "duplicate", "rejected", "failed", "cancelled"];
  // Once a file is sent in full, the site stores it whether or not the browser waits.
  const CANCELLABLE = ["", "queued", "checking", "uploading", "waiting"];
  const CLASSES = { alike: "alike-found" };

  function add(file) {
    const item = byId("row").content.cloneNode(true).querySelector("li");
    // The lookup fills in `sha256`, and `known`: how often this user already has the file.
    const row = { file, item, state: "", part: 0, sha256: "", known: undefined, wasSent: false };
    follow(row);
    item.querySelector(".name").textContent = file.webkitRelativePath || file.name;
    item.querySelector(".preview").append(preview(file));
    item.querySelector("[data-act=cancel]").addEventListener("click", () => cancel(row));
    item.querySelector("[data-act=retry]").addEventListener("click", () => retry(row));
    rows.push(row);
    queue.append(item);
    const limit = Number(form.dataset.maxBytes);
    if (file.size > limit) {
      become(row, "rejected", textOf("too-large", { size: size(file.size), limit: size(limit) }));
    } else {
      become(row, "queued", textOf("queued", { size: size(file.size) }));
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
    const isUnsure = row.state === "waiting" && row.wasSent;
    tell(row, "stop");
    become(row, "cancelled", textOf(isUnsure ? "cancelled-too-late" : "cancelled"));
  }

  function retry(row) {
    row.part = 0;
    row.item.querySelectorAll(".extra").forEach((extra) => extra.remove());
    isHeld = false;
    byId("logged-out").hidden = true;
    become(row, "queued", textOf("queued", { size: size(row.file.size) }));
    pump();
  }

  // --- Sending: upload-sending.js does it and reports to the row by events -----------------------
  let isHeld = false; // until the user logs in

  function tell(row, name, detail) {
    row.item.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }

  function pump() {
    if (isHeld) return;
    const active = rows.filter((row) => ACTIVE.includes(row.state)).length;
    const waiting = rows.filter((row) => row.state === "queued");
    for (const row of waiting.slice(0, AT_ONCE - active)) tell(row, "send", { file: row.file, known: row.known });
  }

  function advance(row, part) {
    row.part = 0.9 * part;
    row.item.querySelector("progress").value = part;
    row.item.querySelector("[data-state]").textContent = textOf("uploaded-part", { percent: Math.floor(100 * part) });
    tally();
  }

  function fail(row, { text, isLoggedOut }) {
    isHeld ||= isLoggedOut;
    become(row, "failed", text);
    if (!isHeld) return;
    byId("logged-out").hidden = false;
    // The other files would fail in the same way.
    for (const other of rows) if (other.state === "queued") become(other, "failed", textOf("not-sent"));
  }

  function follow(row) {
    const on = (name, act) => row.item.addEventListener(name, (event) => act(event.detail));
    on("checked", (answer) => Object.assign(row, { sha256: answer.sha256, known: answer.known_copies }));
    on("moved", ({ state, text }) => {
      row.wasSent ||= state === "processing";
      become(row, state, text);
    });
    on("advanced", (part) => advance(row, part));
    on("found", (result) => refuseTwin(row, result));
    on("answered", (result) => settle(row, result));
    on("failed", (how) => fail(row, how));
  }

  function settle(row, result) {
    if (result.name) row.item.querySelector(".name").textContent = result.name;
    if (result.status === "rejected") return become(row, "rejected", result.reason);
    if (result.status === "duplicate") return settleTwin(row, result);
    offer(row, opening(result));
    row.isSame = result.similar.some((other) => other.kind === "exact");
    if (!result.similar.length) return become(row, "stored", textOf("unlike"));
    row.item.querySelector(".alike").append(...result.similar.map(lookAlike));
    return become(row, "alike", textOf("alike"));
  }

  function settleTwin(row, result) {
    // The lookup did not know the file. So this row stored it, but the answer was lost, or another
    // row with the same file did.
    const isTwin = rows.some((other) => other !== row && other.sha256 === row.sha256);
    if (row.sha256 && !isTwin && result.code === "duplicate") {
      offer(row, opening(result));
      return become(row, "stored", textOf("uploaded-before"));
    }
    row.known = (row.known ?? 0) + 1;
    return refuseTwin(row, result);
  }

  // The site stores another copy of a file only if the request says how many there already are.
  function refuseTwin(row, result) {
    const again = element("button", { type: "button", className: "button small", textContent: textOf("upload-anyway") });
    again.addEventListener("click", () => retry(row));
    offer(row, result.code === "in_trash" ? restoring(result) : opening(result), again);
    become(row, "duplicate", result.reason);
  }

  function opening(result) {
    return element("a", { href: result.url, className: "button small", textContent: textOf("open") });
  }

  function offer(row, ...buttons) {
    for (const button of buttons) button.classList.add("extra");
    row.item.querySelector(".buttons").append(...buttons);
  }

  function lookAlike(other) {
    const thumbnail = element("img", { src: other.thumbnail, alt: other.title });
    const badge = element("span", { className: `badge ${other.kind}`, title: other.sentence, textContent: other.badge });
    const how = other.same ? [element("span", { className: "how", textContent: other.sentence })] : [];
    const compare = element("a", { href: other.compare, textContent: textOf("compare") });
    compare.setAttribute("aria-label", textOf("compare-with", { title: other.title }));
    return element("span", { className: "one" }, element("a", { href: other.url }, thumbnail), badge, ...how, compare);
  }

  function restoring(result) {
    const action = form.dataset.restore.replace("00000000-0000-0000-0000-000000000000", result.id);
    const token = element("input", { type: "hidden", name: "csrfmiddlewaretoken" });
    const button = element("button", { className: "button small", textContent: textOf("restore") });
    return element("form", { method: "post", action }, token, button);
  }

  // --- The whole batch ----------------------------------------------------------------------------
  let news;
  let wasOver = false;

  function tally() {
    const count = (...states) => rows.filter((row) => states.includes(row.state)).length;
    const done = count(...FINAL);
    const special = ["alike", "duplicate", "rejected", "failed", "cancelled"].filter((state) => count(state));
    const parts = special.map((state) => textOf(`tally-${state}`, { count: count(state) }));
    const text = [textOf("tally-done", { number: done, total: rows.length }), ...parts].join(" · ");
    byId("overall").value = rows.reduce((sum, row) => sum + row.part, 0) / Math.max(1, rows.length);
    byId("tally").textContent = text;
    // Announce it to screen readers every two seconds at most, not for each file.
    news ??= setTimeout(() => { byId("news").textContent = byId("tally").textContent; news = null; }, 2000);
    const isOver = rows.length > 0 && done === rows.length;
    byId("cancel-all").hidden = isOver;
    byId("retry-all").hidden = !count("failed");
    summarise(isOver, count);
    if (isOver && !wasOver) heading.focus();
    wasOver = isOver;
  }

  function headline(isOver, count) {
    const stored = count("stored", "alike");
    if (!isOver) return textOf("uploading");
    if (stored) return textOf("pictures-uploaded", { count: stored });
    if (count("failed")) return textOf("nothing-yet");
    return textOf(count("duplicate") === rows.length ? "all-duplicates" : "nothing-new");
  }

  function summarise(isOver, count) {
    heading.textContent = headline(isOver, count);
    byId("finished").hidden = !isOver || !count("stored", "alike");
    // Copies have a page of their own, for users who can review duplicates.
    const alike = rows.filter((row) => row.state === "alike");
    const same = form.dataset.review ? alike.filter((row) => row.isSame) : [];
    const link = byId("review");
    link.hidden = !alike.length;
    link.href = same.length ? form.dataset.review : "#queue";
    const name = same.length ? "review-duplicates" : "review-similar";
    link.textContent = textOf(name, { count: same.length || alike.length });
  }

  function showSimilar(event) {
    if (event.target.getAttribute("href") !== "#queue") return;
    event.preventDefault();
    rows.find((row) => row.state === "alike").item.querySelector(".alike a").focus();
  }

  function take(files) {
    // Folders hold hidden files of the operating system.
    const pictures = [...files].filter((file) => !file.name.startsWith("."));
    if (!pictures.length) return;
    byId("batch").hidden = false;
    isHeld = false;
    pictures.forEach(add);
    pump();
  }

  // The files of a dropped folder are read directory by directory.
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
  byId("retry-all").addEventListener("click", () => {
    rows.filter((row) => row.state === "failed").forEach(retry);
    heading.focus(); // the button is gone
  });
  byId("review").addEventListener("click", showSimilar);
  window.addEventListener("beforeunload", (event) => {
    if (rows.some((row) => !FINAL.includes(row.state))) event.preventDefault();
  });
})();
