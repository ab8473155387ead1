// The dictionary's search and its spoken words; writing a name in the jungle's letters.
"use strict";
(() => {
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  const finder = document.querySelector(".words");
  if (finder) {
    const found = finder.querySelector(".found");
    const lemmas = [...document.querySelectorAll(".lemma")].map((place) => ({
      place,
      text: fold(place.querySelector("dfn").textContent + " " + place.querySelector(".sense").textContent),
    }));
    finder.addEventListener("submit", (event) => event.preventDefault());
    finder.addEventListener("input", () => {
      const asked = fold(finder.elements.word.value.trim());
      for (const { place, text } of lemmas) place.hidden = !text.includes(asked);
      let any = false;
      for (const section of document.querySelectorAll(".letter-section")) {
        section.hidden = !section.querySelector(".lemma:not([hidden])");
        any ||= !section.hidden;
      }
      found.textContent = any ? "" : found.dataset.none;
    });

    const audio = new Audio();
    let until = 0;
    const watch = () => {
      if (audio.currentTime >= until) audio.pause();
      else if (!audio.paused) requestAnimationFrame(watch);
    };
    document.addEventListener("click", async (event) => {
      const button = event.target.closest(".hear");
      if (!button) return;
      until = Number(button.dataset.end);
      audio.src = button.dataset.sound;
      audio.currentTime = Number(button.dataset.start);
      try {
        await audio.play();
        watch();
      } catch { /* refused or replaced by the next word */ }
    });
  }

  const form = document.querySelector(".name-form");
  if (form) {
    const table = JSON.parse(form.dataset.names);
    const written = form.querySelector(".written-name .script");
    const roman = form.querySelector(".written-name .roman");
    // The longest key that fits at each place; letters that the table lacks are passed over.
    const fit = (name) => {
      const text = fold(name);
      let fitted = "";
      for (let at = 0; at < text.length;) {
        const length = [3, 2, 1].find((many) => text.slice(at, at + many).length === many && text.slice(at, at + many) in table);
        if (length) fitted += table[text.slice(at, at + length)];
        else if (text[at] === " ") fitted += " ";
        at += length || 1;
      }
      return fitted;
    };
    const write = () => {
      const name = fit(form.elements.name.value);
      written.textContent = name;
      roman.textContent = name;
    };
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", write);
    write();
  }
})();
