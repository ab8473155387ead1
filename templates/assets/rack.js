// The rack: search, order, card of the day, any card, arrow keys, and the listening walk.
"use strict";
(() => {
  const form = document.querySelector(".finder");
  const rack = document.querySelector(".rack");
  if (!form || !rack) return;
  const { q, hour, sort, today, random, walk } = form.elements;
  const found = form.querySelector(".found");
  const root = document.documentElement.dataset.root;
  const resting = [...rack.children];
  const slots = new Map(resting.map((slot, at) => [Number(rack.dataset.first) + at, slot]));
  const MOST = 120; // cards shown at once

  // Browsers load lazy pictures far below the screen. These are only loaded within 400 pixels.
  const watcher = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
      if (!isIntersecting) continue;
      target.classList.add("near");
      watcher.unobserve(target);
    }
  }, { rootMargin: "400px 0px" });
  for (const place of resting) watcher.observe(place);
  window.rackReady = true;

  // search.js is a script, since a page opened from disk may not fetch files.
  let rows = null;
  function load() {
    rows ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      window.jungle = (list) => done(list.map(([url, title, text, light, warmth, thumb, sound, phrase, translation, near], index) => ({
        url, title, light, warmth, thumb, sound, phrase, translation, near, index,
        text: fold([title, text, phrase, translation].join(" ")),
      })));
      script.onerror = failed;
      script.src = root + "search.js";
      document.head.append(script);
    });
    return rows;
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
    const cards = await load();
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

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", arrange);
  q.addEventListener("focus", load, { once: true });
  today.addEventListener("click", async () => {
    const cards = await load();
    const now = new Date();
    const day = Math.floor(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()) / 864e5);
    location.href = root + cards[day % cards.length].url;
  });
  random.addEventListener("click", async () => {
    const cards = await load();
    location.href = root + cards[Math.floor(Math.random() * cards.length)].url;
  });

  const kept = new URLSearchParams(location.search);
  if (kept.has("sort")) {
    q.value = kept.get("q");
    hour.value = kept.get("hour");
    sort.value = kept.get("sort");
    arrange();
  }

  // -- Arrow keys, while a card of the rack has the focus ---------------------------

  rack.addEventListener("keydown", (event) => {
    const links = [...rack.querySelectorAll(".title a")];
    const at = links.indexOf(document.activeElement);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const line = links[0].closest(".slot").offsetTop;
    const across = Math.max(1, links.filter((link) => link.closest(".slot").offsetTop === line).length);
    const ahead = document.documentElement.dir === "rtl" ? -1 : 1;
    const to = { ArrowRight: at + ahead, ArrowLeft: at - ahead, ArrowDown: at + across, ArrowUp: at - across, Home: 0, End: links.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (links[to]) links[to].focus();
  });

  // -- The listening walk: one card speaks, then the nearest that has not spoken yet ----

  const bar = document.querySelector(".walk");
  const audio = new Audio();
  const visited = new Set();
  let pause = 0;
  let channel = null;
  try {
    channel = new BroadcastChannel("jungle voice");
    channel.onmessage = () => stop();
  } catch { /* opened from disk */ }

  async function visit(card) {
    if (!card) { stop(); return; }
    visited.add(card.index);
    mark(slots.get(card.index));
    bar.hidden = false;
    bar.querySelector(".walk-picture").src = root + card.thumb;
    const title = bar.querySelector(".walk-title");
    title.textContent = card.title;
    title.href = root + card.url;
    bar.querySelector(".walk-phrase").textContent = card.phrase;
    bar.querySelector(".walk-translation").textContent = card.translation;
    if (channel) channel.postMessage("mine");
    audio.src = root + card.sound;
    audio.dataset.index = card.index;
    try {
      await audio.play();
    } catch (error) {
      if (error.name !== "AbortError") stop();
    }
  }

  function mark(place) {
    for (const one of rack.querySelectorAll(".speaking")) one.classList.remove("speaking");
    if (!place || !place.isConnected) return;
    place.classList.add("speaking");
    place.scrollIntoView({ block: "center" });
  }

  async function step() {
    clearTimeout(pause);
    const cards = await load();
    const free = (card) => card.sound && !visited.has(card.index);
    const near = cards[Number(audio.dataset.index)].near.map((index) => cards[index]);
    visit(near.find(free) || cards.find(free));
  }

  function stop() {
    clearTimeout(pause);
    audio.pause();
    bar.hidden = true;
    walk.textContent = walk.dataset.start;
    walking = false;
    mark(null);
  }

  let walking = false;
  walk.dataset.start = walk.textContent;
  walk.addEventListener("click", async () => {
    if (walking) { stop(); return; }
    walking = true;
    walk.textContent = walk.dataset.stop;
    visited.clear();
    const cards = await load();
    const index = new Map([...slots].map(([at, place]) => [place, at]));
    visit([...rack.children].map((place) => cards[index.get(place)]).find((card) => card.sound));
  });
  audio.addEventListener("ended", () => { pause = setTimeout(step, 900); });
  bar.querySelector(".walk-next").addEventListener("click", step);
  bar.querySelector(".walk-stop").addEventListener("click", () => { stop(); walk.focus(); });
})();
