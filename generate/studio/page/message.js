// The message on a card's back, and what of it the language has, while one types.

import { make } from "./ask.js";
import { answering, field } from "./fields.js";

// Cards whose message is unfolded; a card that is laid anew stays so.
const open = new Set();

export function layMessage(card, write) {
  const shown = make("details", "", { class: "message" });
  shown.open = open.has(card.slug);
  shown.addEventListener("toggle", () => (shown.open ? open.add(card.slug) : open.delete(card.slug)));
  const label = field(card, "Message", "message", card.message, write, "textarea");
  const answer = make("p", "", { class: "answer", "aria-live": "polite" });
  answering(label.querySelector("textarea"), "message", tell, answer);
  shown.append(make("summary", "Message on the back"), label, answer);
  return shown;
}

function tell({ words, english }) {
  return [...Object.entries(words), ...Object.entries(english)].map(([word, means]) => `${word}: ${means}`).join("; ");
}
