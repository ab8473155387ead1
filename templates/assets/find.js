// What the rack's form asks for: search, order, browsing by colour, animal, hour, mood and place,
// the card of the day, any card. What finds nothing is offered what is nearest to it.
"use strict";
(() => {
  const form = document.querySelector(".finder");
  const rack = document.querySelector(".rack");
  const { q, hour, sort, browse } = form.elements;
  const found = form.querySelector(".found");
  const root = document.documentElement.dataset.root;
  const resting = [...rack.children];
  const slots = new Map(resting.map((slot, at) => [Number(rack.dataset.first) + at, slot]));
  const MOST = 120; // cards shown at once
  const KINDS = ["colour", "animal", "mood", "place", "says"];
  const picks = {}; // what is picked of each kind
  const words = browse.dataset;

  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

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

  // -- Searching --------------------------------------------------------------------

  const ask = (text) => fold(text).split(/\s+/).filter(Boolean);
  const holds = (card, word) => forms(word).some((form) => card.text.includes(form));
  const bears = (card, kind, mark) => (kind === "says" ? card.says.includes(mark) : card[kind] === mark);
  const picked = () => KINDS.filter((kind) => picks[kind]);
  const passes = (card) => (!hour.value || card.light === Number(hour.value))
    && picked().every((kind) => bears(card, kind, picks[kind]));
  const search = (asked, everywhere) => cards.filter((card) => (everywhere || passes(card)) && asked.every((word) => holds(card, word)));

  async function arrange() {
    await load();
    const asked = ask(q.value);
    const plain = !asked.length && !hour.value && sort.value === "posted" && !picked().length;
    const fit = search(asked).sort(orders[sort.value]);
    rack.replaceChildren(...(plain ? resting : fit.slice(0, MOST).map(slot)));
    const { many, one, none } = found.dataset;
    found.textContent = plain ? "" : fit.length === 0 ? none : fit.length === 1 ? one : many.replace("{n}", fit.length);
    const turning = document.querySelector(".turning");
    if (turning) turning.hidden = !plain;
    offer(...(plain || fit.length ? [[], false] : nearest(asked)));
    showPicks();
    remember(plain);
  }

  function remember(plain) {
    const values = [["q", q.value], ["hour", hour.value], ["sort", sort.value], ...KINDS.map((kind) => [kind, picks[kind]])];
    const query = new URLSearchParams(plain ? [] : values.filter(([, value]) => value));
    try {
      history.replaceState(null, "", plain ? location.pathname : "?" + query);
    } catch { /* opened from disk */ }
  }

  // -- What is nearest to a search that finds nothing -----------------------------------

  // Edits that turn one word into the other (Levenshtein, 1965), at most `most`.
  function distance(one, other, most) {
    if (Math.abs(one.length - other.length) > most) return most + 1;
    let row = Array.from({ length: other.length + 1 }, (_, at) => at);
    for (let at = 1; at <= one.length; at += 1) {
      const next = [at];
      for (let to = 1; to <= other.length; to += 1) {
        next[to] = Math.min(row[to] + 1, next[to - 1] + 1, row[to - 1] + (one[at - 1] !== other[to - 1]));
      }
      row = next;
    }
    return row[other.length];
  }

  // The jungle's words that are most like `word`.
  function alike(word) {
    const most = Math.max(1, Math.floor(word.length / 3));
    const known = new Set(cards.flatMap((card) => card.text.split(/[^\p{L}-]+/u)).filter((one) => one.length > 2));
    return [...known].map((one) => [one.startsWith(word) || (one.length > 3 && word.startsWith(one)) ? 1 : distance(word, one, most), one])
      .filter(([far]) => far <= most).sort(([a], [b]) => a - b).slice(0, 3).map(([, one]) => one);
  }

  // Searches that find something, the likest first: words put right, then each word alone; if what
  // is picked allows none, without it.
  function nearest(asked) {
    const right = asked.map((word) => (cards.some((card) => holds(card, word)) ? [word] : alike(word)));
    const whole = right.reduce((all, some) => all.flatMap((line) => some.map((word) => [...line, word])), [[]]);
    const single = right.flat().map((word) => [word]);
    const seen = new Set();
    const lines = [...whole.slice(0, 27), ...single].filter((line) => line.length && !seen.has(line.join(" ")) && seen.add(line.join(" ")));
    const found = (everywhere) => lines.filter((line) => search(line, everywhere).length).slice(0, 4);
    return found(false).length ? [found(false), false] : [found(true), true];
  }

  const make = (tag, name, ...inside) => {
    const one = document.createElement(tag);
    one.className = name;
    one.append(...inside);
    return one;
  };
  const chip = (text, act, name = "chip") => {
    const one = make("button", name, text);
    one.type = "button";
    one.addEventListener("click", act);
    return one;
  };

  const offers = make("p", "offers");
  const panel = make("div", "panel");
  const active = make("p", "offers picked");
  panel.hidden = offers.hidden = active.hidden = true;
  found.after(offers);
  found.before(panel, active);

  function offer(lines, everywhere) {
    offers.hidden = !lines.length && found.textContent !== found.dataset.none;
    const go = (text, free) => {
      if (free) for (const kind of KINDS) delete picks[kind];
      if (free) hour.value = "";
      q.value = text;
      q.focus();
      arrange();
    };
    const chips = lines.map((line) => chip(line.join(" "), () => go(line.join(" "), everywhere)));
    const all = chip(words.all, () => go("", true));
    offers.replaceChildren(words.near, " ", ...chips, all);
  }

  // -- Browsing: a list of marks to tap ---------------------------------------------------

  function pick(kind, mark) {
    if (kind === "hour") hour.value = hour.value === mark ? "" : mark;
    else if (picks[kind] === mark) delete picks[kind];
    else picks[kind] = mark;
    arrange();
  }

  const isPicked = (kind, mark) => (kind === "hour" ? hour.value : picks[kind]) === mark;
  const hours = [...hour.options].slice(1);

  function showPicks() {
    active.replaceChildren(...picked().map((kind) => {
      const one = chip(`${words[kind]}: ${picks[kind]} `, () => { pick(kind, picks[kind]); q.focus(); });
      one.append(make("span", "unseen-heading", words.drop), "×");
      return one;
    }));
    active.hidden = !picked().length;
    for (const one of panel.querySelectorAll("button")) one.setAttribute("aria-pressed", isPicked(one.dataset.kind, one.dataset.mark));
  }

  function list(kind) {
    const count = new Map(kind === "hour" ? hours.map((one) => [one.value, 0]) : []);
    for (const card of cards) {
      const mark = kind === "hour" ? String(card.light) : card[kind];
      if (mark) count.set(mark, (count.get(mark) || 0) + 1);
    }
    return [...count].filter(([, many]) => many).sort(([a], [b]) => a.localeCompare(b));
  }

  function openPanel() {
    panel.replaceChildren(...["colour", "animal", "hour", "mood", "place"].map((kind) => {
      const chips = list(kind).map(([mark, many]) => {
        const name = kind === "hour" ? hours.find((one) => one.value === mark).text : mark;
        const one = chip(make("bdi", "", name), () => pick(kind, mark));
        one.append(make("span", "many", many));
        Object.assign(one.dataset, { kind, mark });
        return one;
      });
      const group = make("div", "group", make("span", "group-name", words[kind]), ...chips);
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", words[kind]);
      group.hidden = !chips.length;
      return group;
    }));
    showPicks();
  }

  window.arrangeRack = arrange;
  window.openDoor = async (name) => {
    if (!["browse", "today", "random"].includes(name)) return;
    await load();
    if (name === "browse") {
      panel.hidden = !panel.hidden;
      browse.setAttribute("aria-expanded", !panel.hidden);
      openPanel();
      return;
    }
    const now = new Date();
    const day = Math.floor(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()) / 864e5);
    const at = name === "today" ? day % cards.length : Math.floor(Math.random() * cards.length);
    location.href = root + cards[at].url;
  };

  // What the address asks for.
  const kept = new URLSearchParams(location.search);
  for (const field of [q, hour, sort]) if (kept.has(field.name)) field.value = kept.get(field.name);
  if (!sort.value) sort.value = "posted";
  for (const kind of KINDS) if (kept.get(kind)) picks[kind] = kept.get(kind).slice(0, 200);
})();
