// Comparing two pictures: the controls of each view, blinking, and one zoom for all pictures.
// Positions are fractions of a picture, from 0 to 1, so that pictures of different sizes stay in
// step.
(() => {
  "use strict";
  const LEAST_PAUSE = 300;  // ms; two changes make a flash, and up to three flashes a second are safe
  const STEP = 1.5;
  const SIDES = { Left: [-1, 0], Right: [1, 0], Up: [0, -1], Down: [0, 1] };
  const at = { zoom: 1, x: 0.5, y: 0.5 };
  const pointers = new Map();
  let pictures = [];
  let dragged = false;
  let blinking;
  let saying;

  const $ = (selector) => document.querySelector(selector);
  const clamp = (low, value, high) => Math.min(high, Math.max(low, value));

  // --- One zoom for all pictures -----------------------------------------------------------
  function pictureOf(element) {
    const width = Number(element.getAttribute("width"));
    const height = Number(element.getAttribute("height"));
    const [left, top, right, bottom] = (element.dataset.box ?? `0 0 ${width} ${height}`).split(" ").map(Number);
    const box = { left, top, width: right - left, height: bottom - top };
    return { element, frame: element.closest(".frame, .pair a"), width, height, box };
  }

  // Return how many screen pixels one pixel of the box takes when the box just fits.
  function scaleOf({ element, box }) {
    const { clientWidth, clientHeight } = element;
    return Math.min(clientWidth / box.width, clientHeight / box.height);
  }

  const fullZoom = () => Math.max(1, 1 / scaleOf(pictures[0]));

  function show() {
    const margin = 1 / (2 * at.zoom);
    at.x = clamp(margin, at.x, 1 - margin);
    at.y = clamp(margin, at.y, 1 - margin);
    for (const picture of pictures) {
      if (picture.element instanceof SVGElement) showDrawing(picture);
      else showImage(picture.element);
      picture.frame.classList.toggle("zoomed", at.zoom > 1);
      sharpen(picture);
    }
    $("[data-sides]").hidden = at.zoom === 1;
    placeEdge();
  }

  function showDrawing({ element, width, height, box }) {
    const wide = box.width / at.zoom;
    const high = box.height / at.zoom;
    const window = [box.left + at.x * box.width - wide / 2, box.top + at.y * box.height - high / 2, wide, high];
    element.setAttribute("viewBox", (at.zoom > 1 ? window : [0, 0, width, height]).join(" "));
  }

  function showImage(image) {
    const [x, y] = [at.x, at.y].map((part) => `${100 * (0.5 - part) * at.zoom}%`);
    image.style.setProperty("transform", at.zoom > 1 ? `translate(${x}, ${y}) scale(${at.zoom})` : "none");
  }

  // Originals are large, so fetch one only when the zoom shows more detail than its rendition has.
  function sharpen(picture) {
    const needed = scaleOf(picture) * at.zoom * devicePixelRatio * Math.max(picture.width, picture.height);
    const { element } = picture;
    if (element instanceof HTMLImageElement) element.sizes = `${Math.ceil(element.clientWidth * at.zoom)}px`;
    const coarse = [element, ...element.querySelectorAll("image")].filter((one) => one.dataset.original);
    if (at.zoom === 1 || needed <= Number(coarse[0]?.dataset.pixels)) return;
    for (const one of coarse) {
      const original = new Image();
      original.onload = () => {
        one.removeAttribute("srcset");
        one.setAttribute(one instanceof SVGElement ? "href" : "src", original.src);
      };
      original.src = one.dataset.original;
      delete one.dataset.original;
    }
  }

  function say() {
    const percent = Math.round((100 * at.zoom) / fullZoom());
    const zoom = at.zoom > 1 ? textOf("percent", { percent }) : textOf("whole-picture");
    $("[data-zoomed]").textContent = zoom;
    clearTimeout(saying);
    saying = setTimeout(() => { $("[data-live]").textContent = textOf("zoom", { zoom }); }, 300);
  }

  // Zoom around the point (dx, dy), in pixels from the middle of a frame.
  function zoomTo(zoom, picture = pictures[0], dx = 0, dy = 0) {
    const before = at.zoom;
    at.zoom = clamp(1, zoom, Math.max(8, 4 * fullZoom()));
    if (at.zoom < 1.01) at.zoom = 1;
    const step = (1 / before - 1 / at.zoom) / scaleOf(picture);
    at.x += (dx * step) / picture.box.width;
    at.y += (dy * step) / picture.box.height;
    show();
    say();
  }

  function pan(picture, dx, dy) {
    const scale = scaleOf(picture) * at.zoom;
    at.x -= dx / (scale * picture.box.width);
    at.y -= dy / (scale * picture.box.height);
    show();
  }

  // Move by an eighth of the visible area, for people who cannot drag.
  function panTo(side) {
    const [across, down] = SIDES[side];
    at.x += across / (8 * at.zoom);
    at.y += down / (8 * at.zoom);
    show();
  }

  function fromMiddle(picture, x, y) {
    const { left, top, width, height } = picture.frame.getBoundingClientRect();
    return [x - left - width / 2, y - top - height / 2];
  }

  const under = (event) => pictures.find(({ frame }) => frame.contains(event.target));

  // --- Wheel, drag and pinch ---------------------------------------------------------------
  // The wheel scrolls the page as usual until the user has zoomed in.
  function wheel(event) {
    const picture = under(event);
    if (!picture || (!event.ctrlKey && at.zoom === 1)) return;
    event.preventDefault();
    zoomTo(at.zoom * 2 ** (-event.deltaY / 300), picture, ...fromMiddle(picture, event.clientX, event.clientY));
  }

  function grasp(event) {
    const picture = under(event);
    if (!picture || event.button !== 0) return;
    dragged = false;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY, picture });
  }

  function spread() {
    const [one, two] = [...pointers.values()];
    return { apart: Math.hypot(one.x - two.x, one.y - two.y), x: (one.x + two.x) / 2, y: (one.y + two.y) / 2 };
  }

  function move(event) {
    const pointer = pointers.get(event.pointerId);
    if (!pointer) return;
    const before = pointers.size === 2 ? spread() : { ...pointer };
    const [dx, dy] = [event.clientX - pointer.x, event.clientY - pointer.y];
    if (!dragged && Math.hypot(dx, dy) < 4) return;
    dragged = true;
    Object.assign(pointer, { x: event.clientX, y: event.clientY });
    if (pointers.size === 2) {
      const { apart, x, y } = spread();
      zoomTo((at.zoom * apart) / before.apart, pointer.picture, ...fromMiddle(pointer.picture, x, y));
    } else if (at.zoom > 1) {
      pan(pointer.picture, dx, dy);
    }
  }

  const release = (event) => pointers.delete(event.pointerId);

  // Do not follow the link around the picture when a drag ends on it.
  function keepFromLeaving(event) {
    if (dragged && under(event)) event.preventDefault();
    dragged = false;
  }

  // --- Controls of the views ---------------------------------------------------------------
  function placeEdge() {
    const dial = $("[data-dial=slider]");
    if (!dial) return;
    const [left, top, width, height] = $(".stage .drawing").getAttribute("viewBox").split(" ").map(Number);
    const x = left + (width * dial.value) / 100;
    $("#right rect").setAttribute("x", x);
    const edge = { x1: x, x2: x, y1: top, y2: top + height };
    for (const [name, value] of Object.entries(edge)) $(".edge").setAttribute(name, value);
  }

  function dial(event) {
    const kind = event.target.dataset?.dial;
    if (kind === "slider") placeEdge();
    if (kind === "overlay") $(".second").setAttribute("opacity", event.target.value / 100);
    if (kind === "blink" && blinking) blink();
  }

  const swap = () => { $(".swap").checked = !$(".swap").checked; };

  function stop() {
    clearInterval(blinking);
    blinking = undefined;
    const button = $("[data-blinks]");
    if (button) button.textContent = textOf("start-blinking");
  }

  function blink() {
    stop();
    blinking = setInterval(swap, Math.max(LEAST_PAUSE, Number($("[data-dial=blink]").value)));
    $("[data-blinks]").textContent = textOf("stop-blinking");
  }

  function heedMotion(query) {
    const button = $("[data-blinks]");
    if (!button) return;
    button.disabled = query.matches;
    $("[data-still]").hidden = !query.matches;
    if (query.matches) stop();
  }

  function click(event) {
    const button = event.target.closest?.("[data-zoom], [data-side], [data-blinks]");
    if (!button) return;
    if ("blinks" in button.dataset) {
      if (blinking) stop();
      else blink();
      return;
    }
    const { zoom, side } = button.dataset;
    if (side) return panTo(side);
    zoomTo({ fit: 1, full: fullZoom(), in: at.zoom * STEP, out: at.zoom / STEP }[zoom]);
  }

  // --- Keys that are held or combined; the table of shortcuts has the single ones ------------
  function press(event) {
    if (event.key === "Escape") stop();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (localStorage.getItem("single-keys") === "off") return;
    if (event.target.closest("input, textarea, select, dialog[open]")) return;
    const side = event.key.replace("Arrow", "");
    if (event.shiftKey && side in SIDES && at.zoom > 1) panTo(side);
    else if (event.key === " " && $(".second") && !event.target.closest("a, button, summary")) {
      $(".stage").classList.add("whole");
    } else return;
    event.preventDefault();
  }

  const letGo = () => $(".stage")?.classList.remove("whole");

  document.addEventListener("DOMContentLoaded", () => {
    pictures = [...document.querySelectorAll(".pair img, .drawing")].map(pictureOf);
    if (!$("[data-zoomed]")) return;
    const motion = matchMedia("(prefers-reduced-motion: reduce)");
    heedMotion(motion);
    motion.addEventListener("change", heedMotion);
    document.addEventListener("click", click);
    document.addEventListener("click", keepFromLeaving);
    document.addEventListener("input", dial);
    document.addEventListener("wheel", wheel, { passive: false });
    document.addEventListener("pointerdown", grasp);
    document.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, release);
    document.addEventListener("dragstart", (event) => { if (under(event)) event.preventDefault(); });
    document.addEventListener("keydown", press, true);
    document.addEventListener("keyup", (event) => { if (event.key === " ") letGo(); });
    window.addEventListener("blur", letGo);
    window.addEventListener("resize", show);
    document.addEventListener("visibilitychange", stop);
  });
})();
