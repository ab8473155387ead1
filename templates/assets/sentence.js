// A sentence of the jungle's language on a card: "form=gloss form=gloss". A visitor's own stands in
// the place of the printed one, and the beast of the card says it. All of it is text, never HTML.
"use strict";
(() => {
  const MOST = 12; // words
  const WORD = /^([\p{L}\p{M}'’-]{1,30})(?:=([^\s=<>]{0,40}))?$/u;

  // [[form, gloss], …] of a text from anywhere; what is no word is left out.
  window.readSaid = (text) => text.slice(0, 900).split(/\s+/).map((part) => WORD.exec(part)).filter(Boolean)
    .slice(0, MOST).map(([, form, gloss = ""]) => [form, gloss]);
  window.spellSaid = (words) => words.map(([form, gloss]) => (gloss ? `${form}=${gloss}` : form)).join(" ");

  // Three lines for each word: script, romanisation, gloss.
  window.setWords = (list, words, lang) => list.replaceChildren(...words.map(([form, gloss], at) => {
    const word = Object.assign(document.createElement("li"), { className: "word" });
    word.dataset.word = at;
    for (const [kind, text] of [["script", form], ["roman", form], ["gloss", gloss]]) {
      if (!text) continue;
      const part = Object.assign(document.createElement("span"), { className: kind, textContent: text });
      if (kind === "script") part.setAttribute("aria-hidden", "true");
      else part.dir = "auto";
      if (kind === "roman") part.lang = lang;
      word.append(part, " ");
    }
    return word;
  }));

  // Says the words of a list by a beast; `button` is pressed while it speaks, and stops it then.
  let turn = 0;
  window.sayList = async (list, beast, options) => {
    const { button } = options;
    turn += 1;
    const mine = turn;
    const press = (on) => { if (mine === turn) button.setAttribute("aria-pressed", on); };
    if (button.getAttribute("aria-pressed") === "true") {
      press(false);
      if (window.stopSaying) window.stopSaying();
      return;
    }
    press(true);
    window.ears ??= new AudioContext();
    const words = [...list.querySelectorAll(".word .roman")];
    const light = (at, on) => { if (words[at]) words[at].closest(".word").classList.toggle("now", on); };
    const end = () => press(false);
    try {
      await window.fetchScript("say");
      if (mine === turn) await window.sayAloud(words.map((word) => word.textContent).join(" "), beast, { ...options, light, end });
    } catch {
      end();
    }
  };

  const card = document.querySelector(".postcard");
  if (!card) return;
  const list = card.querySelector(".phrase");
  const line = card.querySelector(".translation");
  const hear = document.querySelector(".hear-said"); // there is none in a jungle without a language
  const { lang } = document.querySelector(".writing").dataset;
  let printed = null;
  let shown = "";
  // What stands there now is the card's own.
  window.keepPrinted = () => { [printed, shown] = [[[...list.childNodes], line && line.textContent], ""]; };
  window.keepPrinted();

  // Shows a visitor's sentence on the card, or with none what is printed there.
  window.showSaid = (text) => {
    const words = window.readSaid(text);
    if (!words.length && !shown) return;
    shown = words.length ? text : "";
    if (words.length) window.setWords(list, words, lang);
    else list.replaceChildren(...printed[0]);
    if (line) {
      line.textContent = words.length ? "" : printed[1];
      line.hidden = !line.textContent;
    }
    if (hear && !window.summonedBeast) hear.hidden = !words.length;
  };
  if (hear) hear.addEventListener("click", () => {
    const beast = window.summonedBeast ? window.summonedBeast() : JSON.parse(card.dataset.beast);
    window.sayList(list, beast, { mood: card.dataset.mood || "", button: hear });
  });
})();
