// The dictionary's search and spoken words; a name written in the jungle's letters, and spoken. A
// sentence of the visitor's own is compose.js's, fetched with its first word.
"use strict";
(() => {
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  const finder = document.querySelector(".words");
  if (finder) {
    const found = finder.querySelector(".found");
    const lemmas = [...document.querySelectorAll(".lemma")].map((place) => {
      const form = fold(place.querySelector("dfn").textContent);
      const sense = fold(place.querySelector(".sense").textContent);
      return { place, form, senses: sense.split(/[^\p{L}]+/u), text: [form, sense, fold(place.dataset.forms || "")].join(" ") };
    });
    // Where no entry holds what was typed, it may be inflected: in English, or with affixes.
    const bare = (word) => [word.replace(/(e?s|e?d|ing)$/, ""), word.replace(/ie[sd]$/, "y"), word.replace(/(.)\1(ed|ing)$/, "$1"),
      word.replace(/([ml])ice$/, "$1ouse"), word.replace(/oxen$/, "ox"), word.replace(/ves$/, "f"),
      word.replace(/(.)ee(se|t|th)$/, "$1oo$2")];
    const inflects = (asked, { form, senses }) => (form.length > 2 && asked.includes(form))
      || bare(asked).some((stem) => stem.length > 2 && senses.some((sense) => sense === stem || sense === stem + "e"));
    finder.addEventListener("submit", (event) => event.preventDefault());
    finder.addEventListener("input", () => {
      const asked = fold(finder.elements.word.value.trim());
      const exact = lemmas.some(({ text }) => text.includes(asked));
      for (const lemma of lemmas) lemma.place.hidden = exact ? !lemma.text.includes(asked) : !inflects(asked, lemma);
      let any = false;
      for (const section of document.querySelectorAll(".letter-section")) {
        section.hidden = !section.querySelector(".lemma:not([hidden])");
        any ||= !section.hidden;
      }
      found.textContent = any ? "" : found.dataset.none;
    });

    let channel = null;
    try {
      channel = new BroadcastChannel("jungle voice"); // one sound at a time on all pages
      channel.onmessage = () => window.stopPiece();
    } catch { /* opened from disk: no messages between pages */ }
    const compose = () => window.fetchScript("say").then(() => window.fetchScript("sentence")).then(() => window.fetchScript("compose"));
    if (window.recall("sentence").said) compose();
    document.addEventListener("click", (event) => {
      const add = event.target.closest(".add");
      if (add) compose().then(() => window.addWord(add.closest(".lemma"))).catch(() => {});
      const button = event.target.closest(".hear");
      if (!button) return;
      if (channel) channel.postMessage("mine");
      const { sound, start, end } = button.dataset;
      window.playPiece(sound, Number(start), Number(end)).catch(() => {});
    });
  }

  const form = document.querySelector(".name-form");
  if (form) {
    const table = JSON.parse(form.dataset.names);
    const written = form.querySelector(".written-name .script");
    const roman = form.querySelector(".written-name .roman");
    const lacking = form.querySelector(".lacking");
    // At each position: the longest key that matches, or else the letter without its accent; other
    // letters are skipped. Words begin with a capital, which the script writes like a small letter.
    const fit = (name) => name.normalize("NFC").toLowerCase().split(/\s+/).map((word) => {
      let fitted = "";
      for (let at = 0; at < word.length;) {
        const many = [3, 2, 1].find((length) => at + length <= word.length && word.slice(at, at + length) in table) || 1;
        const part = word.slice(at, at + many);
        fitted += table[part] ?? table[part.normalize("NFD")[0]] ?? "";
        at += many;
      }
      return fitted.charAt(0).toUpperCase() + fitted.slice(1);
    }).join(" ");
    const write = () => {
      const name = fit(form.elements.name.value);
      written.textContent = name;
      roman.textContent = name;
      lacking.hidden = !form.elements.name.value.trim().split(/\s+/).some((word) => word && !fit(word));
    };
    const speak = form.querySelector(".speak");
    const lit = (on) => {
      written.classList.toggle("now", on);
      speak.setAttribute("aria-pressed", on);
    };
    const say = async () => {
      window.ears ??= new AudioContext();
      await window.fetchScript("say");
      const seed = window.seedOf(roman.textContent);
      lit(true);
      await window.sayAloud(roman.textContent, { seed, ...window.bodyOf(form.elements.size.value) }, { end: () => lit(false) });
    };
    speak.addEventListener("click", () => say().catch(() => { lit(false); form.querySelector(".hushed").hidden = false; }));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", write);
    write();
  }
})();
