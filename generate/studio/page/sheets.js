// Sheets: the pictures that were asked for, each as it develops, and what can be done with them.

import { ask, button, make, say } from "./ask.js";
import { layMarks } from "./marks.js";

const places = ["#draw .sheets", "#breed .sheets"].map((place) => document.querySelector(place));
// The newest frames of a sheet that is being drawn, by its name.
const frames = new Map();
let usual = 3;

export async function draw(asked) {
  const answer = await ask("draw", asked);
  if (answer) say(answer.told);
}

// A frame of all pictures of a sheet.
export function develop({ sheet, step, of, pictures }) {
  frames.set(sheet, { step, of, pictures });
  const shown = document.querySelector(`[data-name="${CSS.escape(sheet)}"]`);
  if (shown) showFrames(shown);
}

function showFrames(shown) {
  const frame = frames.get(shown.dataset.name);
  if (!frame || shown.dataset.state === "drawn") return;
  shown.querySelectorAll(".grid img").forEach((image, place) => {
    image.src = frame.pictures[place];
  });
  const bar = shown.querySelector("progress");
  if (bar) [bar.max, bar.value] = [frame.of, frame.step];
}

export function showSheets(state) {
  usual = state.guidance;
  document.querySelector(".empty").hidden = state.sheets.some((row) => !row.asked.parents);
  places.forEach((place, breeding) => {
    const rows = state.sheets.filter((row) => Boolean(row.asked.parents) === Boolean(breeding));
    const held = new Map([...place.children].map((sheet) => [sheet.dataset.name, sheet]));
    place.replaceChildren(...rows.map((row) => {
      const known = held.get(row.name);
      const told = JSON.stringify([row.state, row.same, row.fault, row.when]);
      if (known?.dataset.told === told) return known;
      const sheet = lay(row);
      sheet.dataset.told = told;
      return sheet;
    }));
    for (const sheet of place.children) showFrames(sheet);
  });
}

// One sheet: what was asked, its pictures, and what can be done with them.
function lay(row) {
  const { asked } = row;
  const title = asked.prompt ?? (asked.prompts && "What you may like") ?? `Children of ${[...new Set(asked.parents)].join(" and ")}`;
  const sheet = make("article", "", { class: "sheet", "data-name": row.name, "data-state": row.state });
  const grid = make("div", "", { class: "grid" });
  grid.append(...row.takes.map((number) => {
    const figure = make("figure");
    const image = make("img", "", { alt: `Picture ${number} of ${title}` });
    if (asked.prompts) image.title = asked.prompts[number - 1];
    if (row.state === "drawn") image.src = `sheets/${row.name}/${number}?${row.when}`;
    const caption = make("figcaption", `${number} `);
    if (row.state === "drawn") caption.append(...layMarks({ sheet: row.name, take: number }, `${row.name}/${number}`, `picture ${number} of ${title}`));
    if (row.same) caption.append(button("Make a card", () => makeCard(row.name, number), { "aria-label": `Make a card of picture ${number}` }));
    figure.append(image, caption);
    return figure;
  }));
  const tools = make("p", "", { class: "tools" });
  const told = asked.stranger === undefined ? row.told : `${row.told}; ${Math.round(asked.stranger * 100)} % of nobody`;
  sheet.append(make("h3", title), make("p", told, { class: "told" }), grid, tools);
  if (row.fault) tools.before(make("p", row.fault, { class: "fault" }));
  if (row.state === "drawing" || row.state === "waiting") {
    grid.after(make("progress", "", { "aria-label": "Progress", max: 1, value: 0 }));
    tools.append(button("Cancel", () => ask("cancel", { sheet: row.name })));
  } else if (row.state === "stopped") {
    tools.append(make("span", "It was stopped. "), button("Go on", () => draw(asked)));
  } else if (!row.same) {
    tools.append(
      make("span", "Drawn with other guidance, of other parents, or by another model, than the jungle has now: a card would not show these. "),
      button("Draw it as the jungle does", () => draw({ ...asked, guidance: usual })),
    );
  }
  return sheet;
}

async function makeCard(sheet, number) {
  const answer = await ask("card", { sheet, take: number });
  if (answer) say(`${answer.slug} is a card now: make build draws this picture at full size, with its words and its voice.`);
}
