// What the rack's form asks for: search, order, the card of the day, any card.
"use strict";
(() => {
  const form = document.querySelector(".finder");
  const rack = document.querySelector(".rack");
  const { q, hour, sort } = form.elements;
  const found = form.querySelector(".found");
  const root = document.documentElement.dataset.root;
  const resting = [...rack.children];
  const slots = new Map(resting.map((slot, at) => [Number(rack.dataset.first) + at, slot]));
  const MOST = 120; // cards shown at once

  let cards = null;
  async function load() {
    cards ??= (await window.loadRows()).map((card) => ({
      ...card, text: fold([card.title, card.text, card.phrase, card.translation].join(" ")),
    }));
    return cards;
  }

  // A word, and what it may be the English plural or singular of.
  const ODD = [["mice", "mouse"], ["lice", "louse"], ["geese", "goose"], ["feet", "foot"], ["teeth", "tooth"],
    ["oxen", "ox"], ["ves", "f"], ["ves", "fe"]];
  const swap = (word, from, to) => word.endsWith(from) && (from !== "ves" || word.length > 4) ? word.slice(0, -from.length) + to : word;
  const forms = (word) => [word, word.replace(/(.[^s])s$/, "$1"), word.replace(/(.[sxzh])es$/, "$1"),
    word.replace(/(..)ies$/, "$1y"), word.replace(/(..)y$/, "$1ies"),
    ...ODD.flatMap(([many, one]) => [swap(word, many, one), swap(word, one, many)])];

  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

  function slot(card) {
    if (!slots.has(card.index)) {
      const made = document.querySelector("#slot").content.firstElementChild.cloneNode(true);
      const link = made.querySelector("a");
      const picture = made.querySelector("img");
      link.textContent = card.title;
      link.href = root + card.url;
      if (card.thumb) picture.src = root + card.thumb;
      else picture.remove();
      made.querySelector(".card").classList.add("tilt-" + (card.index * 5) % 9);
      slots.set(card.index, made);
    }
    return slots.get(card.index);
  }

  const orders = {
    posted: (a, b) => a.index - b.index,
    title: (a, b) => a.title.localeCompare(b.title),
    hour: (a, b) => a.light - b.light || a.index - b.index,
    colour: (a, b) => a.warmth - b.warmth || a.index - b.index,
  };

  async function arrange() {
    await load();
    const asked = fold(q.value).split(/\s+/).filter(Boolean);
    const plain = !asked.length && !hour.value && sort.value === "posted";
    const fit = cards.filter((card) => (!hour.value || card.light === Number(hour.value))
      && asked.every((word) => forms(word).some((form) => card.text.includes(form)))).sort(orders[sort.value]);
    rack.replaceChildren(...(plain ? resting : fit.slice(0, MOST).map(slot)));
    const { many, one, none } = found.dataset;
    found.textContent = plain ? "" : fit.length === 0 ? none : fit.length === 1 ? one : many.replace("{n}", fit.length);
    const turning = document.querySelector(".turning");
    if (turning) turning.hidden = !plain;
    remember(plain);
  }

  function remember(plain) {
    const query = new URLSearchParams(plain ? [] : [["q", q.value], ["hour", hour.value], ["sort", sort.value]]);
    try {
      history.replaceState(null, "", plain ? location.pathname : "?" + query);
    } catch { /* opened from disk */ }
  }

  window.arrangeRack = arrange;
  window.openDoor = async (name) => {
    await load();
    const now = new Date();
    const day = Math.floor(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()) / 864e5);
    const at = name === "today" ? day % cards.length : Math.floor(Math.random() * cards.length);
    location.href = root + cards[at].url;
  };

  const kept = new URLSearchParams(location.search);
  for (const field of [q, hour, sort]) if (kept.has(field.name)) field.value = kept.get(field.name);
  if (!sort.value) sort.value = "posted";
})();
