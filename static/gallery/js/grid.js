// Arrow keys move between pictures as they stand on the page.
(() => {
  "use strict";
  const cards = () => [...document.querySelectorAll("#pictures > li > a")];

  function target(current, key) {
    const all = cards();
    const at = all.indexOf(current);
    if (key === "ArrowLeft") return all[at - 1];
    if (key === "ArrowRight") return all[at + 1];
    if (key === "Home") return all[0];
    if (key === "End") return all.at(-1);
    return inRow(all, current, key === "ArrowDown" ? 1 : -1);
  }

  // The card of the nearest row below or above whose middle is nearest to this one's.
  function inRow(all, current, direction) {
    const here = current.getBoundingClientRect();
    const middle = here.left + here.width / 2;
    let best = null;
    let bestTop = null;
    let bestGap = Infinity;
    for (const card of all) {
      const box = card.getBoundingClientRect();
      if ((box.top - here.top) * direction < 1) continue;
      const isNearer = bestTop === null || (bestTop - box.top) * direction > 1;
      const gap = Math.abs(box.left + box.width / 2 - middle);
      if (isNearer || (Math.abs(box.top - bestTop) <= 1 && gap < bestGap)) {
        [best, bestTop, bestGap] = [card, box.top, gap];
      }
    }
    return best;
  }

  const MOVES = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

  document.addEventListener("keydown", (event) => {
    if (!MOVES.includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    const current = event.target.closest("#pictures > li > a");
    const fromNowhere = event.target === document.body && event.key.startsWith("Arrow");
    if (!current && !(fromNowhere && event.key === "ArrowRight")) return;
    const next = current ? target(current, event.key) : cards()[0];
    if (!next) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  });
})();
