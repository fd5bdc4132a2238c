// The slider of similar pictures: cards that are loaded are filtered at once; htmx fetches more.
(() => {
  "use strict";
  const panel = () => document.getElementById("similar");
  let saying;
  let failed = null;  // the element whose request failed

  function show(bits) {
    const section = panel();
    const form = document.getElementById("dial");
    const { slider, number } = form.elements;
    // Leave the focused field alone: its user may be halfway from "1" to "12", or have emptied it.
    for (const input of [slider, number]) if (input !== document.activeElement) input.value = bits;
    const word = JSON.parse(slider.dataset.words)[bits];
    slider.setAttribute("aria-valuetext", textOf("distance", { bits, word }));
    const list = section.querySelector("#neighbours");
    let shown = 0;
    for (const card of list.children) {
      card.hidden = Number(card.dataset.d) > bits;
      shown += card.hidden ? 0 : 1;
    }
    let counted = 0;
    for (const bar of section.querySelectorAll(".histogram a")) {
      const isIn = Number(bar.dataset.distance) <= bits;
      bar.classList.toggle("in", isIn);
      counted += isIn ? Number(bar.dataset.count) : 0;
    }
    section.querySelector("[data-count]").textContent = counted;
    section.querySelector("[data-count-words]").textContent = textOf("pictures", { count: counted });
    section.querySelector("[data-word]").textContent = word;
    for (const place of section.querySelectorAll("[data-bits]")) place.textContent = bits;
    section.querySelector("[data-nothing]").hidden = counted > 0;
    section.querySelector("[data-cut]").hidden = counted <= shown;
    clearTimeout(saying);
    saying = setTimeout(() => {
      section.querySelector("[data-live]").textContent = textOf("similar-found", { count: counted, bits });
    }, 500);
    if (bits > Number(list.dataset.loaded)) htmx.trigger(list, "reach");
  }

  function remember(bits) {
    const url = new URL(location.href);
    const chosen = document.querySelector("#dial input[name=by]:checked");
    url.searchParams.set("max_distance", bits);
    if (chosen) url.searchParams.set("by", chosen.value);
    history.replaceState(history.state, "", url);
  }

  function bitsOf(input) {
    const bits = Number.parseInt(input.value, 10);
    return Number.isNaN(bits) ? null : Math.min(32, Math.max(0, bits));
  }

  // Make the field show the distance in use, even if something else was typed into it.
  function settle(input) {
    const bits = bitsOf(input) ?? Number(document.getElementById("slider").value);
    input.value = bits;
    remember(bits);
    return bits;
  }

  function showFailure(isFailed) {
    const notice = document.querySelector("#similar [data-failed]");
    if (notice) notice.hidden = !isFailed;
  }

  // Select again the method by which the cards on the page were compared.
  function fail(event) {
    if (!event.target.closest("#similar") || event.target.matches("[data-waits]")) return;
    failed = event.detail.elt;
    const { method } = document.getElementById("neighbours").dataset;
    for (const radio of document.querySelectorAll("#dial input[name=by]")) radio.checked = radio.value === method;
    showFailure(true);
  }

  function retry() {
    if (!failed?.isConnected) return;
    if (failed.type === "radio") failed.checked = true;
    htmx.ajax("GET", failed.getAttribute("hx-get"), { source: failed });
  }

  for (const name of ["htmx:responseError", "htmx:sendError"]) document.addEventListener(name, fail);

  document.addEventListener("input", (event) => {
    if (!event.target.matches("#slider, #number")) return;
    const bits = bitsOf(event.target);
    if (bits !== null) show(bits);
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("#slider, #number")) settle(event.target);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("#similar [data-retries]")) retry();
    const link = event.target.closest("#similar a[data-distance]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(Number(link.dataset.distance));
    remember(link.dataset.distance);
  });

  // New cards arrived: filter them by the current position of the slider.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.matches(".same")) return;
    const number = document.getElementById("number");
    if (!number) return;
    showFailure(false);
    show(settle(number));
  });

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "dial") return;
    event.preventDefault();  // Enter in the number field: its distance is already applied
    settle(document.getElementById("number"));
  });
})();
