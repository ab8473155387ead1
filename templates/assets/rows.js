// The cards of the whole jungle, from search.js, when something first asks for them. That is a
// script, since a page opened from disk may not fetch files.
"use strict";
(() => {
  let rows = null;
  window.loadRows = () => {
    rows ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      window.jungle = (list) => done(list.map(([url, title, text, light, warmth, thumb, sound, phrase, translation, [colour, animal, mood, place, says], near], index) => ({
        url, title, text, light, warmth, thumb, sound, phrase, translation, colour, animal, mood, place, says, near, index,
      })));
      script.onerror = failed;
      script.src = document.documentElement.dataset.root + "search.js";
      document.head.append(script);
    });
    return rows;
  };
})();
