// Decisions are saved in the background, one after another, while the reviewer goes on to the next
// cluster. If one cannot be saved, its cluster comes back with the reason. Without this script the
// same forms reload the page. The other scripts of the page listen to the events `decided`,
// `returned` and `stored` of a cluster.
(() => {
  "use strict";
  const PAUSES = [1000, 3000, 9000]; // ms before the connection is tried again
  const BUSY = [429, 502, 503, 504]; // from a proxy or a restarting site: worth another try
  const OF_ONE = [400, 404, 409]; // this decision cannot be saved, but others can
  const queue = []; // jobs that are not saved yet; the first is being sent
  const decided = []; // clusters in the order of their decisions, for undo
  const numbers = new WeakMap(); // the number of the saved decision on each cluster
  let isSending = false;
  let returned = []; // jobs that can be tried again

  const $ = (selector, from = document) => from.querySelector(selector);
  const tell = (card, name, detail) => card.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  // --- A decided cluster is folded into one line ---------------------------------------------
  function summary(card, data) {
    const choices = [...data].filter(([name]) => name.startsWith("choice-")).map(([, value]) => value);
    let count = (choice) => choices.filter((one) => one === choice).length;
    if (data.has("accept")) count = (choice) => ({ keep: 1, trash: choices.length - 1 })[choice];
    else if (data.has("all")) count = (choice) => (choice === data.get("all") ? choices.length : 0);
    const effects = [...$("fieldset", card).querySelectorAll("[data-effect]")];
    const words = effects.map(({ value, dataset }) => {
      const phrase = count(value) === 1 ? dataset.effect : dataset.effects;
      return count(value) ? phrase.replace("{}", count(value)) : "";
    });
    return words.filter(Boolean).join(", ");
  }

  function fold(card, text) {
    const name = $(".suggested legend, legend", card).dataset.name;
    const undoes = element("button", { type: "button", textContent: textOf("undo"), ariaLabel: textOf("undo-name", { name }) });
    undoes.addEventListener("click", () => undo(card));
    $(".refusal", card)?.remove();
    const line = [element("strong", { textContent: name }), element("span", { textContent: text }), undoes];
    card.append(element("p", { className: "outcome" }, ...line));
    card.classList.add("decided");
    decided.push(card);
    offerUndo();
  }

  function unfold(card) {
    $(".outcome", card)?.remove();
    card.classList.remove("decided");
    if (decided.includes(card)) decided.splice(decided.lastIndexOf(card), 1);
    offerUndo();
  }

  // The button undoes the decisions made on this page, then those from before it was loaded.
  function offerUndo() {
    const button = $("#undo-last [name=undo]");
    button.hidden = !decided.length && !button.value;
  }

  function say(card, text) {
    const line = $(".outcome span", card);
    if (line) line.textContent = text;
  }

  function refuse(card, reason) {
    $(".refusal", card)?.remove();
    $("header", card).after(element("p", { className: "errornote refusal", textContent: reason }));
  }

  // --- Deciding and undoing ---------------------------------------------------------------------
  function decide(card, submitter) {
    const data = new FormData(card);
    if (submitter?.name) data.append(submitter.name, submitter.value);
    const said = summary(card, data);
    if (!said) {
      refuse(card, textOf("nothing-chosen"));
      notice($(".refusal", card).textContent);
      return;
    }
    const text = `${said[0].toUpperCase()}${said.slice(1)}.`;
    forgive(card);
    fold(card, text);
    add({ card, data, text, remains: remaining(card, data) });
    tell(card, "decided", { text });
  }

  // Return a picture that the decision leaves open, by which to find the rest of the cluster.
  function remaining(card, data) {
    if (data.has("accept") || data.has("all")) return card.dataset.hidden || "";
    const later = [...data].find(([name, value]) => name.startsWith("choice-") && value === "later");
    return later ? later[0].slice("choice-".length) : card.dataset.hidden || "";
  }

  function undo(card) {
    const waiting = queue.findIndex((job, place) => place > 0 && job.card === card && !job.undoes);
    unfold(card);
    if (waiting > 0) queue.splice(waiting, 1);
    else add({ card, data: new FormData(), undoes: true });
    tell(card, "returned", { text: textOf("undone"), isUndo: true });
  }

  function add(job) {
    queue.push(job);
    count();
    pump();
  }

  const count = () => { $("#clusters").dataset.unsent = queue.length; };

  // --- Sending ------------------------------------------------------------------------------------
  function token(card) {
    return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? card.elements.csrfmiddlewaretoken.value;
  }

  // Fill in late what the answers to earlier requests may have changed.
  function bodyOf({ card, data, undoes }) {
    if (undoes) data.set("undo", numbers.get(card));
    else data.set("as_of", card.elements.as_of.value);
    data.set("csrfmiddlewaretoken", token(card));
    return new URLSearchParams(data);
  }

  async function post(job) {
    const body = bodyOf(job);
    const options = { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } };
    try {
      const response = await fetch(location.href, { ...options, keepalive: String(body).length < 60000 });
      const answer = await response.json().catch(() => null);
      if (response.ok && answer?.told) return answer;
      if (response.type === "opaqueredirect" || response.status === 401) return { reason: textOf("logged-out"), isForAll: true };
      const reason = answer?.reason ?? textOf("site-error", { status: response.status });
      return { reason, isLost: BUSY.includes(response.status), isForAll: !OF_ONE.includes(response.status) };
    } catch {
      return { reason: textOf("connection-lost"), isLost: true, isForAll: true };
    }
  }

  function pause(time) {
    return new Promise((resolve) => {
      setTimeout(resolve, time);
      addEventListener("online", resolve, { once: true });
    });
  }

  async function send(job) {
    for (const time of PAUSES) {
      const answer = await post(job);
      if (!answer.isLost) return answer;
      const values = { decision: job.text ?? "", reason: answer.reason, seconds: time / 1000 };
      say(job.card, textOf("not-saved", values));
      await pause(time);
    }
    return post(job);
  }

  async function pump() {
    if (isSending) return;
    isSending = true;
    while (queue.length) {
      const job = queue[0];
      // The decision may have been refused after the reviewer asked to undo it.
      const answer = job.undoes && !numbers.has(job.card) ? {} : await send(job);
      const failed = answer.isForAll ? queue.splice(0) : [];
      queue.shift();
      count();
      if (failed.length) giveBack(failed, answer.reason);
      else settle(job, answer);
    }
    isSending = false;
    document.dispatchEvent(new Event("sent"));
  }

  function settle(job, answer) {
    const { card } = job;
    if (answer.reason) return giveBack([job], answer.reason);
    if (job.undoes) {
      numbers.delete(card);
      if (answer.as_of) card.elements.as_of.value = answer.as_of;
    } else {
      numbers.set(card, answer.decision);
      say(card, answer.told);
    }
    if (answer.told) tell(card, "stored", { ...answer, remains: job.remains, undoes: job.undoes });
  }

  function giveBack(jobs, reason) {
    for (const { card, undoes } of jobs) {
      if (undoes) {
        fold(card, textOf("not-undone", { reason })); // so the decision stands
        continue;
      }
      unfold(card);
      refuse(card, reason);
      tell(card, "returned", { text: reason });
    }
    returned = jobs.filter((job) => !job.undoes);
    notice(textOf("returned", { count: jobs.length, reason }), jobs[0].card);
  }

  // --- The notice of what went wrong stays in view while the page scrolls ----------------------------
  function notice(text, card) {
    const box = $("#notice");
    const button = (label, act) => {
      const made = element("button", { type: "button", className: "button", textContent: label });
      made.addEventListener("click", () => { box.hidden = true; act(); });
      return made;
    };
    box.replaceChildren(element("span", { textContent: text }));
    if (card) box.append(button(textOf("show-it"), () => $("h2", card).focus()));
    if (card && returned.length) box.append(button(textOf("try-again"), () => returned.splice(0).forEach(repeat)));
    box.append(button(textOf("close"), () => {}));
    box.hidden = false;
  }

  // Deciding on the cluster again settles the notice as well.
  function forgive(card) {
    if (!returned.some((job) => job.card === card)) return;
    returned = returned.filter((job) => job.card !== card);
    if (!returned.length) $("#notice").hidden = true;
  }

  function repeat(job) {
    fold(job.card, job.text);
    add(job);
    tell(job.card, "decided", { text: job.text });
  }

  // --- Forms --------------------------------------------------------------------------------------------
  function submit(event) {
    const { target, submitter } = event;
    if (target.matches("form.cluster") && submitter?.name !== "preview") {
      event.preventDefault();
      decide(target, submitter);
    } else if (submitter?.matches("#undo-last [name=undo]") && decided.length) {
      event.preventDefault();
      undo(decided.at(-1));
    } else if (queue.length && target.method === "post") {
      event.preventDefault();
      document.addEventListener("sent", () => target.requestSubmit(submitter), { once: true });
    }
  }

  // Send everything now, so that leaving despite the warning, or without one, loses nothing.
  function leave() {
    for (const job of queue) if (!job.undoes) post(job);
  }

  document.addEventListener("submit", submit);
  addEventListener("beforeunload", (event) => { if (queue.length) event.preventDefault(); });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
