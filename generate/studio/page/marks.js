// Marks: a picture is liked, or not; each mark teaches the taste.

import { ask, button } from "./ask.js";

// What is marked, by the name of the picture.
let marks = {};

export function layMarks(which, name, told) {
  return [["\u2665", "Like", true], ["\u2715", "Not for me", false]].map(([sign, text, likes]) => {
    const press = () => ask("mark", { ...which, likes: marks[name] === likes ? null : likes });
    return button(sign, press, { "aria-label": `${text}: ${told}`, "aria-pressed": "false", "data-mark": name, "data-likes": String(likes), class: "mark" });
  });
}

export function showMarks(state) {
  marks = state.taste.marks;
  for (const shown of document.querySelectorAll("[data-mark]")) {
    shown.setAttribute("aria-pressed", String(String(marks[shown.dataset.mark]) === shown.dataset.likes));
  }
}
