// The studio's page: it shows what the files say, anew whenever they change, and keeps nothing.

import { ask } from "./ask.js";
import { showCards } from "./cards.js";
import { showBreeding } from "./breed.js";
import { showDrawing } from "./draw.js";
import { showMarks } from "./marks.js";
import { showTaste } from "./taste.js";
import { showTraining } from "./training.js";
import { showLearning, showWords } from "./words.js";
import { develop, showSheets } from "./sheets.js";

let asking = false;
let again = false;

// One question at a time; whatever changes meanwhile asks once more.
async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  do {
    again = false;
    const state = await ask("state");
    if (!state) {
      setTimeout(refresh, 1000); // a file may have been half written
      break;
    }
    document.querySelector(".jungle").textContent = state.title;
    showDrawing(state);
    showSheets(state);
    showBreeding(state);
    showCards(state);
    showTaste(state);
    showWords(state);
    showMarks(state);
    showTraining(state.training);
  } while (again);
  asking = false;
}

const events = new EventSource("events");
events.addEventListener("message", (event) => {
  const message = JSON.parse(event.data);
  if (message.pictures) develop(message);
  else if (message.word) showLearning(message);
  else if (message.training) showTraining(message.training);
  else refresh();
});
