// Words of what is liked: made of favourites, learnt by the model, used like any word.

import { ask, button, make, say } from "./ask.js";

const form = document.querySelector(".wording");
const list = document.querySelector(".made-words");
const bar = document.querySelector(".learning");
const LEAST = 5;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await ask("word", { name: form.elements.name.value.trim() || null });
  if (!answer) return;
  form.elements.name.value = "";
  say(`${answer.name} is a word now. The model learns it; then it stands among the words to draw.`);
});

export function showLearning({ word, step, of }) {
  bar.hidden = false;
  bar.querySelector("span").textContent = `Learning ${word} `;
  [bar.querySelector("progress").max, bar.querySelector("progress").value] = [of, step];
}

export function showWords(state) {
  const { words, learning, fault } = state.wording;
  const count = Object.values(state.taste.marks).filter(Boolean).length;
  const press = form.querySelector("button");
  press.textContent = count < LEAST ? `Mark ${LEAST - count} more with \u2665` : `Make a word of ${count} favourites`;
  press.disabled = count < LEAST;
  bar.hidden = !learning;
  document.querySelector(".wording-fault").textContent = fault;
  list.replaceChildren(...words.map((word) => {
    const item = make("li");
    item.append(make("strong", word.name), make("span", word.meaning));
    if (!word.learnt && !learning) item.append(button("Learn it", () => ask("learn", {}), { "aria-label": `Learn ${word.name}` }));
    return item;
  }));
}

bar.querySelector("button").addEventListener("click", () => ask("cancel", { sheet: "words" }));
