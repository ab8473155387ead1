// What a visitor asks a model for, in free words: those that it knows, and those that it does not.
"use strict";
window.readWords = (facts) => {
  const ORDER = new Set(facts.tokens);

  // What the singular of a word may be, if it is a plural.
  const singulars = (word) => [word, word.replace(/ies$/, "y"), word.replace(/es$/, ""), word.replace(/s$/, "")];
  const NAMES = new Map([...Object.entries(facts.synonyms).map(([word, token]) => [word.toLowerCase(), token]), ...facts.tokens.map((token) => [token, token])]);
  const SILENT = /^(?:an?|and|at|by|in|of|on|the|with|is|it|its|under|near|to|from|some|very|beside|like)$/;

  // The model's words in a text, longest names first, and those that it does not know.
  return (text) => {
    const words = text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) || [];
    const [known, unknown] = [new Set(), new Set()];
    for (let at = 0; at < words.length;) {
      let length = Math.min(4, words.length - at);
      let token;
      for (; length; length -= 1) {
        token = singulars(words.slice(at, at + length).join(" ")).map((one) => NAMES.get(one)).find((one) => ORDER.has(one));
        if (token) break;
      }
      if (token) known.add(token);
      else if (words[at].includes("-")) words.splice(at + 1, 0, ...words[at].split("-"));
      else if (!SILENT.test(words[at])) unknown.add(words[at]);
      at += length || 1;
    }
    return { known: [...known], unknown: [...unknown] };
  };
};
