// Beasts say anything: speak.js makes the sound, in a worker, or here on a page opened from disk.
"use strict";
(() => {
  const root = document.documentElement.dataset.root;
  const waiting = new Map();
  let worker = null;
  let playing = null;
  let turn = 0; // of questions, so that only the answer to the latest is heard

  let channel = null;
  try {
    channel = new BroadcastChannel("jungle voice"); // one sound at a time on all pages
    channel.onmessage = () => window.stopSaying();
  } catch { /* opened from disk: no messages between pages */ }

  function open() {
    try {
      const found = new Worker(`${root}assets/speak.js`);
      found.onmessage = ({ data }) => waiting.get(data.turn)(data);
      found.onerror = () => waiting.forEach((answer) => answer(null));
      return found;
    } catch {
      return null; // opened from disk
    }
  }

  async function ask(question) {
    if (location.protocol !== "file:") worker ??= open();
    if (!worker) {
      await window.fetchScript("speak");
      return window.answerPhrase(question);
    }
    const found = await new Promise((answer) => {
      waiting.set(question.turn, answer);
      worker.postMessage(question);
    });
    waiting.delete(question.turn);
    if (!found) {
      worker = null;
      throw new Error("no voice");
    }
    return found;
  }

  window.stopSaying = () => {
    turn += 1;
    if (playing) playing.stop();
    playing = null;
  };

  // Says `phrase` by a beast: { seed, mass, family, … }, or { seed, body, size } of which the seed
  // settles the rest. `light(word, on)` hears when each word begins and ends, `end` when all is said.
  window.sayAloud = async (phrase, beast, { mood = "", light = () => {}, end = () => {} } = {}) => {
    window.stopSaying();
    const mine = turn;
    // Whoever fetches this script has made it within the click that some browsers ask for.
    const context = window.ears ??= new AudioContext();
    context.resume();
    if (channel) channel.postMessage("mine");
    const { sides, rate, words } = await ask({ turn: mine, phrase: phrase.slice(0, 300), beast, mood });
    if (mine !== turn) { // something else was asked for meanwhile
      end();
      return;
    }
    const buffer = context.createBuffer(2, sides[0].length, rate);
    sides.forEach((side, at) => buffer.copyToChannel(side, at));
    playing = context.createBufferSource();
    playing.buffer = buffer;
    playing.connect(context.destination);
    const begun = context.currentTime;
    playing.start();
    let before = -1;
    const follow = () => {
      const now = mine === turn ? context.currentTime - begun : Infinity;
      const at = words.findIndex(([from, until]) => now >= from && now < until);
      if (at !== before) {
        if (before >= 0) light(before, false);
        if (at >= 0) light(at, true);
        before = at;
      }
      if (now < buffer.duration) requestAnimationFrame(follow);
      else end();
    };
    follow();
  };

  // The body of a beast as heavy as a slider from 0 (20 g) to 1 (600 kg) says.
  window.bodyOf = (value) => {
    const mass = 0.02 * 30000 ** Number(value);
    return { body: [mass, mass] };
  };

  // A seed by which a text always has the same voice.
  window.seedOf = (text) => {
    let hash = 0x811c9dc5;
    for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    return hash;
  };
})();
