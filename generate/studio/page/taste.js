// Taste: what the studio believes, a switch for each belief, what is wished, and what it would draw.

import { ask, button, make } from "./ask.js";
import { keepFocus } from "./fields.js";
import { draw } from "./sheets.js";

const beliefs = document.querySelector(".beliefs");
const wishes = document.querySelector(".wishes");
const proposals = document.querySelector(".proposals");
const form = document.querySelector(".wishing");
const nine = document.querySelector(".nine");
let proposed = [];
let guidance = 3;
// The pictures of proposals are other ones each time.
let turn = 1;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await ask("wish", { kind: event.submitter?.value ?? "always", words: form.elements.words.value });
  if (answer) form.elements.words.value = "";
});

nine.addEventListener("click", () => {
  draw({ prompts: proposed, count: proposed.length, take: turn, guidance });
});

export function showTaste(state) {
  guidance = state.guidance;
  turn = 1 + Math.max(0, ...state.sheets.filter((row) => row.asked.prompts).map((row) => row.asked.take));
  const { taste } = state;
  const told = JSON.stringify(taste);
  if (beliefs.dataset.told === told) return;
  beliefs.dataset.told = told;
  proposed = taste.proposals;
  const count = Object.keys(taste.marks).length;
  document.querySelector(".known").textContent = taste.fault || (count
    ? `Learnt from ${count} ${count === 1 ? "picture" : "pictures"} that you marked.`
    : "Mark pictures with \u2665 or \u2715: each mark teaches it.");
  keepFocus(beliefs, () => beliefs.replaceChildren(...taste.beliefs.map((belief) => {
    const item = make("li");
    const text = belief.on ? "Counts" : "Does not count";
    item.append(
      make("span", belief.counted ? `${belief.says} (${belief.counted})` : belief.says),
      button(text, () => ask("belief", { name: belief.name, on: !belief.on }), { "aria-pressed": String(belief.on), "aria-label": `It counts: ${belief.says}` }),
    );
    return item;
  })));
  wishes.replaceChildren(...["always", "never"].flatMap((kind) => taste[kind].map((word) => {
    const item = make("li", `${kind} ${word} `);
    item.append(button("Remove", () => ask("wish", { kind, words: word, wanted: false }), { "aria-label": `Remove ${kind} ${word}` }));
    return item;
  })));
  proposals.replaceChildren(...proposed.map((prompt) => make("li", prompt)));
  nine.disabled = !proposed.length;
}
