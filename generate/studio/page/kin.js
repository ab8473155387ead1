// The family tree of a card: its parents and theirs, and its children, as they are when it is opened.

import { make } from "./ask.js";

const DEEP = 4;
// Cards whose tree is unfolded; a card that is laid anew stays so.
const open = new Set();

function member(card, name, above) {
  const item = make("li");
  const shown = make("a", "", { href: "#cards" });
  if (card?.picture) shown.append(make("img", "", { alt: "", src: `cards/${encodeURIComponent(card.slug)}/picture?${card.picture}` }));
  shown.append(make("span", card ? card.title || card.slug : `${name} is not there`));
  if (card) {
    shown.addEventListener("click", (event) => {
      event.preventDefault();
      document.querySelector(`.rack [data-slug="${CSS.escape(card.slug)}"]`)?.scrollIntoView();
    });
  }
  item.append(shown);
  if (above.length) item.append(list(above));
  return item;
}

function list(items) {
  const shown = make("ul");
  shown.append(...items);
  return shown;
}

function climb(card, find, deep) {
  if (!card || !deep) return [];
  return [...new Set(card.parents ?? [])].map((name) => member(find(name), name, climb(find(name), find, deep - 1)));
}

// `all` gives the cards as they are now.
export function layKin(card, all) {
  const shown = make("details", "", { class: "tree" });
  const fill = () => {
    const find = (slug) => all().find((one) => one.slug === slug);
    const children = all().filter((one) => one.parents?.includes(card.slug));
    const parents = climb(card, find, DEEP);
    shown.replaceChildren(shown.firstChild);
    if (parents.length) shown.append(make("p", "Parents, and theirs"), list(parents));
    if (children.length) shown.append(make("p", "Children"), list(children.map((one) => member(one, one.slug, []))));
    if (!parents.length && !children.length) shown.append(make("p", "It was not crossed, and has no children yet."));
  };
  shown.append(make("summary", "Family tree"));
  shown.open = open.has(card.slug);
  if (shown.open) fill();
  shown.addEventListener("toggle", () => {
    if (shown.open) open.add(card.slug);
    else open.delete(card.slug);
    if (shown.open) fill();
  });
  return shown;
}
