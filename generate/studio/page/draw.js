// Draw: words and dials.

import { make } from "./ask.js";
import { draw } from "./sheets.js";

const form = document.querySelector(".asking");
const { prompt, take, guidance, count } = form.elements;
const chips = document.querySelector(".chips");

const wordsOf = (text) => text.split(/\s+/).filter(Boolean);

function showChips(words) {
  const told = JSON.stringify(words);
  if (chips.dataset.told === told) return;
  chips.dataset.told = told;
  chips.replaceChildren(...Object.entries(words).map(([group, list], place) => {
    const details = make("details");
    details.open = place === 0;
    const row = make("div");
    row.append(...list.map((word) => {
      const chip = make("button", word, { type: "button", "aria-pressed": "false" });
      chip.addEventListener("click", () => toggle(word));
      return chip;
    }));
    details.append(make("summary", group), row);
    return details;
  }));
  press();
}

// Put a word into the prompt, or take it out.
function toggle(word) {
  const wanted = wordsOf(prompt.value).join(" ");
  const has = ` ${wanted} `.includes(` ${word} `);
  prompt.value = (has ? ` ${wanted} `.replace(` ${word} `, " ") : `${wanted} ${word}`).trim();
  press();
}

function press() {
  const held = ` ${wordsOf(prompt.value).join(" ")} `;
  for (const chip of chips.querySelectorAll("button")) {
    chip.setAttribute("aria-pressed", held.includes(` ${chip.textContent} `));
  }
}

function read() {
  return { prompt: prompt.value, take: Number(take.value), count: Number(count.value), guidance: Number(guidance.value) };
}

prompt.addEventListener("input", press);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  draw(read());
});
form.querySelector(".on").addEventListener("click", () => {
  if (!form.reportValidity()) return;
  take.value = Math.min(100000, Number(take.value) + Number(count.value));
  draw(read());
});

export function showDrawing(state) {
  if (!guidance.value) guidance.value = state.guidance;
  showChips(state.words);
}
