"use strict";
// What a reader can do with the page beyond unfolding rows, which needs no script.
const root = document.documentElement;
root.classList.add("js");
const tree = document.getElementById("tree");
const panel = document.getElementById("entry");
const find = document.getElementById("find");
const count = document.getElementById("count");
const rows = [...tree.querySelectorAll(".row")];
let chosen = null;
let pinned = false;
let hits = [];
let at = -1;

function show(row) {
  if (row === chosen) return;
  if (chosen) chosen.classList.remove("on");
  chosen = row;
  row.classList.add("on");
  const facts = document.createElement("dl");
  for (const [name, value] of [["entry", row.dataset.id], ["after", row.dataset.parent], ["written", row.dataset.at], ["lanes", row.dataset.lanes], ["label", row.dataset.label]]) {
    if (!value) continue;
    const term = facts.appendChild(document.createElement("dt"));
    term.textContent = name;
    facts.appendChild(document.createElement("dd")).textContent = value;
  }
  const title = document.createElement("h2");
  title.textContent = row.dataset.kind;
  const text = document.createElement("pre");
  text.textContent = row.dataset.text;
  panel.replaceChildren(title, facts, text);
  panel.scrollTop = 0;
}

function go(row) {
  for (let above = row.parentElement.closest("details"); above; above = above.parentElement.closest("details")) above.open = true;
  row.scrollIntoView({ block: "center" });
  pinned = true;
  show(row);
}

function search() {
  for (const row of hits) row.classList.remove("hit");
  const words = find.value.trim().toLowerCase();
  hits = words ? rows.filter((row) => `${row.dataset.id} ${row.dataset.lanes} ${row.dataset.label} ${row.dataset.text}`.toLowerCase().includes(words)) : [];
  for (const row of hits) row.classList.add("hit");
  at = -1;
  count.textContent = words ? `${hits.length} found` : "";
  if (hits.length) step(1);
}

function step(by) {
  if (!hits.length) return;
  at = (at + by + hits.length) % hits.length;
  count.textContent = `${at + 1} of ${hits.length}`;
  go(hits[at]);
}

function unfold(open) {
  for (const fold of tree.querySelectorAll("details")) fold.open = open;
}

function visible() {
  return rows.filter((row) => row.offsetParent !== null);
}

tree.addEventListener("mouseover", (event) => {
  const row = event.target.closest(".row");
  if (row && !pinned) show(row);
});
tree.addEventListener("click", (event) => {
  const row = event.target.closest(".row");
  if (!row) return;
  pinned = !(pinned && row === chosen);
  show(row);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#e"]');
  const row = link && document.getElementById(link.hash.slice(1));
  if (!row) return;
  event.preventDefault();
  go(row);
});
document.addEventListener("keydown", (event) => {
  if (event.target === find) {
    if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") { find.value = ""; search(); find.blur(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const move = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  if (move) {
    const seen = visible();
    go(seen[Math.min(seen.length - 1, Math.max(0, seen.indexOf(chosen) + move))]);
    event.preventDefault();
  } else if (event.key === "/") {
    find.focus();
    event.preventDefault();
  } else if (event.key === "Enter" && chosen && chosen.matches("summary")) {
    chosen.parentElement.open = !chosen.parentElement.open;
    event.preventDefault();
  } else if (event.key === "Escape") {
    pinned = false;
  }
});
find.addEventListener("input", search);
document.getElementById("unfold").addEventListener("click", () => unfold(true));
document.getElementById("fold").addEventListener("click", () => unfold(false));
document.getElementById("theme").addEventListener("click", () => {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});
const first = tree.querySelector(".row[data-current]") || rows[0];
if (first) show(first);
