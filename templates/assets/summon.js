// Summon a beast: words in, a picture out, drawn by the visitor's own browser (conjure.js). A link
// holds only words, seed, message and the model's digest; the friend's browser grows the same beast.
"use strict";
(() => {
  const facts = JSON.parse(document.querySelector("#summoning").textContent);
  const form = document.querySelector(".asking");
  const chips = [...form.querySelectorAll(".chip")];
  const { typed } = form.elements;
  const [button, cancel, bar, state] = [".summon", ".cancel", "progress", ".state"].map((one) => form.querySelector(one));
  const desk = document.querySelector(".desk");
  const card = desk.querySelector(".postcard");
  const plate = card.querySelector(".summoned");
  const [canvas, print] = [plate.querySelector("canvas"), plate.querySelector(".print")];
  const base = new URL(document.documentElement.dataset.root || "./", location.href).href;
  const MARK = "summoned"; // begins the card of a thread that says which beast it is
  const PARTS = facts.files.reduce((sum, [, , size]) => sum + size, 0);
  const ORDER = new Map(facts.tokens.map((token, place) => [token, place]));
  let worker = null;
  let beast = null; // { words, seed, key, asked }
  let sayings = null; // names, phrases and voices, where the jungle has a language
  const hear = desk.querySelector(".hear-said");

  // A sentence that the visitor put together for the beast that was there before, or for a new one.
  let brought = "";
  const said = /^#say=([^#]*)/.exec(location.hash);
  if (said) {
    try {
      brought = decodeURIComponent(said[1]).slice(0, 900);
    } catch { /* damaged: none */ }
    const { hash } = window.recall("summoned");
    history.replaceState(null, "", location.pathname + location.search + (/^#card=/.test(hash) ? hash : ""));
    document.documentElement.classList.toggle("opening", Boolean(location.hash));
    window.broughtSaid = brought;
  }

  // -- Words ----------------------------------------------------------------------

  // What the singular of a word may be, if it is a plural.
  const singulars = (word) => [word, word.replace(/ies$/, "y"), word.replace(/es$/, ""), word.replace(/s$/, "")];
  const NAMES = new Map([...Object.entries(facts.synonyms).map(([word, token]) => [word.toLowerCase(), token]), ...facts.tokens.map((token) => [token, token])]);
  const SILENT = /^(?:an?|and|at|by|in|of|on|the|with|is|it|its|under|near|to|from|some|very|beside|like)$/;

  // The model's words in a text, longest names first, and those that it does not know.
  function understand(text) {
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
  }

  const pressed = () => chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => chip.dataset.token);
  const choose = (words) => chips.forEach((chip) => chip.setAttribute("aria-pressed", words.includes(chip.dataset.token)));

  function listen() {
    const { unknown } = understand(typed.value);
    const told = form.querySelector(".unknown");
    told.textContent = unknown.length ? told.dataset.unknown.replace("{words}", unknown.slice(0, 5).join(", ")) : "";
  }

  const asked = () => [...new Set([...pressed(), ...understand(typed.value).known])].sort((one, other) => ORDER.get(one) - ORDER.get(other));

  // -- Which beast: one card of the link's thread, before those that people write ------

  const { seal, press, open } = window.letters;
  const recipe = () => (beast ? [{ to: `${MARK} ${beast.seed}`, from: beast.key, message: beast.words.join(", ") }] : []);
  window.letters.seal = (thread) => seal([...recipe(), ...thread]);
  window.letters.press = (thread) => press([...recipe(), ...thread]);
  window.letters.open = async (text) => {
    const found = await open(text);
    desk.hidden &&= !found; // whatever came is shown, with a beast or without
    const first = found && found.cards[0];
    const said = first && /^summoned (\d{1,10})$/.exec(first.to);
    if (!said) return found;
    if (first.whole) arrive({ words: first.message.slice(0, 500).split(", ").filter(Boolean), seed: Number(said[1]) >>> 0, key: first.from });
    const missing = found.missing - Number(!first.whole);
    return { ...found, cards: found.cards.slice(1), all: found.all - 1, missing, state: first.whole || missing ? found.state : "part" };
  };

  // A beast that came by a link: nothing of it is fetched before the visitor wants it.
  function arrive(found) {
    const same = beast && beast.seed === found.seed && beast.key === found.key && beast.words.join() === found.words.join();
    if (same) return;
    stop();
    beast = found;
    label(found.words);
    delete plate.dataset.done;
    [canvas.hidden, print.hidden, desk.hidden] = [false, true, false];
    canvas.width = canvas.width;
    const ours = found.key === facts.key && found.words.every((word) => ORDER.has(word));
    document.querySelector(".older").hidden = ours;
    button.hidden = !ours;
    if (ours) {
      typed.value = "";
      choose(found.words);
    } else {
      showKin(found.words);
    }
  }

  // Cards of this jungle that share the most words with a beast of an older one.
  async function showKin(words) {
    const list = document.querySelector(".kin");
    const rows = await window.loadRows().catch(() => []);
    const near = rows.map((row) => [words.filter((word) => `${row.text} ${row.animal} ${row.colour} ${row.mood} ${row.place}`.toLowerCase().includes(word)).length, row])
      .sort(([one, first], [other, second]) => other - one || first.index - second.index).slice(0, 4);
    list.replaceChildren(...near.map(([, row]) => {
      const place = document.createElement("li");
      const link = Object.assign(document.createElement("a"), { href: form.dataset.root + row.url, textContent: row.title, className: "button" });
      place.append(link);
      return place;
    }));
  }

  // -- Drawing --------------------------------------------------------------------

  function label(words, name = "") {
    const told = words.join(", ") || card.dataset.title;
    card.querySelector(".title").textContent = name ? `${name}: ${told}` : told;
    print.alt = `${card.dataset.title}: ${told}`;
    card.querySelector(".name").hidden = !name;
    card.querySelector(".name .script").textContent = name;
    if (!name) speak([[], ""]);
  }

  // Its name and phrase, by words and seed alone.
  function christen() {
    if (!sayings) return;
    const { asked, seed, words } = beast;
    const fitting = asked.flatMap((look) => asked.flatMap((around) => {
      const found = Object.hasOwn(sayings.pairs, look) && sayings.pairs[look][around];
      return found ? [found] : [];
    }));
    const names = fitting.length ? fitting : sayings.names;
    label(words, names[seed % names.length][0]);
    const hour = asked.find((token) => Object.hasOwn(sayings.phrases, token)) || "day";
    speak(sayings.phrases[hour][Math.floor(seed / 7) % sayings.phrases[hour].length]);
    card.dataset.mood = asked.filter((token) => facts.groups[ORDER.get(token)] === "mood").join(" ");
    window.showSaid(window.saidNow());
  }

  function speak([words, translation]) {
    window.setWords(card.querySelector(".phrase"), words, card.querySelector(".phrase").dataset.lang);
    const line = card.querySelector(".translation");
    line.textContent = translation;
    line.hidden = !translation;
    hear.hidden = !words.length;
    window.keepPrinted();
  }

  // Whose voice says it, for sentence.js: of several bodies that its words name, what lies between.
  window.summonedBeast = () => {
    const { bodies, sizes } = sayings;
    const own = (table, token) => (Object.hasOwn(table, token) ? [table[token]] : []);
    const found = beast.asked.flatMap((token) => own(bodies, token));
    const mean = (side) => Math.exp(found.reduce((sum, one) => sum + Math.log(one[side]), 0) / found.length);
    return {
      seed: beast.seed,
      body: found.length ? [mean(0), mean(1), found.flatMap((one) => one[2])] : [],
      size: beast.asked.flatMap((token) => own(sizes, token)).reduce((product, one) => product * one, 1),
    };
  };

  const tell = (key, values = {}) => {
    state.textContent = Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), state.dataset[key]);
  };

  function able() {
    // A module with one instruction of SIMD.
    const simd = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
    try {
      return WebAssembly.validate(Uint8Array.from(simd)) && Boolean(window.DecompressionStream && window.Worker);
    } catch {
      return false;
    }
  }

  function rest() {
    cancel.hidden = bar.hidden = true;
    button.disabled = false;
  }

  function stop() {
    if (worker) worker.terminate();
    worker = null;
    rest();
  }

  function paint(place, pixels, size) {
    place.width = place.height = size;
    place.getContext("2d").putImageData(new ImageData(pixels, size, size), 0, 0);
  }

  function develop(pixels, size) {
    paint(canvas, pixels, size);
    [canvas.hidden, print.hidden] = [false, true];
  }

  // The finished picture, which can be saved and printed.
  function place(pixels, size) {
    const large = document.createElement("canvas");
    paint(large, pixels, size);
    print.src = large.toDataURL("image/png");
    [canvas.hidden, print.hidden] = [true, false];
    card.querySelector(".stamp image").setAttribute("href", print.src);
    card.querySelector(".wash use").setAttribute("fill", brighten(pixels));
    plate.dataset.done = "";
  }

  // A bright colour of the picture's hue, as behind the names of other cards.
  function brighten(pixels) {
    const mean = [0, 1, 2].map((channel) => pixels.reduce((sum, one, at) => (at % 4 === channel ? sum + one : sum), 0) / (pixels.length / 4) / 255);
    const [most, least] = [Math.max(...mean), Math.min(...mean)];
    const range = most - least || 1;
    const [red, green, blue] = mean;
    const hue = most === red ? (green - blue) / range : most === green ? 2 + (blue - red) / range : 4 + (red - green) / range;
    const saturation = (most - least) / (1 - Math.abs(most + least - 1) || 1);
    return `hsl(${Math.round((hue * 60 + 360) % 360)} ${Math.round(100 * Math.min(1, 0.3 + 1.6 * saturation))}% 56%)`;
  }

  function hear({ data }) {
    if (data.failed) {
      stop();
      tell("failed", { why: data.failed.slice(0, 80) });
    } else if (data.sayings) {
      sayings = data.sayings;
    } else if (data.opening) {
      bar.removeAttribute("value");
      tell("opening");
    } else if (data.come) {
      bar.value = data.come / PARTS;
      tell("loading", { now: (data.come / 1e6).toFixed(1), all: (PARTS / 1e6).toFixed(1) });
    } else if (data.asked) {
      beast.asked = data.asked.map((place) => facts.tokens[place]);
    } else if (data.pixels) {
      bar.value = data.step / facts.steps.length;
      develop(data.pixels, data.size);
      if (data.step === 1) desk.scrollIntoView({ block: "nearest" });
      tell("step", { n: data.step, all: facts.steps.length });
    } else if (data.large) {
      place(data.large, data.size);
      finish();
    }
  }

  function finish() {
    rest();
    button.textContent = button.dataset.again;
    christen();
    tell("done", { words: beast.asked.join(", ") });
    // The page's address says which beast it is, with the letter that came with it.
    if (!location.hash) history.replaceState(null, "", "#card=" + window.letters.seal([{ to: "", from: "", message: "" }]).text);
    window.remember("summoned", { hash: location.hash });
    show();
  }

  function summon(event) {
    event.preventDefault();
    if (location.protocol === "file:" || !able()) {
      tell(location.protocol === "file:" ? "disk" : "lacking");
      return;
    }
    const words = asked();
    const arrived = beast && plate.dataset.done === undefined && beast.words.join() === words.join();
    if (!arrived) {
      beast = { words, seed: crypto.getRandomValues(new Uint32Array(1))[0], key: facts.key };
      if (location.hash) history.replaceState(null, "", location.pathname + location.search);
    }
    label(words);
    delete plate.dataset.done;
    desk.hidden = false;
    cancel.hidden = bar.hidden = false;
    button.disabled = true;
    window.turnCard("front", false);
    if (!worker) {
      worker = new Worker(`${base}assets/conjure.js`, { type: "module" });
      worker.onmessage = hear;
      worker.onerror = () => hear({ data: { failed: "worker" } });
    }
    worker.postMessage({ base, name: `summon ${base}`, facts, wanted: words.map((word) => ORDER.get(word)), seed: beast.seed });
  }

  // -- The drawer -------------------------------------------------------------------

  const keep = desk.querySelector(".keep");
  const told = desk.querySelector(".kept");
  const entry = () => {
    const letter = /^#card=([\w-]+)/.exec(location.hash);
    return letter ? `/${MARK}#${letter[1]}` : null;
  };
  const show = () => keep.setAttribute("aria-pressed", window.drawer.read().includes(entry()));
  keep.addEventListener("click", () => {
    const one = entry();
    if (!one) return;
    const kept = window.drawer.read().includes(one);
    const done = kept ? window.drawer.remove([one]) : window.drawer.add([one]);
    told.textContent = done ? (kept ? told.dataset.dropped : told.dataset.kept) : told.dataset.full;
    show();
  });

  form.addEventListener("submit", summon);
  typed.addEventListener("input", listen);
  for (const chip of chips) {
    chip.addEventListener("click", () => chip.setAttribute("aria-pressed", chip.getAttribute("aria-pressed") !== "true"));
  }
  cancel.addEventListener("click", () => {
    stop();
    tell("canceled");
  });
})();
