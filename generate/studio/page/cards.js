// Cards: what is there.

import { make } from "./ask.js";

const rack = document.querySelector(".rack");
const faults = document.querySelector(".faults");

export function showCards(state) {
  const held = new Map([...rack.children].map((card) => [card.dataset.slug, card]));
  rack.replaceChildren(...state.cards.map((card) => {
    const known = held.get(card.slug);
    const told = JSON.stringify(card);
    if (known?.dataset.told === told) return known;
    const shown = lay(card);
    shown.dataset.told = told;
    return shown;
  }));
  faults.replaceChildren(...state.faults.map((fault) => make("li", fault, { class: "fault" })));
}

function lay(card) {
  const shown = make("li", "", { "data-slug": card.slug });
  const name = encodeURIComponent(card.slug);
  shown.append(card.picture
    ? make("img", "", { alt: card.caption, loading: "lazy", src: `cards/${name}/picture?${card.picture}` })
    : make("div", "make build draws it", { class: "blank" }));
  shown.append(make("h3", card.title || card.slug), make("p", card.slug));
  if (card.prompt) shown.append(make("p", `take ${card.take ?? "of the best"}: ${card.prompt}`));
  return shown;
}
