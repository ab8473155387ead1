// A card's phrase, answered by the grammar while one types, and its voice, heard while one turns it.

import { ask, button, make } from "./ask.js";
import { answering, keepText } from "./fields.js";

// Cards whose phrase and voice are unfolded; a card that is laid anew stays so.
const open = new Set();
// Voices that were turned and are not written yet, by card.
const drafts = new Map();
// How often each card was asked for another phrase.
const turns = new Map();
let sound = new Audio();
let address = "";

async function hear(said) {
  const blob = await ask("hear", said);
  if (!blob) return;
  sound.pause();
  URL.revokeObjectURL(address);
  address = URL.createObjectURL(blob);
  sound = new Audio(address);
  await sound.play().catch(() => {});
}

export function layVoice(card, { families, moods }, write) {
  const shown = make("details", "", { class: "voice" });
  shown.open = open.has(card.slug);
  shown.addEventListener("toggle", () => (shown.open ? open.add(card.slug) : open.delete(card.slug)));
  const phrase = make("input", "", { maxlength: "300", "aria-label": `Phrase of ${card.slug}` });
  phrase.value = phrase.dataset.was = card.phrase;
  const answer = make("p", card.translation, { class: "answer", "aria-live": "polite" });
  const label = make("label", "Phrase ");
  label.append(phrase);

  answering(phrase, "phrase", tell, answer);
  // Another phrase is put there to be heard; it is written when it is kept.
  const again = async () => {
    turns.set(card.slug, (turns.get(card.slug) ?? 0) + 1);
    const told = await ask("again", { slug: card.slug, turn: turns.get(card.slug) });
    if (!told) return;
    phrase.value = told.phrase;
    answer.textContent = told.translation || told.gloss;
  };

  // Only what was turned is asked for; the rest stays as the card decides it.
  const voice = drafts.get(card.slug) ?? { ...card.voice };
  const dials = {
    mass: range("Mass", Math.log10(0.02), Math.log10(600), Math.log10(voice.mass ?? card.beast.mass_kg ?? 10)),
    pitch: range("Pitch", -1, 1, Math.log2(voice.pitch ?? 1)),
    pace: range("Pace", -1, 1, Math.log2(voice.pace ?? 1)),
    family: choice("Kind", families, voice.family),
    mood: choice("Mood", moods, voice.mood),
  };
  const read = {
    mass: (value) => Number((10 ** value).toPrecision(3)),
    pitch: (value) => Number((2 ** value).toFixed(2)),
    pace: (value) => Number((2 ** value).toFixed(2)),
  };
  const sounds = () => hear({ slug: card.slug, text: phrase.value, voice });
  for (const [name, dial] of Object.entries(dials)) {
    dial.lastChild.setAttribute("aria-label", `${name} of ${card.slug}`);
    dial.lastChild.addEventListener("change", ({ target }) => {
      const value = read[name] ? read[name](Number(target.value)) : target.value;
      if (value === "") delete voice[name];
      else voice[name] = value;
      drafts.set(card.slug, voice);
      sounds();
    });
  }
  const settle = async (value) => {
    drafts.delete(card.slug);
    if (!await write(card, "voice", value)) drafts.set(card.slug, voice);
  };
  const tools = make("p", "", { class: "tools" });
  const named = (text) => ({ "aria-label": `${text} ${card.slug}` });
  tools.append(
    button("Hear", sounds, named("Hear")),
    button("Ask again", again, named("Ask again for the phrase of")),
    button("Keep the phrase", () => keepText(phrase, card, "phrase", write), named("Keep the phrase of")),
    button("Keep the voice", () => settle(voice), named("Keep the voice of")),
    button("Its own voice", () => settle(null), named("Its own voice for")),
  );
  shown.append(make("summary", "Phrase and voice"), label, answer, ...Object.values(dials), tools);
  return shown;
}

function tell({ gloss, translation, unknown, english }) {
  const parts = [translation || gloss];
  for (const [word, form] of Object.entries(english)) parts.push(`${word}: ${form}`);
  if (unknown.length) parts.push(`not in the language: ${unknown.join(", ")}`);
  return parts.filter(Boolean).join("; ");
}

function range(text, min, max, value) {
  const label = make("label", `${text} `);
  label.append(make("input", "", { type: "range", min, max, step: "any", value }));
  return label;
}

function choice(text, names, value) {
  const label = make("label", `${text} `);
  const select = make("select");
  const all = value && !names.includes(value) ? [value, ...names] : names;
  select.append(make("option", "as the card decides", { value: "" }), ...all.map((name) => make("option", name, { value: name })));
  select.value = value ?? "";
  label.append(select);
  return label;
}
