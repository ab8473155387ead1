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
  let beast = null; // { words, seed, key, asked }, and of two cards' child { noise, words, names }
  let bear = null; // gives the next child, while two cards are crossed (cross.js)
  let sayings = null; // names, phrases and voices, where the jungle has a language
  const speaker = desk.querySelector(".hear-said");

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

  const understand = window.readWords(facts);
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
  const recipe = () => (!beast ? [] : beast.child
    ? [{ to: `crossed ${beast.seed}`, from: beast.key, message: JSON.stringify(beast.child) }]
    : [{ to: `${MARK} ${beast.seed}`, from: beast.key, message: beast.words.join(", ") }]);
  window.letters.seal = (thread) => seal([...recipe(), ...thread]);
  window.letters.press = (thread) => press([...recipe(), ...thread]);
  window.letters.open = async (text) => {
    const found = await open(text);
    desk.hidden &&= !found; // whatever came is shown, with a beast or without
    const first = found && found.cards[0];
    const said = first && /^(summoned|crossed) (\d{1,10})$/.exec(first.to);
    if (!said) return found;
    if (first.whole) await grow(said[1] === "crossed", { seed: Number(said[2]) >>> 0, key: first.from }, first.message);
    const missing = found.missing - Number(!first.whole);
    return { ...found, cards: found.cards.slice(1), all: found.all - 1, missing, state: first.whole || missing ? found.state : "part" };
  };

  async function grow(crossed, found, message) {
    if (!crossed) {
      arrive({ ...found, words: message.slice(0, 500).split(", ").filter(Boolean) });
      return;
    }
    await window.fetchScript("cross").catch(() => {});
    const child = window.readChild && window.readChild(message);
    if (child) arrive({ ...found, words: [], child });
  }

  // A beast that came by a link: nothing of it is fetched before the visitor wants it.
  const identify = ({ seed, key, words, child }) => JSON.stringify([seed, key, words, child]);
  const wordsOf = ({ words, child }) => (child ? child.words.map(([word]) => word) : words);
  function arrive(found) {
    if (beast && identify(beast) === identify(found)) return;
    stop();
    beast = found;
    label(found.words);
    delete plate.dataset.done;
    [canvas.hidden, print.hidden, desk.hidden] = [false, true, false];
    canvas.width = canvas.width;
    const ours = found.key === facts.key && wordsOf(found).every((word) => ORDER.has(word));
    document.querySelector(".older").hidden = ours;
    button.hidden = !ours;
    if (ours) {
      typed.value = "";
      choose(found.words);
    } else {
      showKin(wordsOf(found));
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
    const { names } = (beast && beast.child) || {};
    const told = names ? form.dataset.child.replace("{one}", names[0]).replace("{other}", () => names[1]) : words.join(", ") || card.dataset.title;
    card.querySelector(".title").textContent = name ? `${name}: ${told}` : told;
    print.alt = `${card.dataset.title}: ${told}`;
    card.querySelector(".name").hidden = !name;
    card.querySelector(".name .script").textContent = name;
    if (!name) speak([[], ""]);
  }

  // Its name and phrase, by words and seed alone.
  function christen() {
    if (!sayings) return;
    const { name, phrase, mood } = window.christen(sayings, beast, facts);
    label(beast.words, name);
    speak(phrase);
    card.dataset.mood = mood;
    window.showSaid(window.saidNow());
  }

  function speak([words, translation]) {
    window.setWords(card.querySelector(".phrase"), words, card.querySelector(".phrase").dataset.lang);
    const line = card.querySelector(".translation");
    line.textContent = translation;
    line.hidden = !translation;
    speaker.hidden = !words.length;
    window.keepPrinted();
  }

  window.summonedBeast = () => window.embody(sayings, beast);

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

  function develop(pixels, size) {
    window.paint(canvas, pixels, size);
    [canvas.hidden, print.hidden] = [false, true];
  }

  // The finished picture, which can be saved and printed.
  function place(pixels, size) {
    const large = document.createElement("canvas");
    window.paint(large, pixels, size);
    print.src = large.toDataURL("image/png");
    [canvas.hidden, print.hidden] = [true, false];
    card.querySelector(".stamp image").setAttribute("href", print.src);
    card.querySelector(".wash use").setAttribute("fill", window.brighten(pixels));
    plate.dataset.done = "";
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
    button.textContent = bear ? button.dataset.another : button.dataset.again;
    christen();
    tell("done", { words: beast.asked.join(", ") });
    // The page's address says which beast it is, with the letter that came with it.
    if (!location.hash) history.replaceState(null, "", "#card=" + window.letters.seal([{ to: "", from: "", message: "", said: window.saidNow() }]).text);
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
    const arrived = beast && (beast.child ? !bear && !words.length
      : !bear && plate.dataset.done === undefined && beast.words.join() === words.join());
    if (!arrived) {
      beast = { key: facts.key, ...(bear ? { words: [], ...bear() } : { words, seed: crypto.getRandomValues(new Uint32Array(1))[0] }) };
      if (location.hash) history.replaceState(null, "", location.pathname + location.search);
    }
    label(beast.words);
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
    const { seed, child } = beast;
    const heir = child && { noise: child.noise, words: child.words.map(([word, weight]) => [ORDER.get(word), weight]) };
    worker.postMessage({ base, name: `summon ${base}`, facts, wanted: beast.words.map((word) => ORDER.get(word)), seed, child: heir });
  }

  // -- Children of two cards -----------------------------------------------------------

  window.summoning = {
    facts,
    cross: (next) => {
      bear = next;
      form.classList.toggle("bearing", Boolean(bear));
      if (bear) button.textContent = worker ? button.dataset.another : button.dataset.birth;
    },
  };
  const cross = () => { if (location.hash.startsWith("#cross=")) window.fetchScript("cross").catch(() => {}); };
  addEventListener("hashchange", cross);
  cross();

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
