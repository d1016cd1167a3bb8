"use strict";
// What a reader can do with the page beyond unfolding and following links, which needs no script.
const root = document.documentElement;
root.classList.add("js");
const main = document.querySelector("main");
const find = document.getElementById("page.find");
const count = document.getElementById("page.count");
const articles = [...main.querySelectorAll("article")];
const places = new Map(articles.map((article) => [article.id, article]));
const tree = document.querySelector("nav.tree");
const links = new Map([...tree.querySelectorAll("li:not(.leaf) > a")].map((link) => [link.hash.slice(1), link]));
const folds = { tools: "details.tools", thinking: "details.thinking", branches: "details.branch" };
const texts = new Map();
let here = null;
let hits = [];
let at = -1;

function go(article) {
  for (let above = article.closest("details"); above; above = above.parentElement.closest("details")) above.open = true;
  here = article;
  article.focus({ preventScroll: true });
  article.scrollIntoView({ block: "start" });
  mark(article);
}

function mark(article) {
  tree.querySelector("a.here")?.classList.remove("here");
  const before = articles.slice(0, articles.indexOf(article) + 1).findLast((other) => links.has(other.id));
  const link = before && links.get(before.id);
  if (!link || link.offsetParent === null) return;
  link.classList.add("here");
  // Not with scrollIntoView, which on a narrow screen would scroll the page, too.
  const place = link.getBoundingClientRect();
  const frame = tree.getBoundingClientRect();
  if (place.top < frame.top) tree.scrollTop += place.top - frame.top;
  if (place.bottom > frame.bottom) tree.scrollTop += place.bottom - frame.bottom;
}

function step(by, choices) {
  const seen = choices.filter((article) => article.offsetParent !== null);
  if (!seen.length) return;
  const now = here ?? articles.find((article) => article.getBoundingClientRect().bottom > 80);
  const place = articles.indexOf(now);
  const next = by > 0 ? seen.find((article) => articles.indexOf(article) > place || !here) : seen.findLast((article) => articles.indexOf(article) < place);
  go(next ?? seen[by > 0 ? seen.length - 1 : 0]);
}

function fold(kind) {
  const all = [...main.querySelectorAll(folds[kind])];
  const open = all.some((details) => !details.open);
  for (const details of all) details.open = open;
  document.querySelector(`[data-fold="${kind}"]`).setAttribute("aria-pressed", String(open && all.length > 0));
}

function theme() {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
}

function textOf(article) {
  if (!texts.has(article)) texts.set(article, article.textContent.toLowerCase());
  return texts.get(article);
}

function search() {
  for (const article of hits) article.classList.remove("hit", "now");
  const words = find.value.trim().toLowerCase();
  hits = words ? articles.filter((article) => textOf(article).includes(words)) : [];
  for (const article of hits) article.classList.add("hit");
  at = -1;
  count.textContent = words ? `${hits.length} found` : "";
}

function walk(by) {
  if (!hits.length) return;
  hits[at]?.classList.remove("now");
  at = (at + by + hits.length) % hits.length;
  const article = hits[at];
  article.classList.add("now");
  count.textContent = `${at + 1} of ${hits.length}`;
  const words = find.value.trim().toLowerCase();
  for (const details of article.querySelectorAll("details")) if (details.textContent.toLowerCase().includes(words)) details.open = true;
  go(article);
  find.focus({ preventScroll: true });
}

function follow(hash) {
  const article = places.get(hash.slice(1));
  if (article) go(article);
  return Boolean(article);
}

const keys = {
  j: () => step(1, articles),
  k: () => step(-1, articles),
  n: () => step(1, articles.filter((article) => article.classList.contains("user"))),
  p: () => step(-1, articles.filter((article) => article.classList.contains("user"))),
  t: () => fold("tools"),
  h: () => fold("thinking"),
  b: () => fold("branches"),
  d: theme,
  "/": () => find.focus(),
};

document.addEventListener("keydown", (event) => {
  if (event.target === find) {
    if (event.key === "Enter") walk(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") { find.value = ""; search(); find.blur(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
  keys[event.key]();
  event.preventDefault();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (!link || !follow(link.hash)) return;
  event.preventDefault();
  history.replaceState(null, "", link.hash);
});
main.addEventListener("click", (event) => {
  here = event.target.closest("article") ?? here;
});
for (const button of document.querySelectorAll("[data-fold]")) button.addEventListener("click", () => fold(button.dataset.fold));
document.getElementById("page.theme").addEventListener("click", theme);
find.addEventListener("input", search);
addEventListener("hashchange", () => follow(location.hash));
// What is being read, below the bar, is marked in the tree.
const shown = new Set();
const seen = new IntersectionObserver((changes) => {
  for (const { isIntersecting, target } of changes) isIntersecting ? shown.add(target) : shown.delete(target);
  if (!shown.size) return;
  const isBefore = (one, other) => one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
  mark([...shown].reduce((one, other) => (isBefore(one, other) ? one : other)));
}, { rootMargin: "-70px 0px -60% 0px" });
for (const article of articles) seen.observe(article);
follow(location.hash);
