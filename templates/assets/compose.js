// A sentence put together from the dictionary's words: shown, heard, and put on a card.
"use strict";
(() => {
  const MOST = 12; // words
  const root = document.documentElement.dataset.root;
  const bar = document.querySelector(".sentence");
  const list = bar.querySelector(".phrase");
  const [hear, undo, clear, put] = [".speak", ".undo", ".clear", ".put"].map((one) => bar.querySelector(one));
  const dialog = document.querySelector(".choosing");
  const size = bar.querySelector("[name=size]");
  let words = window.readSaid(String(window.recall("sentence").said || ""));

  function show() {
    window.setWords(list, words, bar.dataset.lang);
    bar.hidden = !words.length;
    bar.querySelector(".full").hidden = words.length < MOST;
    window.remember("sentence", { said: window.spellSaid(words) });
  }

  // What a word means, in one word: the first of its meanings.
  const glossOf = (lemma) => {
    const sense = lemma.querySelector(".sense");
    const text = sense ? sense.textContent.split(/[,;(]/)[0].trim().replace(/^(?:to|an?|the) /, "") : "";
    return text.replace(/[\s=<>]+/g, ".").slice(0, 40);
  };

  window.addWord = (lemma) => {
    if (words.length < MOST) words.push([lemma.querySelector("dfn").textContent, glossOf(lemma)]);
    show();
  };
  undo.addEventListener("click", () => { words.pop(); show(); });
  clear.addEventListener("click", () => { words = []; show(); });
  hear.addEventListener("click", () => {
    const seed = window.seedOf(words.map(([form]) => form).join(" "));
    window.sayList(list, { seed, ...window.bodyOf(size.value) }, { button: hear });
  });

  // -- Which card: the one that the visitor came from, those that say some of the words, others -----

  function place({ url, title, thumb }) {
    const made = document.querySelector("#choice").content.firstElementChild.cloneNode(true);
    const link = made.querySelector("a");
    link.href = `${root}${url}#say=${encodeURIComponent(window.spellSaid(words))}`;
    made.querySelector("bdi").textContent = title;
    if (thumb) made.querySelector("img").src = root + thumb;
    else made.querySelector("img").remove();
    return made;
  }

  put.addEventListener("click", async () => {
    await window.fetchScript("rows");
    const rows = await window.loadRows().catch(() => []);
    const from = new URLSearchParams(location.search).get("for");
    const forms = words.map(([form]) => form.toLowerCase());
    const rate = (row) => (decodeURIComponent(row.url) === from ? 100 : 0) + forms.filter((form) => row.phrase.toLowerCase().includes(form)).length;
    const chosen = rows.map((row) => [rate(row), window.seedOf(window.spellSaid(words) + row.url), row])
      .sort(([one, first], [other, second]) => other - one || first - second).slice(0, 8).map(([, , row]) => row);
    if (dialog.dataset.summon) {
      const summoned = { url: "summon.html", title: dialog.dataset.summon };
      chosen.splice(from === "summon.html" ? 0 : chosen.length, 0, summoned);
    }
    dialog.querySelector("ul").replaceChildren(...chosen.map(place));
    dialog.showModal();
  });

  show();
})();
