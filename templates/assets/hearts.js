// The visitor's drawer: which cards, and which letters on them, this browser keeps. It is in this
// browser's own storage and goes nowhere.
"use strict";
(() => {
  // Sites of one account share an origin and its storage.
  const NAME = "drawer " + new URL(document.documentElement.dataset.root || "./", location.href).pathname;
  const MOST = 2000;
  // A card's name; after a "#", the text of a letter on it.
  const ENTRY = /^[^#\p{Cc}]{1,200}(?:#[\w-]{1,40000})?$/u;

  // What of a list from anywhere can be entries, each once.
  const sift = (list) => [...new Set(Array.isArray(list) ? list.slice(0, 2 * MOST) : [])]
    .filter((entry) => typeof entry === "string" && ENTRY.test(entry)).slice(0, MOST);

  function read() {
    try {
      return sift(JSON.parse(localStorage.getItem(NAME)));
    } catch {
      return []; // no storage, or no list
    }
  }

  // Whether the browser keeps it.
  function write(list) {
    try {
      localStorage.setItem(NAME, JSON.stringify(sift(list)));
      return true;
    } catch {
      return false;
    }
  }

  window.drawer = {
    read, sift, write,
    add: (list) => write([...read(), ...list]),
    remove: (list) => write(read().filter((entry) => !list.includes(entry))),
  };

  // -- The heart on a card's page ---------------------------------------------------

  const heart = document.querySelector(".heart");
  if (!heart) return;
  const { slug } = document.querySelector(".postcard").dataset;
  const told = document.querySelector(".kept");
  // With a letter that came in the link, the letter is kept too.
  const entry = () => {
    const letter = /^#card=([\w-]+)/.exec(location.hash);
    return letter && !document.querySelector(".answer").hidden ? `${slug}#${letter[1]}` : slug;
  };
  const show = () => heart.setAttribute("aria-pressed", read().includes(entry()));

  heart.addEventListener("click", () => {
    const one = entry();
    const kept = read().includes(one);
    const done = kept ? window.drawer.remove([one]) : window.drawer.add([one]);
    const { kept: yes, dropped, full } = told.dataset;
    told.textContent = done ? (kept ? dropped : yes) : full;
    show();
  });
  addEventListener("storage", show);
  addEventListener("hashchange", show);
  addEventListener("pageshow", show);
  new MutationObserver(show).observe(document.querySelector(".answer"), { attributeFilter: ["hidden"] });
  show();
})();
