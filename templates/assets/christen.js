// What a summoned beast is called, what it says, and whose voice says it: by words and seed alone.
"use strict";
(() => {
  const own = (table, word) => (Object.hasOwn(table, word) ? [table[word]] : []);

  // { name, phrase: [[[form, gloss], …], translation], mood } from the table of sayings.
  window.christen = ({ pairs, names, phrases }, { asked, seed }, { tokens, groups }) => {
    const fitting = asked.flatMap((look) => own(pairs, look).flatMap((table) => asked.flatMap((around) => own(table, around))));
    const known = fitting.length ? fitting : names;
    const hour = asked.find((token) => Object.hasOwn(phrases, token)) || "day";
    return {
      name: known[seed % known.length][0],
      phrase: phrases[hour][Math.floor(seed / 7) % phrases[hour].length],
      mood: asked.filter((token) => groups[tokens.indexOf(token)] === "mood").join(" "),
    };
  };

  // The beast that speaks, for say.js: of several bodies that its words name, what lies between.
  window.embody = ({ bodies, sizes }, { asked, seed }) => {
    const found = asked.flatMap((token) => own(bodies, token));
    const mean = (side) => Math.exp(found.reduce((sum, one) => sum + Math.log(one[side]), 0) / found.length);
    return {
      seed,
      body: found.length ? [mean(0), mean(1), found.flatMap((one) => one[2])] : [],
      size: asked.flatMap((token) => own(sizes, token)).reduce((product, one) => product * one, 1),
    };
  };
})();
