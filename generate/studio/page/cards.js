// Cards: keep, throw back, hide and order, each a line in a postcard.md; their texts are fields.

import { ask, button, make, say } from "./ask.js";
import { field, keepTyped, whileLaying } from "./fields.js";
import { layKin } from "./kin.js";
import { layMarks } from "./marks.js";
import { layMessage } from "./message.js";
import { layVoice } from "./voice.js";

const rack = document.querySelector(".rack");
const faults = document.querySelector(".faults");
const undo = document.querySelector(".undo");
// The cards as the files have them, in the rack's order.
let cards = [];
let words = {};
let dragged = "";
// Writing waits for what is being written, so that each line knows what the one before it left.
let writing = Promise.resolve();

undo.addEventListener("click", async () => {
  const answer = await ask("undo", {});
  if (answer) say(answer.what ? `Taken back: ${answer.what}` : "There is nothing to take back.");
});

export function showCards(state) {
  cards = state.cards;
  words = { families: state.families, moods: state.moods };
  undo.disabled = !state.undo;
  undo.textContent = state.undo ? `Undo: ${state.undo}` : "Undo";
  undo.dataset.steps = state.steps;
  const held = new Map([...rack.children].map((card) => [card.dataset.slug, card]));
  const focused = document.activeElement?.closest?.(".rack li")?.dataset.slug;
  const label = document.activeElement?.getAttribute?.("aria-label");
  whileLaying(() => rack.replaceChildren(...cards.map((card) => {
    const known = held.get(card.slug);
    const told = JSON.stringify(card);
    if (known?.dataset.told === told) return known;
    const shown = lay(card);
    shown.dataset.told = told;
    if (known) keepTyped(known, shown);
    return shown;
  })));
  // Who works by keys goes on where they were.
  if (focused && label) rack.querySelector(`[data-slug="${CSS.escape(focused)}"] [aria-label="${CSS.escape(label)}"]`)?.focus();
  faults.replaceChildren(...state.faults.map((fault) => make("li", fault, { class: "fault" })));
}

// What a card's file is now, as far as this tab knows.
const newest = ({ slug }) => cards.find((card) => card.slug === slug) ?? { slug, seen: null };

function write(card, key, value) {
  writing = writing.then(async () => {
    const answer = await ask("line", { slug: card.slug, key, value, seen: newest(card).seen });
    if (answer) newest(card).seen = answer.seen;
    return answer;
  });
  return writing;
}

function lay(card) {
  const shown = make("li", "", { "data-slug": card.slug, draggable: "true", class: card.hidden ? "hidden" : "" });
  const name = encodeURIComponent(card.slug);
  shown.append(card.picture
    ? make("img", "", { alt: card.caption, loading: "lazy", draggable: "false", src: `cards/${name}/picture?${card.picture}` })
    : make("div", "make build draws it", { class: "blank" }));
  shown.append(make("h3", card.title || card.slug), make("p", card.slug));
  if (card.prompt) shown.append(make("p", `take ${card.take ?? "of the best"}: ${card.prompt}`));
  else if (card.take) shown.append(make("p", `take ${card.take}`));
  if (card.parents) shown.append(make("p", `child of ${[...new Set(card.parents)].join(" and ")}`));
  shown.append(
    field(card, "Title", "title", card.title, write), field(card, "Shelf", "series", card.series ?? "", write),
    tools(card), layMessage(card, write), layVoice(card, words, write), layKin(card, () => cards),
  );
  shown.addEventListener("dragstart", () => { dragged = card.slug; });
  shown.addEventListener("dragover", (event) => event.preventDefault());
  shown.addEventListener("drop", (event) => {
    event.preventDefault();
    const from = cards.findIndex((one) => one.slug === dragged);
    const to = cards.findIndex((one) => one.slug === card.slug);
    if (from >= 0) move(from, to);
  });
  return shown;
}

function tools(card) {
  const row = make("p", "", { class: "tools" });
  const act = (text, does, pressed) => {
    const attributes = { "aria-label": `${text} ${card.slug}` };
    if (pressed !== undefined) attributes["aria-pressed"] = String(pressed);
    row.append(button(text, does, attributes));
  };
  const place = () => cards.findIndex((one) => one.slug === card.slug);
  if (card.picture) act("Keep", () => write(card, "keep", !card.keep), card.keep);
  if (card.picture && !card.keep) act("Throw back", () => throwBack(card));
  if (card.picture) row.append(...layMarks({ slug: card.slug }, card.slug, card.slug));
  act("Hide", () => write(card, "hidden", !card.hidden), card.hidden);
  act("Earlier", () => move(place(), place() - 1));
  act("Later", () => move(place(), place() + 1));
  return row;
}

async function throwBack(card) {
  await writing;
  const answer = await ask("back", { slug: card.slug, seen: newest(card).seen });
  if (answer) say(`${card.slug}: make build draws take ${answer.take} of it.`);
}

// Let the card at one place stand at another: between the two that are there then.
async function move(from, to) {
  if (to < 0 || to >= cards.length || from === to) return;
  const rest = cards.filter((_, place) => place !== from);
  const [before, after] = [rest[to - 1], rest[to]];
  const low = before ? before.place : after.place - 1;
  const high = after ? after.place : before.place + 1;
  const order = (low + high) / 2;
  if (order === low || order === high) {
    say("Both cards there have the same order: write another into one of them.", true);
    return;
  }
  await write(cards[from], "order", order);
}
