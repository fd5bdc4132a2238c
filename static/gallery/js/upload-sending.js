// Sending one file: first ask whether the gallery already has it, then send its bytes, and try
// again if the connection breaks. A row starts this with the event `send` and ends it with `stop`;
// it receives `moved` (a state and a sentence), `found` (already in the gallery), `answered` and
// `failed`.
(() => {
  "use strict";
  const PAUSES = [1, 3, 9]; // seconds before each further try
  const BUSY = [429, 502, 503, 504]; // from a proxy or a restarting site: worth another try
  const GONE = ["NotFoundError", "NotReadableError"]; // the file changed since it was chosen
  const MOST_DIGESTED = 100 * 1024 * 1024; // bytes; a digest needs the whole file in memory
  const form = document.getElementById("upload");
  const jobs = new WeakMap(); // by row

  const tell = (job, name, detail) => job.item.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  const end = (job, name, detail) => {
    job.isOver = true;
    tell(job, name, detail);
  };
  const move = (job, state, text) => tell(job, "moved", { state, text });

  // --- Is the file already in the gallery? If that cannot be found out, it is sent -------------
  async function digest(file) {
    const bytes = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function lookUp({ file }) {
    // Browsers only allow hashing over HTTPS.
    if (!window.crypto?.subtle || file.size > MOST_DIGESTED) return null;
    try {
      const sha256 = await digest(file);
      const response = await fetch(`${form.dataset.lookup}?sha256=${sha256}`);
      return response.ok ? { sha256, ...await response.json() } : null;
    } catch (error) {
      return GONE.includes(error.name) ? { isGone: true } : null;
    }
  }

  // --- Sending ----------------------------------------------------------------------------------
  // Read the token just before sending: logging in in another tab changes it.
  function token() {
    const kept = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return kept ? kept[1] : form.elements.csrfmiddlewaretoken.value;
  }

  function bodyOf(job) {
    const body = new FormData();
    for (const name of ["visibility", "album", "tags"]) body.append(name, form.elements[name].value);
    body.append("known_copies", job.known);
    body.append("file", job.file, job.file.name);
    return body;
  }

  function post(job) {
    const request = job.request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token());
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable && !job.isOver) tell(job, "advanced", event.loaded / event.total);
    });
    request.upload.addEventListener("load", () => move(job, "processing", textOf("processing")));
    move(job, "uploading", textOf("uploading"));
    const ended = new Promise((resolve) => request.addEventListener("loadend", () => resolve(request)));
    request.send(bodyOf(job));
    return ended;
  }

  // Return the seconds to wait that the Retry-After header asks for, as a number or as a date.
  function retryAfter(request) {
    const header = request.getResponseHeader("Retry-After") ?? "";
    return Number(header) || (Date.parse(header) - Date.now()) / 1000 || 0;
  }

  function pause(job, seconds) {
    return new Promise((resolve) => {
      job.wake = resolve;
      if (navigator.onLine) setTimeout(resolve, 1000 * seconds);
      window.addEventListener("online", resolve, { once: true });
    });
  }

  async function wait(job, request, attempt) {
    // A random pause, so that browsers that lost the connection together do not return together.
    const seconds = Math.max(retryAfter(request), PAUSES[attempt] * (1 + Math.random() / 2));
    const why = request.status ? "site-busy" : "connection-lost";
    const text = textOf(navigator.onLine ? why : "offline", { seconds: Math.ceil(seconds) });
    move(job, "waiting", text);
    await pause(job, seconds);
  }

  async function send(job) {
    for (let attempt = 0; ;) {
      const request = await post(job);
      if (job.isOver) return;
      const isLost = !request.status || BUSY.includes(request.status);
      if (!isLost || (attempt === PAUSES.length && navigator.onLine)) return finish(job, request);
      const counts = navigator.onLine; // a try without a connection does not count
      await wait(job, request, Math.min(attempt, PAUSES.length - 1));
      if (job.isOver) return;
      if (counts) attempt += 1;
    }
  }

  function finish(job, request) {
    let answer = null;
    try { answer = JSON.parse(request.responseText); } catch { /* a proxy's error page */ }
    const { status } = request;
    const fail = (name, isLoggedOut) => end(job, "failed", { text: textOf(name, { status }), isLoggedOut });
    if (answer?.results?.[0]) return end(job, "answered", answer.results[0]);
    if (!status) return fail("no-connection");
    if (status === 401) return fail("logged-out", true);
    if (answer?.code === "csrf") return fail("session-changed");
    if (BUSY.includes(status)) return fail("still-busy");
    if (answer?.reason && status < 500) return end(job, "answered", { status: "rejected", reason: answer.reason });
    return fail("site-error");
  }

  // --- Events from rows -------------------------------------------------------------------------
  async function begin({ target, detail: { file, known } }) {
    const job = { item: target, file, known };
    jobs.set(target, job);
    if (known === undefined) {
      move(job, "checking", textOf("checking"));
      const answer = await lookUp(job);
      if (job.isOver) return;
      if (answer?.isGone) return end(job, "failed", { text: textOf("file-unreadable") });
      if (answer) tell(job, "checked", answer);
      if (answer?.results[0]) return end(job, "found", answer.results[0]);
      job.known = 0;
    }
    return send(job);
  }

  function stop({ target }) {
    const job = jobs.get(target);
    if (!job) return;
    job.isOver = true;
    job.request?.abort();
    job.wake?.();
  }

  document.addEventListener("send", begin);
  document.addEventListener("stop", stop);
  document.addEventListener("submit", ({ target }) => {
    if (target.closest("#queue")) target.elements.csrfmiddlewaretoken.value = token();
  });
})();
