// A file on its way: is it here already, then its bytes, and another try when the connection
// breaks. A row asks for it by the event `send` and ends it by `stop`; it is told `moved` (a state
// and a sentence), `found` (here already), `answered` and `failed`.
(() => {
  "use strict";
  const PAUSES = [1, 3, 9]; // seconds before another try
  const BUSY = [429, 502, 503, 504]; // of a proxy or a site that starts anew: worth another try
  const GONE = ["NotFoundError", "NotReadableError"]; // of a file that is not as it was chosen
  const MOST_DIGESTED = 100 * 1024 * 1024; // bytes, all of which have to be in memory for it
  const form = document.getElementById("upload");
  const jobs = new WeakMap(); // by row

  const tell = (job, name, detail) => job.item.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  const end = (job, name, detail) => {
    job.isOver = true;
    tell(job, name, detail);
  };
  const move = (job, state, text) => tell(job, "moved", { state, text });

  // --- Is it here already? What cannot be found out is sent ------------------------------------
  async function digest(file) {
    const bytes = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function lookUp({ file }) {
    // Browsers offer it to safe connections only.
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
  // Asked for when it is sent: a login in another tab gives a new one.
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
    request.upload.addEventListener("load", () => move(job, "processing", "Looking at it…"));
    move(job, "uploading", "Uploading");
    const ended = new Promise((resolve) => request.addEventListener("loadend", () => resolve(request)));
    request.send(bodyOf(job));
    return ended;
  }

  // In seconds; the header holds them, or a date.
  function asked(request) {
    const told = request.getResponseHeader("Retry-After") ?? "";
    return Number(told) || (Date.parse(told) - Date.now()) / 1000 || 0;
  }

  function pause(job, seconds) {
    return new Promise((resolve) => {
      job.wake = resolve;
      if (navigator.onLine) setTimeout(resolve, 1000 * seconds);
      window.addEventListener("online", resolve, { once: true });
    });
  }

  async function wait(job, request, attempt) {
    // Not all at once, who were cut off at once.
    const seconds = Math.max(asked(request), PAUSES[attempt] * (1 + Math.random() / 2));
    const why = request.status ? "The site is busy." : "The connection broke.";
    const text = `${why} Trying again in ${Math.ceil(seconds)} s.`;
    move(job, "waiting", navigator.onLine ? text : "Waiting for connection…");
    await pause(job, seconds);
  }

  async function send(job) {
    for (let attempt = 0; ;) {
      const request = await post(job);
      if (job.isOver) return;
      const isLost = !request.status || BUSY.includes(request.status);
      if (!isLost || (attempt === PAUSES.length && navigator.onLine)) return finish(job, request);
      const counts = navigator.onLine; // without a connection nothing was tried
      await wait(job, request, Math.min(attempt, PAUSES.length - 1));
      if (job.isOver) return;
      if (counts) attempt += 1;
    }
  }

  function finish(job, request) {
    let answer = null;
    try { answer = JSON.parse(request.responseText); } catch { /* a proxy's page, not our answer */ }
    const { status } = request;
    const fail = (text, isLoggedOut) => end(job, "failed", { text, isLoggedOut });
    if (answer?.results?.[0]) return end(job, "answered", answer.results[0]);
    if (!status) return fail("The connection broke. Try again.");
    if (status === 401) return fail("You were logged out.", true);
    if (answer?.code === "csrf") return fail("You logged in anew meanwhile. Retry.");
    if (BUSY.includes(status)) return fail(`The site is too busy (${status}). Try again later.`);
    if (answer?.reason && status < 500) return end(job, "answered", { status: "rejected", reason: answer.reason });
    return fail(`The site answered with an error (${status}). Try again.`);
  }

  // --- What rows ask for --------------------------------------------------------------------------
  async function begin({ target, detail: { file, known } }) {
    const job = { item: target, file, known };
    jobs.set(target, job);
    if (known === undefined) {
      move(job, "checking", "Is it here already?");
      const answer = await lookUp(job);
      if (job.isOver) return;
      if (answer?.isGone) return end(job, "failed", { text: "This file cannot be read any more. Choose it again." });
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
