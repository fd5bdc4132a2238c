// Reviewing duplicates by keyboard. The table in the help dialog says which keys there are and
// what they press; without this script every button is there as well.
const SWITCH = "single-keys"; // as on the other pages
const PLACE = `review ${location.pathname}${location.search}`;
const MOVES = { j: 1, s: 1, k: -1 };

const clusters = [...document.querySelectorAll("form.cluster")];
const dialog = document.getElementById("keys");
let place = 0;

// --- The current cluster: the one that holds the focus, or was come to by keys ------------------
function show(index, focuses) {
  place = Math.max(0, Math.min(clusters.length - 1, index));
  clusters.forEach((cluster, number) => cluster.classList.toggle("current", number === place));
  if (!focuses || !clusters.length) return;
  const heading = clusters[place].querySelector("h2");
  heading.focus({ preventScroll: true });
  clusters[place].scrollIntoView({ block: "start" });
}

function follow(event) {
  const index = clusters.indexOf(event.target.closest("form.cluster"));
  if (index >= 0) show(index, false);
}

// A decision loads the page anew; the next cluster then stands where this one stood.
function remember() {
  sessionStorage.setItem(PLACE, String(place));
}

function comeBack() {
  const kept = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  const told = document.querySelector(".messagelist");
  if (kept !== null && told) {
    told.id = "what-was-done"; // read out with the heading that gets the focus
    clusters.forEach((cluster) => cluster.querySelector("h2").setAttribute("aria-describedby", told.id));
  }
  show(Number(kept ?? 0), kept !== null);
}

// --- What keys do --------------------------------------------------------------------------------
function choose(number) {
  const group = clusters[place]?.querySelectorAll(".members fieldset")[number - 1];
  if (!group) return;
  const keep = group.querySelector("[value=keep]");
  (keep.checked ? group.querySelector("[value=trash]") : keep).checked = true;
}

function decide() {
  const cluster = clusters[place];
  if (!cluster) return;
  const chosen = cluster.querySelector(".members input:checked:not([value=later])");
  const accept = cluster.querySelector("[name=accept]");
  if (chosen) cluster.requestSubmit();
  else accept?.click();
}

function press(selector) {
  const scope = selector.startsWith("#") ? document : clusters[place];
  scope?.querySelector(selector)?.click();
}

// Letters belong to fields of text, Enter to whatever control has the focus.
function isTaken(event) {
  const text = "select, textarea, input:not([type=radio], [type=checkbox]), dialog[open]";
  const control = "a, button, input, summary";
  return event.target.closest(event.key === "Enter" ? `${control}, ${text}` : text);
}

function act(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
  if (isTaken(event) || localStorage.getItem(SWITCH) === "off") return;
  const row = dialog.querySelector(`tr[data-key="${CSS.escape(event.key)}"]`);
  if (event.key === "?") dialog.showModal();
  else if (event.key === "Enter") decide();
  else if (/^[1-9]$/.test(event.key)) choose(Number(event.key));
  else if (event.key in MOVES) show(place + MOVES[event.key], true);
  else if (row) press(row.dataset.press);
  else return;
  event.preventDefault();
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
for (const form of document.querySelectorAll("form.cluster, #undo-last")) {
  form.addEventListener("submit", remember);
}
bindDialog();
comeBack();
