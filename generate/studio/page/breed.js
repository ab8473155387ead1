// Breed: cards that are chosen as parents, and how far their children go from them.

import { make } from "./ask.js";
import { draw } from "./sheets.js";

const list = document.querySelector(".parents");
const form = document.querySelector(".breeding");
// How often each card counts, by its name: once, twice, or not at all.
const chosen = new Map();
let guidance = 3;

function press(slug) {
  const times = ((chosen.get(slug) ?? 0) + 1) % 3;
  if (times) chosen.set(slug, times);
  else chosen.delete(slug);
  showChosen();
}

function showChosen() {
  for (const card of list.querySelectorAll("button")) {
    const times = chosen.get(card.dataset.slug) ?? 0;
    card.setAttribute("aria-pressed", String(times > 0));
    card.querySelector("span").textContent = times > 1 ? `${card.dataset.slug} ×${times}` : card.dataset.slug;
  }
  form.querySelector("button").disabled = chosen.size < 2;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const parents = [...chosen].flatMap(([slug, times]) => Array(times).fill(slug));
  draw({ parents, stranger: Number(form.elements.stranger.value), take: Number(form.elements.take.value), count: 9, guidance });
});

export function showBreeding(state) {
  guidance = state.guidance;
  const cards = state.cards.filter((card) => card.breeds && card.picture);
  const told = JSON.stringify(cards.map((card) => [card.slug, card.picture]));
  if (list.dataset.told === told) return;
  list.dataset.told = told;
  for (const slug of chosen.keys()) if (!cards.some((card) => card.slug === slug)) chosen.delete(slug);
  list.replaceChildren(...cards.map((card) => {
    const item = make("li");
    const pick = make("button", "", { type: "button", "data-slug": card.slug });
    pick.append(
      make("img", "", { alt: card.caption, loading: "lazy", src: `cards/${encodeURIComponent(card.slug)}/picture?${card.picture}` }),
      make("span", card.slug),
    );
    pick.addEventListener("click", () => press(card.slug));
    item.append(pick);
    return item;
  }));
  showChosen();
}
