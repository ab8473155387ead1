// The listening walk: one card speaks, then the nearest that has not spoken yet. It goes on, from
// where it was, when another page of the jungle is opened.
"use strict";
(() => {
  const root = document.documentElement.dataset.root;
  const button = document.querySelector("[name=walk]"); // on the rack alone
  const audio = new Audio();
  let state = null; // words, tag, visited, index, time, playing
  let bar = null;
  let pause = 0;

  function make(tag, name, ...inside) {
    const one = document.createElement(tag);
    one.className = name;
    one.append(...inside);
    return one;
  }

  function press(name, sign, words, act) {
    const one = make("button", name, make("span", "sign", sign), make("span", "button-words", words));
    one.type = "button";
    one.firstChild.setAttribute("aria-hidden", "true");
    one.addEventListener("click", act);
    return one;
  }

  function build({ words, tag }) {
    const picture = make("img", "walk-picture");
    Object.assign(picture, { alt: "", width: 64, height: 64 });
    const title = make("a", "walk-title");
    const phrase = make("span", "walk-phrase");
    const translation = make("span", "walk-translation");
    phrase.lang = tag;
    for (const one of [title, phrase, translation]) one.dir = "auto";
    const line = make("p", "walk-line", make("span", "walk-now", words.now), " ", title, " ", phrase, " ", translation);
    line.setAttribute("role", "status");
    bar = make("div", "walk", picture, line,
      press("walk-on", "▸", words.on, () => play()),
      press("walk-next", "→", words.next, step),
      press("walk-stop", "×", words.stop, () => { stop(); (button || document.querySelector("main")).focus(); }));
    document.querySelector("main").append(bar);
  }

  const keep = () => window.remember("walk", state);

  let channel = null;
  try {
    channel = new BroadcastChannel("jungle voice"); // one sound at a time on all pages
    channel.onmessage = () => {
      if (!state) return;
      if (button) stop();
      else rest();
    };
  } catch { /* opened from disk */ }

  // Something else speaks, or the browser wants to be asked: the walk waits.
  function rest() {
    clearTimeout(pause);
    audio.pause();
    if (!bar) return;
    bar.querySelector(".walk-on").hidden = false;
    mark(null);
  }

  async function play() {
    if (channel) channel.postMessage("mine");
    bar.querySelector(".walk-on").hidden = true;
    state.playing = true;
    keep();
    try {
      await audio.play();
    } catch (error) {
      if (error.name === "NotAllowedError") rest();
      else if (error.name !== "AbortError") stop();
    }
  }

  async function visit(index, time = 0, speak = true) {
    const card = (await window.loadRows())[index];
    if (!card) { stop(); return; }
    if (!bar) build(state);
    if (!state.visited.includes(index)) state.visited.push(index);
    Object.assign(state, { index, time });
    keep();
    bar.querySelector(".walk-picture").src = root + card.thumb;
    const title = bar.querySelector(".walk-title");
    title.textContent = card.title;
    title.href = root + card.url;
    bar.querySelector(".walk-phrase").textContent = card.phrase;
    bar.querySelector(".walk-translation").textContent = card.translation;
    audio.src = root + card.sound;
    if (time) audio.currentTime = time;
    mark(card);
    if (speak) play();
    else rest();
  }

  // The card that speaks stands out on the rack.
  function mark(card) {
    for (const one of document.querySelectorAll(".slot.speaking")) one.classList.remove("speaking");
    if (!card || !button) return;
    const { pathname } = new URL(root + card.url, location.href);
    const link = [...document.querySelectorAll(".rack .title a")].find((one) => one.pathname === pathname);
    if (!link) return;
    link.closest(".slot").classList.add("speaking");
    link.closest(".slot").scrollIntoView({ block: "center" });
  }

  async function step() {
    clearTimeout(pause);
    const cards = await window.loadRows();
    const free = (card) => card.sound && !state.visited.includes(card.index);
    const next = cards[state.index].near.map((index) => cards[index]).find(free) || cards.find(free);
    if (next) visit(next.index);
    else stop();
  }

  function stop() {
    clearTimeout(pause);
    audio.pause();
    if (bar) bar.remove();
    [bar, state] = [null, null];
    keep();
    if (button) button.textContent = button.dataset.start ?? button.textContent;
    mark(null);
  }

  function begin(visited) {
    const { now, next, on, stop: end, tag } = button.dataset;
    state = { words: { now, next, on, stop: end }, tag, visited, index: 0, time: 0, playing: true };
    show();
  }

  function show() {
    if (!button) return;
    button.dataset.start ??= button.textContent;
    button.textContent = button.dataset.stop;
  }

  window.takeWalk = async () => {
    if (state) { stop(); return; }
    begin([]);
    const cards = await window.loadRows();
    const links = [...document.querySelectorAll(".rack .title a")].map((one) => one.pathname);
    const order = new Map(links.map((path, at) => [path, at]));
    const here = cards.filter((card) => card.sound && order.has(new URL(root + card.url, location.href).pathname));
    const place = (card) => order.get(new URL(root + card.url, location.href).pathname);
    const [first] = here.sort((a, b) => place(a) - place(b));
    if (first) visit(first.index);
    else stop();
  };

  // What an earlier page left.
  function resume() {
    const kept = window.recall("walk");
    if (!Array.isArray(kept.visited) || !kept.words) return;
    state = kept;
    show();
    visit(state.index, Number(state.time) || 0, state.playing === true);
  }

  audio.addEventListener("ended", () => { pause = setTimeout(step, 900); });
  addEventListener("pagehide", () => {
    if (!state) return;
    state.playing = bar ? bar.querySelector(".walk-on").hidden : false;
    state.time = audio.ended ? 0 : audio.currentTime;
    keep();
    clearTimeout(pause);
    audio.pause();
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    if (bar) bar.remove();
    [bar, state] = [null, null];
    if (button) button.textContent = button.dataset.start ?? button.textContent;
    mark(null);
    resume();
  });
  resume();
})();
