// Fetches the next clusters before they are needed, so that the reviewer never has to wait for a
// page, and shows the progress. Without this script the list has pages.
(() => {
  "use strict";
  const AHEAD = 5; // clusters to have ready beyond the current one
  const PRELOADED = 3; // clusters whose pictures are loaded too
  const list = document.getElementById("clusters");
  const INTERVAL = 2000; // milliseconds between two looks at what is being compared
  let isFetching = false;
  let isWanted = false;
  const isAlone = new URLSearchParams(location.search).has("cluster"); // the page shows one cluster only
  let isAtEnd = isAlone;

  const all = () => [...list.querySelectorAll("form.cluster")];
  const isOpen = (cluster) => !cluster.classList.contains("decided");
  const picturesOf = (cluster) => [...cluster.elements].filter((one) => one.value === "keep").map((one) => one.name);

  function address(asked) {
    const query = new URLSearchParams(location.search);
    for (const name of ["after", "before", "cluster"]) query.delete(name);
    for (const [name, value] of Object.entries(asked)) query.set(name, value);
    return `?${query}`;
  }

  async function fetched(asked) {
    const response = await fetch(address(asked), { headers: { "HX-Request": "true" }, redirect: "error" });
    if (!response.ok) throw new Error(response.status);
    return new DOMParser().parseFromString(await response.text(), "text/html");
  }

  // --- Clusters that arrive ---------------------------------------------------------------------
  // Add the clusters of which no picture is on the page yet.
  function arrive(part, before) {
    const shown = new Set(all().filter(isOpen).flatMap(picturesOf));
    const fresh = [...part.querySelectorAll("form.cluster")].filter((one) => !picturesOf(one).some((name) => shown.has(name)));
    for (const cluster of fresh) list.insertBefore(document.adoptNode(cluster), before ?? null);
    if (fresh.length) fresh[0].dispatchEvent(new Event("arrived", { bubbles: true }));
    preload();
    return fresh.length;
  }

  function preload() {
    const current = list.querySelector(".current");
    const open = all().filter((one) => one === current || isOpen(one));
    const next = open.slice(open.indexOf(current) + 1, open.indexOf(current) + 1 + PRELOADED);
    for (const image of next.flatMap((one) => [...one.querySelectorAll("img[loading=lazy]")])) image.loading = "eager";
    return open.length - open.indexOf(current) - 1;
  }

  // One request at a time; changes during a request are handled after it.
  async function supply() {
    isWanted = true;
    if (isFetching) return;
    isFetching = true;
    while (isWanted) {
      isWanted = false;
      try {
        if (preload() < AHEAD && !isAtEnd) await goOn();
        if (!document.querySelector(".decided:not(.stored)") && !all().some(isOpen)) await finish();
      } catch {
        // The page stays as it is, and the next step tries again.
      }
    }
    isFetching = false;
  }

  async function goOn() {
    const part = await fetched({ after: all().at(-1)?.dataset.cursor ?? "" });
    isAtEnd = !part.querySelector("form.cluster");
    arrive(part);
    count(part.getElementById("progress"));
  }

  // Skipped clusters, and those that turned up during the review, are at the start of the list.
  async function finish() {
    const part = await fetched({ after: "" });
    count(part.getElementById("progress"));
    isAtEnd = !arrive(part);
    if (isAtEnd && !all().some(isOpen)) end(part.querySelector(".no-clusters"));
  }

  function end(summary) {
    if (!summary) return;
    document.querySelector(".no-clusters")?.remove();
    document.getElementById("bulk")?.closest("details").remove();
    list.after(document.adoptNode(summary));
    summary.querySelector("h2").focus();
  }

  // --- Progress -------------------------------------------------------------------------------------
  function count(progress) {
    if (!progress) return;
    document.getElementById("progress").replaceWith(document.adoptNode(progress));
    const done = all().filter((one) => one.matches(".decided.stored")).length;
    list.dataset.total = done + Number(progress.dataset.left);
    list.toggleAttribute("data-more", "more" in progress.dataset);
    document.dispatchEvent(new Event("counted"));
  }

  async function note(event) {
    const { progress, remains, undoes, look_back: looksBack } = event.detail;
    event.target.classList.toggle("stored", !undoes);
    count(new DOMParser().parseFromString(progress, "text/html").getElementById("progress"));
    if (looksBack && !undoes) offerToLookBack();
    if (remains) {
      const after = list.querySelector(".current:not(.decided)") ?? event.target;
      await fetched({ cluster: remains }).then((part) => arrive(part, after.nextSibling), () => {});
    }
    supply();
  }

  function offerToLookBack() {
    document.querySelector(".look-back")?.remove();
    const offer = document.getElementById("look-back").content.cloneNode(true);
    const current = list.querySelector(".current");
    list.insertBefore(offer, current);
    document.querySelector(".look-back button").addEventListener("click", (event) => {
      event.target.closest(".look-back").remove();
      current?.querySelector("h2").focus();
    });
  }

  // --- Pictures that are still being compared ------------------------------------------------------
  const waiting = (part) => part.querySelector(".unmatched");

  // Show how many are left and the clusters found so far, until all pictures are compared.
  async function follow() {
    const note = waiting(document);
    if (!note) return;
    try {
      const part = await fetched({ after: "" });
      const left = waiting(part);
      count(part.getElementById("progress"));
      if (left) note.replaceWith(document.adoptNode(left));
      else note.remove();
      if (!isAlone && preload() < AHEAD && arrive(part)) document.querySelector(".no-clusters")?.remove();
      isAtEnd = isAlone;
    } catch {
      // The site may answer again next time.
    }
    setTimeout(follow, INTERVAL);
  }

  // --- Undoing -----------------------------------------------------------------------------------------
  function back(event) {
    const names = new Set(picturesOf(event.target));
    event.target.classList.remove("stored");
    for (const rest of all().filter((one) => one !== event.target && isOpen(one))) {
      if (picturesOf(rest).some((name) => names.has(name))) rest.remove();
    }
    document.querySelector(".no-clusters")?.remove();
  }

  // The table of links belongs to a cluster shown on its own: hide and show it with that cluster.
  function showLinks(isShown) {
    const table = document.getElementById("links");
    if (table) table.hidden = !isShown;
  }

  document.addEventListener("decided", () => showLinks(false));
  document.addEventListener("returned", () => showLinks(all().filter(isOpen).length === 1));
  for (const link of document.querySelectorAll(".cluster-pages [rel=next]")) link.hidden = true;
  setTimeout(follow, INTERVAL);
  document.addEventListener("shown", supply);
  document.addEventListener("decided", supply);
  document.addEventListener("stored", note);
  document.addEventListener("returned", back);
  if (all().length) new IntersectionObserver(supply).observe(document.querySelector(".clusters-end"));
})();
