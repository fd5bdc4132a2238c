// The grid: arrow keys move between pictures, several pictures can be selected and changed together,
// and the Back button returns to the same picture, with as many pictures loaded as before.
(() => {
  "use strict";
  const list = document.getElementById("pictures");
  const form = document.getElementById("selection");
  if (!list || !form) return;

  const cards = () => [...list.children];
  const cardOf = (node) => node.closest?.("#pictures > li");
  const link = (card) => card.querySelector("a");
  const box = (card) => card.querySelector("input");
  const isSelecting = () => form.classList.contains("selecting");

  // --- One tab stop for the whole grid: the picture that had the focus last ------------------
  let stop = null;

  function setStop(card = stop) {
    stop = card?.isConnected ? card : list.firstElementChild;
    for (const other of cards()) {
      link(other).tabIndex = other === stop && !isSelecting() ? 0 : -1;
      box(other).tabIndex = other === stop && isSelecting() ? 0 : -1;
    }
  }

  function goTo(card) {
    (isSelecting() ? box : link)(card).focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  }

  function target(current, key) {
    const all = cards();
    const at = all.indexOf(current);
    if (key === "ArrowLeft") return all[at - 1];
    if (key === "ArrowRight") return all[at + 1];
    if (key === "Home") return all[0];
    if (key === "End") return all.at(-1);
    return inRow(all, current, key === "ArrowDown" ? 1 : -1);
  }

  // Return the card in the next row up or down whose middle is nearest to this one's.
  function inRow(all, current, direction) {
    const here = current.getBoundingClientRect();
    const middle = here.left + here.width / 2;
    let best = null;
    let bestTop = null;
    let bestGap = Infinity;
    for (const card of all) {
      const place = card.getBoundingClientRect();
      if ((place.top - here.top) * direction < 1) continue;
      const isNearer = bestTop === null || (bestTop - place.top) * direction > 1;
      const gap = Math.abs(place.left + place.width / 2 - middle);
      if (isNearer || (Math.abs(place.top - bestTop) <= 1 && gap < bestGap)) {
        [best, bestTop, bestGap] = [card, place.top, gap];
      }
    }
    return best;
  }

  // --- Selection ------------------------------------------------------------------------------
  let anchor = null;  // the first card of a range

  function show(isOn = isSelecting()) {
    const count = list.querySelectorAll("input:checked").length;
    form.classList.toggle("selecting", isOn);
    document.getElementById("select").setAttribute("aria-pressed", String(isOn));
    document.getElementById("selected").textContent = textOf("selected", { count });
    for (const button of form.querySelectorAll("button[name=do]")) {
      button.disabled = button.value === "compare" ? count !== 2 : count === 0;
    }
    setStop();
  }

  function select(card, isChosen, isRange) {
    const all = cards();
    const ends = [isRange && anchor?.isConnected ? anchor : card, card];
    const [from, to] = ends.map((end) => all.indexOf(end)).sort((a, b) => a - b);
    for (const other of all.slice(from, to + 1)) box(other).checked = isChosen;
    anchor = card;
    show(true);
  }

  function leave() {
    const hadFocus = form.contains(document.activeElement);
    for (const card of cards()) box(card).checked = false;
    show(false);
    if (hadFocus) goTo(stop);
  }

  list.addEventListener("click", (event) => {
    const card = cardOf(event.target);
    if (!card || event.ctrlKey || event.metaKey) return;
    if (event.target === box(card)) select(card, box(card).checked, event.shiftKey);
    else if (isSelecting()) {
      event.preventDefault();
      select(card, !box(card).checked, event.shiftKey);
      goTo(card);
    } else remember(card);
  });

  document.getElementById("select").addEventListener("click", () => {
    if (isSelecting()) leave();
    else show(true);
  });

  form.addEventListener("reset", (event) => {
    event.preventDefault();
    leave();
  });

  // --- Keys: those in the table of shortcuts, unless turned off, and those that move -----------
  const MOVES = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];
  const ACTS = {
    select: (card, event) => {
      select(card, !box(card).checked, event.shiftKey);
      goTo(card);
    },
    similar: (card) => open(card, "#similar"),
  };

  function open(card, part = "") {
    remember(card);
    location.assign(link(card).href + part);
  }

  function act(card, event) {
    const name = CSS.escape(event.key.toLowerCase());
    const row = document.querySelector(`#keys tr[data-key="${name}"][data-act]`);
    if (!row || localStorage.getItem("single-keys") === "off") return false;
    ACTS[row.dataset.act](card, event);
    return true;
  }

  function move(card, event) {
    const fromNowhere = event.target === document.body && event.key === "ArrowRight";
    if (!MOVES.includes(event.key) || !(card || fromNowhere)) return false;
    const next = card ? target(card, event.key) : stop;
    if (next) goTo(next);
    return Boolean(next);
  }

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("dialog, .menu[open], input:not([type=checkbox])")) return;
    const card = cardOf(event.target);
    let isDone = move(card, event);
    if (isSelecting() && event.key === "Escape") {
      leave();
      isDone = true;
    } else if (card && event.key === "Enter" && event.target === box(card)) {
      open(card);
      isDone = true;
    } else if (card && !isDone) isDone = act(card, event);
    if (isDone) event.preventDefault();
  }

  document.addEventListener("keydown", press, true);
  list.addEventListener("focusin", (event) => setStop(cardOf(event.target)));

  // --- Coming back: the address says how much was loaded, the history what was in view ----------
  // Each stretch is what one address can load: its parts, and the number of cards before it.
  const stretches = [{ url: new URL(location), parts: Number(list.dataset.parts), from: 0 }];
  let seen = list.children.length;

  function addressOf({ url, parts }) {
    const found = new URL(url);
    if (parts > 1) found.searchParams.set("parts", parts);
    return found;
  }

  function keep(stretch, place) {
    const { place: _, ...state } = history.state ?? {};
    history.replaceState(place ? { ...state, place } : state, "", addressOf(stretch));
  }

  function grew(event) {
    if (event.detail.target !== list || !event.detail.successful) return;
    const last = stretches.at(-1);
    if (last.parts < Number(list.dataset.mostParts)) last.parts += 1;
    else {
      const url = new URL(event.detail.pathInfo.requestPath, location);
      url.searchParams.delete("part");
      stretches.push({ url, parts: 1, from: seen });
    }
    seen = list.children.length;
    keep(stretches.at(-1));
    setStop();
  }

  function placeOf(card) {
    return { path: new URL(link(card).href).pathname, top: card.getBoundingClientRect().top };
  }

  function remember(card) {
    const at = cards().indexOf(card);
    keep(stretches.findLast((stretch) => stretch.from <= at), placeOf(card));
  }

  // Remember a card that is in view and will still be there when the selected ones have gone.
  form.addEventListener("submit", () => {
    const stays = (card) => !box(card).checked && card.getBoundingClientRect().top > 0;
    const card = cards().find(stays);
    if (card) {
      remember(card);
      sessionStorage.setItem("place", JSON.stringify(placeOf(card)));
    }
    form.elements.next.value = location.pathname + location.search;
  });

  function comeBack() {
    const isBack = Boolean(history.state?.place);
    const place = history.state?.place ?? JSON.parse(sessionStorage.getItem("place"));
    sessionStorage.removeItem("place");
    const card = place && cards().find((one) => link(one).pathname === place.path);
    if (!card) return;
    history.scrollRestoration = "manual";
    scrollBy(0, card.getBoundingClientRect().top - place.top);
    setStop(card);
    if (isBack) link(card).focus({ preventScroll: true });
    keep(stretches[0]);
    // Until then the browser may still restore the scroll position that it remembered itself.
    addEventListener("load", () => setTimeout(() => { history.scrollRestoration = "auto"; }, 1000));
  }

  document.addEventListener("htmx:afterRequest", grew);
  comeBack();
  show(false);
  // Browsers restore ticks when the user comes back.
  addEventListener("pageshow", () => show(isSelecting() || list.querySelector("input:checked") !== null));
})();
