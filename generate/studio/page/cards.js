// Cards: keep, throw back, hide, order, shelf and title, each a line in a postcard.md.

import { ask, button, make, say } from "./ask.js";
import { layVoice } from "./voice.js";

const rack = document.querySelector(".rack");
const faults = document.querySelector(".faults");
const undo = document.querySelector(".undo");
// The cards as the files have them, in the rack's order.
let cards = [];
let words = {};
let dragged = "";

undo.addEventListener("click", async () => {
  const answer = await ask("undo", {});
  if (answer) say(answer.what ? `Taken back: ${answer.what}` : "There is nothing to take back.");
});

export function showCards(state) {
  cards = state.cards;
  words = { families: state.families, moods: state.moods };
  undo.disabled = !state.undo;
  undo.textContent = state.undo ? `Undo: ${state.undo}` : "Undo";
  const held = new Map([...rack.children].map((card) => [card.dataset.slug, card]));
  const focused = document.activeElement?.closest?.(".rack li")?.dataset.slug;
  const label = document.activeElement?.getAttribute?.("aria-label");
  rack.replaceChildren(...cards.map((card) => {
    const known = held.get(card.slug);
    const told = JSON.stringify(card);
    if (known?.dataset.told === told) return known;
    const shown = lay(card);
    shown.dataset.told = told;
    if (known) keepTyped(known, shown);
    return shown;
  }));
  // Who works by keys goes on where they were.
  if (focused && label) rack.querySelector(`[data-slug="${CSS.escape(focused)}"] [aria-label="${CSS.escape(label)}"]`)?.focus();
  faults.replaceChildren(...state.faults.map((fault) => make("li", fault, { class: "fault" })));
}

// What is typed and not written yet goes on into the card that is laid anew.
function keepTyped(before, after) {
  for (const input of before.querySelectorAll("input[data-was]")) {
    if (input.value === input.dataset.was) continue;
    after.querySelector(`[aria-label="${CSS.escape(input.ariaLabel)}"]`).value = input.value;
  }
}

const write = (card, key, value) => ask("line", { slug: card.slug, key, value, seen: card.seen });

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
  shown.append(field(card, "Title", "title", card.title), field(card, "Shelf", "series", card.series ?? ""), tools(card), layVoice(card, words, write, keepText));
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

// A text that is written when it is left, or on Enter.
function field(card, label, key, value) {
  const input = make("input", "", { maxlength: key === "title" ? 500 : 80, "aria-label": `${label} of ${card.slug}` });
  input.value = input.dataset.was = value;
  input.addEventListener("change", () => keepText(input, card, key));
  const shown = make("label", `${label} `);
  shown.append(input);
  return shown;
}

// Write what is typed; where that was refused, it goes on counting as not written.
async function keepText(input, card, key) {
  const before = input.dataset.was;
  input.dataset.was = input.value;
  if (!await write(card, key, input.value)) input.dataset.was = before;
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
  act("Hide", () => write(card, "hidden", !card.hidden), card.hidden);
  act("Earlier", () => move(place(), place() - 1));
  act("Later", () => move(place(), place() + 1));
  return row;
}

async function throwBack(card) {
  const answer = await ask("back", { slug: card.slug, seen: card.seen });
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
