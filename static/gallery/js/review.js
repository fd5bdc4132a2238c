// Reviewing duplicates by keyboard. Buttons name the keys that press them, and the table in the
// dialog of shortcuts the keys of this script; without it the page has a button for everything.
(() => {
  "use strict";
  const SWITCH = "single-keys"; // the same as on the other pages
  const PLACE = `review ${location.pathname}`;
  const list = document.getElementById("clusters");
  const dialog = document.getElementById("keys");
  const said = document.getElementById("said");
  let current = null;

  const all = () => [...list.querySelectorAll("form.cluster")];
  const isOpen = (cluster) => !cluster.classList.contains("decided");

  // --- The current cluster: the one with the focus, or the one that keys moved to ---------------
  function show(cluster, focuses) {
    current?.classList.remove("current");
    current = cluster ?? null;
    if (!current) return;
    current.classList.add("current");
    current.dispatchEvent(new Event("shown", { bubbles: true }));
    showPlace();
    if (!focuses) return;
    current.querySelector("h2").focus({ preventScroll: true });
    current.scrollIntoView({ block: "start" });
  }

  // Return the open cluster one step from `from`, which may be decided itself.
  function beside(from, step) {
    const open = all().filter((cluster) => cluster === from || isOpen(cluster));
    return open[open.indexOf(from) + step];
  }

  function follow(event) {
    const cluster = event.target.closest("form.cluster");
    if (cluster && isOpen(cluster) && cluster !== current) show(cluster, false);
  }

  function place() {
    const { first, total, more } = list.dataset;
    if (!current || first === undefined) return ""; // later pages do not know the number
    const number = Number(first) + all().indexOf(current);
    return textOf(more === undefined ? "place" : "place-of-more", { number, total });
  }

  function showPlace() {
    const shown = document.querySelector("[data-place]");
    if (shown) shown.textContent = place();
  }

  function say(text) {
    const where = place();
    said.textContent = where ? `${text} ${where}.` : text;
  }

  // --- Clusters that are decided, come back or arrive --------------------------------------------
  function goOn(event) {
    const cluster = event.target;
    if (cluster !== current && isOpen(current ?? cluster)) return say(event.detail.text);
    show(beside(cluster, 1) ?? beside(cluster, -1), true);
    say(event.detail.text);
  }

  function goBack(event) {
    if (event.detail.isUndo || !current) show(event.target, true);
    else current.scrollIntoView({ block: "start" }); // the returned cluster has moved it
    if (event.detail.isUndo) say(event.detail.text); // a refusal is announced as an alert
  }

  function goOnWith(event) {
    if (current && isOpen(current)) return;
    show(event.target, true);
    say("");
  }

  // --- After a reload, continue at the same cluster ------------------------------------------------
  function remember() {
    const index = all().filter(isOpen).indexOf(current);
    sessionStorage.setItem(PLACE, JSON.stringify([current?.querySelector("h2").id, index]));
  }

  function comeBack() {
    const [id, index] = JSON.parse(sessionStorage.getItem(PLACE)) ?? [];
    sessionStorage.removeItem(PLACE);
    const told = document.querySelector(".messagelist");
    if (index !== undefined && told) {
      told.id = "what-was-done"; // read aloud with the heading that gets the focus
      for (const cluster of all()) cluster.querySelector("h2").setAttribute("aria-describedby", told.id);
    }
    const same = document.getElementById(id)?.closest("form.cluster");
    const clusters = all();
    show(same ?? clusters[Math.min(index ?? 0, clusters.length - 1)], index !== undefined);
  }

  function leave(event) {
    const isPost = event.type === "submit" && !event.defaultPrevented && event.target.method === "post";
    if (isPost || event.target.closest?.(".cluster a, #look-over")) remember();
  }

  // --- Actions of keys --------------------------------------------------------------------------------
  const groups = () => [...(current?.querySelectorAll(".members fieldset") ?? [])];
  const choice = (group, value) => group.querySelector(`[value=${value}]`);

  const ACTS = {
    next: () => show(beside(current, 1) ?? current, true),
    previous: () => show(beside(current, -1) ?? current, true),
    help: () => dialog.showModal(),

    decide() {
      const chosen = current?.querySelector(".members input:checked:not([value=later])");
      const accepts = current?.querySelector("[name=accept], [data-accepts]");
      if (chosen || !accepts) current?.requestSubmit();
      else accepts.click();
    },

    choose(key) {
      const group = groups()[Number(key) - 1];
      if (!group) return;
      const keep = choice(group, "keep");
      (keep.checked ? choice(group, "trash") : keep).checked = true;
    },

    swap() {
      const members = groups();
      const chosen = members.findIndex((group) => choice(group, "keep").checked);
      const suggested = members.findIndex((group) => group.closest(".suggested"));
      const next = ((chosen < 0 ? suggested : chosen) + 1) % members.length;
      members.forEach((group, place) => { choice(group, place === next ? "keep" : "trash").checked = true; });
      if (current) say(textOf("keep", { name: members[next].querySelector("legend").dataset.name }));
    },

    keepAll() {
      for (const group of groups()) choice(group, "keep").checked = true;
      current?.requestSubmit();
    },
  };

  // The control that a key presses: in the current cluster, or outside all clusters.
  function controlOf(key) {
    const named = `[data-key="${CSS.escape(key)}"]`;
    return current?.querySelector(named) ?? document.querySelector(`${named}:not(tr, .cluster *)`);
  }

  // Text fields take letters; the control with the focus takes Enter.
  function isTaken(event) {
    const text = "select, textarea, input:not([type=radio], [type=checkbox]), dialog[open]";
    const control = "a, button, input, summary";
    return event.target.closest(event.key === "Enter" ? `${control}, ${text}` : text);
  }

  function act(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
    if (isTaken(event) || localStorage.getItem(SWITCH) === "off") return;
    const key = /^[1-9]$/.test(event.key) ? "1 – 9" : event.key;
    const row = dialog.querySelector(`tr[data-key="${CSS.escape(key)}"]`);
    const control = controlOf(key);
    if (!row && !control) return;
    event.preventDefault();
    if (row) ACTS[row.dataset.act](event.key);
    else if (!control.hidden) control.click();
  }

  function bindDialog() {
    const box = document.getElementById("keys-on");
    const button = document.getElementById("show-keys");
    box.checked = localStorage.getItem(SWITCH) !== "off";
    box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
    button.hidden = false;
    button.addEventListener("click", () => dialog.showModal());
  }

  document.querySelector(".duplicates").classList.add("keyed");
  document.addEventListener("keydown", act);
  document.addEventListener("focusin", follow);
  document.addEventListener("decided", goOn);
  document.addEventListener("returned", goBack);
  document.addEventListener("arrived", goOnWith);
  document.addEventListener("counted", showPlace);
  document.addEventListener("submit", leave);
  document.addEventListener("click", leave);
  bindDialog();
  comeBack();
})();
