// Draw: words and dials, and the sheets that come of them.

import { ask, button, make, say } from "./ask.js";

const form = document.querySelector(".asking");
const { prompt, take, guidance, count } = form.elements;
const chips = document.querySelector(".chips");
const sheets = document.querySelector(".sheets");
// The newest frames of a sheet that is being drawn, by its name.
const frames = new Map();

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

async function draw(asked) {
  const answer = await ask("draw", asked);
  if (answer) say(answer.told);
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

// A frame of all pictures of a sheet.
export function develop({ sheet, step, of, pictures }) {
  frames.set(sheet, { step, of, pictures });
  const shown = sheets.querySelector(`[data-name="${CSS.escape(sheet)}"]`);
  if (shown) showFrames(shown, sheet);
}

function showFrames(shown, name) {
  const frame = frames.get(name);
  if (!frame || shown.dataset.state === "drawn") return;
  shown.querySelectorAll(".grid img").forEach((image, place) => {
    image.src = frame.pictures[place];
  });
  const bar = shown.querySelector("progress");
  if (bar) [bar.max, bar.value] = [frame.of, frame.step];
}

export function showDrawing(state) {
  if (!guidance.value) guidance.value = state.guidance;
  showChips(state.words);
  document.querySelector(".empty").hidden = state.sheets.length > 0;
  const held = new Map([...sheets.children].map((sheet) => [sheet.dataset.name, sheet]));
  sheets.replaceChildren(...state.sheets.map((row) => {
    const known = held.get(row.name);
    const told = JSON.stringify([row.state, row.same, row.fault, row.when]);
    if (known?.dataset.told === told) return known;
    const sheet = lay(row);
    sheet.dataset.told = told;
    return sheet;
  }));
  for (const sheet of sheets.children) showFrames(sheet, sheet.dataset.name);
}

// One sheet: what was asked, its pictures, and what can be done with them.
function lay(row) {
  const { asked } = row;
  const sheet = make("article", "", { class: "sheet", "data-name": row.name, "data-state": row.state });
  const grid = make("div", "", { class: "grid" });
  grid.append(...row.takes.map((number) => {
    const figure = make("figure");
    const image = make("img", "", { alt: `Picture ${number} of ${asked.prompt}` });
    if (row.state === "drawn") image.src = `sheets/${row.name}/${number}?${row.when}`;
    const caption = make("figcaption", `${number} `);
    if (row.same) caption.append(button("Make a card", () => makeCard(row.name, number), { "aria-label": `Make a card of picture ${number}` }));
    figure.append(image, caption);
    return figure;
  }));
  const tools = make("p", "", { class: "tools" });
  sheet.append(make("h3", asked.prompt), make("p", row.told, { class: "told" }), grid, tools);
  if (row.fault) tools.before(make("p", row.fault, { class: "fault" }));
  if (row.state === "drawing" || row.state === "waiting") {
    grid.after(make("progress", "", { "aria-label": "Progress", max: 1, value: 0 }));
    tools.append(button("Cancel", () => ask("cancel", { sheet: row.name })));
  } else if (row.state === "stopped") {
    tools.append(make("span", "It was stopped. "), button("Go on", () => draw(asked)));
  } else if (!row.same) {
    tools.append(make("span", "Drawn with other guidance, or by another model, than the jungle has now: a card would not show these. "), button("Draw it as the jungle does", () => draw({ ...asked, guidance: Number(guidance.placeholder) })));
  }
  return sheet;
}

async function makeCard(sheet, number) {
  const answer = await ask("card", { sheet, take: number });
  if (answer) say(`${answer.slug} is a card now: make build draws this picture at full size, with its words and its voice.`);
}
