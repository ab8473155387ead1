// Training as one watches: where it is, its loss, its pictures; started and stopped from here.

import { ask, say } from "./ask.js";

const room = document.querySelector("#training");
const find = (name) => room.querySelector(name);
const [go, halt, bar, further] = [".go", ".halt", ".trained", ".further"].map(find);
const range = find(".grids input");
const STATES = {
  fresh: "The model is what the settings ask for.",
  stale: "The model is not what the settings ask for.",
  stopped: "Training was stopped; it goes on from where it was.",
  starting: "At work: reading the pictures, timing a step, or looking at the result.",
  training: "Training.",
  elsewhere: "Training in a terminal; stop it there.",
};
let grids = [];
let chosen = null; // the grid that a person chose; null follows the newest

go.addEventListener("click", () => ask("train", { go: true }));
halt.addEventListener("click", async () => {
  if (await ask("train", { go: false })) say("It stops after this step, and keeps what it has learnt.");
});
further.addEventListener("submit", (event) => {
  event.preventDefault();
  ask("train", { more: Number(further.elements.more.value) });
});
range.addEventListener("input", () => {
  const place = Number(range.value);
  chosen = place === grids.length - 1 ? null : grids[place];
  showGrid();
});

export function showTraining({ state, diary, grids: found, verdict, fault }) {
  const works = state === "training" || state === "starting";
  find(".pace").textContent = [STATES[state], works && diary && state === "training" ? tell(diary) : ""].join(" ");
  find(".training-fault").textContent = fault;
  go.textContent = state === "stopped" ? "Go on" : "Train";
  go.hidden = works || state === "fresh" || state === "elsewhere";
  halt.hidden = !works;
  further.hidden = state !== "fresh";
  bar.hidden = !diary || state === "fresh";
  if (diary) [bar.max, bar.value] = [diary.total, diary.seen];
  showCurve(diary);
  grids = found;
  showGrid();
  showVerdict(verdict);
}

function tell({ seen, total, seconds, left, memory }) {
  const pace = seconds > 0 ? `${(seen / seconds).toFixed(1)} a second, ` : "";
  const rest = left === null ? "" : `about ${spell(left)} left, `;
  return `${seen.toLocaleString("en")} of ${total.toLocaleString("en")} pictures seen, ${pace}${rest}${memory.toLocaleString("en")} MiB of memory.`;
}

function spell(seconds) {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

// Both curves on one logarithmic scale; a loss below zero, as some recipes have, is drawn as it is.
function showCurve(diary) {
  const rows = diary ? [...diary.losses, ...diary.held_out] : [];
  find(".curve").hidden = !diary || diary.losses.length < 2;
  if (find(".curve").hidden) return;
  const bend = rows.every(([, loss]) => loss > 0) ? Math.log : (loss) => loss;
  const levels = rows.map(([, loss]) => bend(loss));
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  const place = ([seen, loss]) => `${(600 * seen) / diary.total},${195 - (190 * (bend(loss) - low)) / (high - low || 1)}`;
  find(".loss").setAttribute("points", diary.losses.map(place).join(" "));
  find(".held-out").setAttribute("points", diary.held_out.map(place).join(" "));
  const last = diary.held_out.at(-1);
  find(".curve figcaption").textContent = `Loss ${diary.losses.at(-1)[1].toFixed(4)}${last ? `; of held-out pictures (dashed) ${last[1].toFixed(4)}` : ""}`;
}

function showGrid() {
  find(".grids").hidden = !grids.length;
  if (!grids.length) return;
  if (!grids.includes(chosen)) chosen = null;
  const name = chosen ?? grids.at(-1);
  [range.max, range.value] = [grids.length - 1, grids.indexOf(name)];
  find(".grids output").textContent = Number(name.slice(0, 8)).toLocaleString("en");
  show(find(".grids img"), `report/grids/${name}`);
}

function showVerdict(sentence) {
  const figure = find(".verdict");
  // Another verdict has another picture under the same name.
  if (sentence && figure.hidden) show(figure.querySelector("img"), `report/before-after.png?${Date.now()}`);
  figure.hidden = !sentence;
  figure.querySelector("figcaption").textContent = sentence;
}

function show(image, address) {
  if (image.getAttribute("src") !== address) image.src = address;
}
