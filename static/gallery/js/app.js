// The script of every page. It loads before the page is drawn, so that parts meant for browsers
// without JavaScript never flash up.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.replace("no-js", "js");

  const closest = (event, selector) => event.target.closest?.(selector);

  // --- Theme: the buttons of the form set the cookie and restyle the page at once ---------
  function chooseTheme(event) {
    const button = closest(event, ".themes button");
    if (!button) return;
    event.preventDefault();
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${button.value}; path=/; max-age=31536000; samesite=lax${secure}`;
    if (button.value === "system") delete root.dataset.theme;
    else root.dataset.theme = button.value;
    for (const other of button.parentElement.children) {
      other.setAttribute("aria-pressed", String(other === button));
    }
  }

  // --- Small buttons -----------------------------------------------------------------------
  async function copy(event) {
    const button = closest(event, "[data-copies]");
    if (!button) return;
    const label = button.lastChild;
    const before = label.textContent;
    try {
      await navigator.clipboard.writeText(button.dataset.copies);
      label.textContent = textOf("copied");
    } catch {
      label.textContent = textOf("copy-failed");
    }
    setTimeout(() => { label.textContent = before; }, 2000);
  }

  function close(event) {
    const button = closest(event, "[data-closes]");
    button?.closest(button.dataset.closes).remove();
  }

  function open(event) {
    const link = closest(event, "[data-opens]");
    if (!link) return;
    event.preventDefault();
    document.getElementById(link.dataset.opens).showModal();
  }

  function foldMenus(event) {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  }

  // --- Toasts: disappear after twelve seconds, but never while hovered or focused -----------
  function letToastsGo() {
    for (const toast of document.querySelectorAll(".toast:not(.error)")) {
      let timer;
      const start = () => { timer = setTimeout(() => toast.remove(), 12000); };
      const stop = () => clearTimeout(timer);
      for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, stop);
      for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, start);
      start();
    }
  }

  // --- Keyboard: each control names the key that presses it, or focuses it ----------------------
  const SWITCH = "single-keys";

  function typing(target) {
    return target.closest("input, textarea, select, [contenteditable], dialog[open]");
  }

  function press(event) {
    if (event.key === "Escape") foldMenus({ target: document.body });
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (typing(event.target) || localStorage.getItem(SWITCH) === "off") return;
    if (event.key === "?") {
      document.getElementById("keys")?.showModal();
      return;
    }
    const control = document.querySelector(`[data-key="${CSS.escape(event.key)}"]:not(tr)`);
    if (!control) return;
    event.preventDefault();
    if (control.matches("input")) control.focus();
    else control.click();
  }

  function bindSwitch() {
    const box = document.getElementById("keys-on");
    if (!box) return;
    box.checked = localStorage.getItem(SWITCH) !== "off";
    box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
  }

  // --- Names separated by commas: suggest completions for the last one -----------------------
  function suggest(event) {
    const input = closest(event, "[data-suggest]");
    if (!input?.list) return;
    const options = [...input.list.options];
    for (const option of options) option.dataset.name ??= option.value;
    const done = input.value.slice(0, input.value.lastIndexOf(",") + 1);
    for (const option of options) option.value = (done && `${done} `) + option.dataset.name;
  }

  // --- Pictures whose file is missing: error events do not bubble, so they are captured ------
  function replaceMissing(event) {
    if (!(event.target instanceof HTMLImageElement) || event.target.closest(".preview")) return;
    const tile = document.createElement("span");
    tile.className = "missing";
    tile.textContent = textOf("file-missing");
    event.target.replaceWith(tile);
  }

  for (const act of [chooseTheme, copy, close, open, foldMenus]) {
    document.addEventListener("click", act);
  }
  document.addEventListener("keydown", press);
  document.addEventListener("input", suggest);
  document.addEventListener("error", replaceMissing, true);
  document.addEventListener("DOMContentLoaded", () => {
    letToastsGo();
    bindSwitch();
    const busy = document.getElementById("busy");
    let pending = 0;
    const count = (step) => (event) => {
      if (event.target.matches("[data-waits]")) return;  // it asks again and again by itself
      pending = Math.max(0, pending + step);
      busy?.classList.toggle("on", pending > 0);
    };
    document.addEventListener("htmx:beforeRequest", count(1));
    document.addEventListener("htmx:afterRequest", count(-1));
  });
})();
