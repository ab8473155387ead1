// Texts of cards: each is written when it is left, and what is typed outlives a card laid anew.

import { ask, make } from "./ask.js";

// While cards are laid anew, a field that goes away is not one that a person has left.
let laying = false;

export function whileLaying(lay) {
  laying = true;
  lay();
  laying = false;
}

// What is typed and not written yet goes on into the card that is laid anew.
export function keepTyped(before, after) {
  for (const input of before.querySelectorAll("[data-was]")) {
    if (input.value === input.dataset.was) continue;
    after.querySelector(`[aria-label="${CSS.escape(input.ariaLabel)}"]`).value = input.value;
  }
}

// A text that is written when it is left, or on Enter. The event "change" would not do: it does not
// come where a script has put the text there, as `keepTyped` does.
export function field(card, label, key, value, write, name = "input") {
  const long = { title: 500, series: 80, message: 5000 }[key];
  const input = make(name, "", { maxlength: long, "aria-label": `${label} of ${card.slug}` });
  input.value = input.dataset.was = value;
  const leave = () => {
    if (!laying && input.isConnected && input.value !== input.dataset.was) keepText(input, card, key, write);
  };
  input.addEventListener("blur", leave);
  if (name === "input") input.addEventListener("keydown", (event) => { if (event.key === "Enter") leave(); });
  const shown = make("label", `${label} `);
  shown.append(input);
  return shown;
}

// Write what is typed; where that was refused, it goes on counting as not written.
export async function keepText(input, card, key, write) {
  const before = input.dataset.was;
  input.dataset.was = input.value;
  if (!await write(card, key, input.value)) input.dataset.was = before;
}

// Lay a list anew; who works by keys goes on where they were.
export function keepFocus(place, lay) {
  const label = place.contains(document.activeElement) && document.activeElement.getAttribute("aria-label");
  lay();
  if (label) place.querySelector(`[aria-label="${CSS.escape(label)}"]`)?.focus();
}

// Let the studio answer what is typed into a field, once one pauses.
export function answering(input, path, tell, answer) {
  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const text = input.value;
      const told = await ask(path, { text });
      if (told && text === input.value) answer.textContent = tell(told);
    }, 150);
  });
}
