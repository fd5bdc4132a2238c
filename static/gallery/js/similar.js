// The distance slider: what is loaded is filtered at once, what is missing is fetched by htmx.
(() => {
  "use strict";
  const panel = () => document.getElementById("similar");
  let saying;
  let failed = null;  // the element whose request went wrong

  function show(bits) {
    const section = panel();
    const form = document.getElementById("dial");
    const { slider, number } = form.elements;
    // The field that is typed into keeps its text: "1" may be on its way to "12", or empty.
    for (const input of [slider, number]) if (input !== document.activeElement) input.value = bits;
    slider.setAttribute("aria-valuetext", `${bits} bits, ${JSON.parse(slider.dataset.words)[bits]}`);
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
    const phrase = `${counted} picture${counted === 1 ? "" : "s"}`;
    section.querySelector("[data-count]").textContent = counted;
    section.querySelector("[data-count-words]").textContent = phrase;
    for (const place of section.querySelectorAll("[data-bits]")) place.textContent = bits;
    section.querySelector("[data-nothing]").hidden = counted > 0;
    section.querySelector("[data-cut]").hidden = counted <= shown;
    clearTimeout(saying);
    saying = setTimeout(() => {
      section.querySelector("[data-live]").textContent = `${phrase} within ${bits} bits`;
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

  // The field says what is shown, also after something that is no distance was typed into it.
  function settle(input) {
    const bits = bitsOf(input) ?? Number(document.getElementById("slider").value);
    input.value = bits;
    remember(bits);
    return bits;
  }

  function tellFailure(isFailed) {
    const notice = document.querySelector("#similar [data-failed]");
    if (notice) notice.hidden = !isFailed;
  }

  // The choice goes back to what the cards were compared by.
  function fail(event) {
    if (!event.target.closest("#similar")) return;
    failed = event.detail.elt;
    const { method } = document.getElementById("neighbours").dataset;
    for (const radio of document.querySelectorAll("#dial input[name=by]")) radio.checked = radio.value === method;
    tellFailure(true);
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

  // After more cards came, or another method's: as far as the slider stands now.
  document.addEventListener("htmx:afterSettle", () => {
    const number = document.getElementById("number");
    if (!number) return;
    tellFailure(false);
    show(settle(number));
  });

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "dial") return;
    event.preventDefault();  // Enter in the number field: it is shown already
    settle(document.getElementById("number"));
  });
})();
