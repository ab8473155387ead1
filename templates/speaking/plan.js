// Whose voice it is and what it is to say: a body by its seed, and a phrase as syllables and segments
// in time (generate/sounds/voice/body.py and prosody.py). TABLES are written of what
// stands there (generate/gallery/speaking/).
const { moods, nearest, scale, usual, ...tables } = TABLES;
const families = Object.fromEntries(Object.entries(tables.families).map(([name, own]) => [name, { ...usual, ...own }]));
const sounds = tables.sounds.map((sound) => ({ voicing: 0, breath: 0, nasal: 0, tone: 0, noise: [], ...sound, vowel: Boolean(sound.vowel) }));
const [LEAD, TAIL, LONGEST, STROKES, BANDS] = [0.03, 0.08, 5.6, 7, 9];
const [LIGHTEST, HEAVIEST] = [0.02, 600];

// -- Bodies -----------------------------------------------------------------------------------

// A body of `low` to `high` kg, with one of some families of voices, by a seed.
function imagineBeast(seed, [low = LIGHTEST, high = HEAVIEST, voices = Object.keys(families)] = [], size = 1) {
  const chance = new Chance(deriveSeed("beast", seed));
  const drawn = exp(chance.uniform(log(low), log(high))) * size;
  const mass = Math.round(min(max(drawn, LIGHTEST), HEAVIEST) * 1e4) / 1e4;
  const fitting = voices.filter((name) => mass >= families[name].build[0] && mass <= families[name].build[1]);
  return { seed, mass, family: chance.choose(fitting.length ? fitting : voices) };
}

// The values of its voice: `pitch` in Hz, `tract` in cm, and those of its family.
function drawVoice({ seed, mass, family, higher = 1, faster = 1 }) {
  const chance = new Chance(deriveSeed("voice", seed, family));
  const voice = {};
  for (const [name, [low, high]] of Object.entries(families[family])) {
    if (name !== "build") voice[name] = chance.uniform(low, high);
  }
  voice.head = Array.from({ length: BANDS }, (_, band) => {
    const along = (band + chance.uniform(0.15, 0.85)) / BANDS;
    const sign = chance.choose([band > 1 ? -1 : 0.3, 1]);
    return [along, sign * chance.uniform(5, 12), chance.uniform(1.3, 2.4)];
  });
  const length = chance.uniform(0.9, 1.1);
  voice.growlRate = chance.uniform(32, 68);
  const steps = Array.from({ length: 3 + chance.below(3) }, () => chance.choose(scale) / 12);
  const wide = max(...steps) - min(...steps) || 1;
  voice.melody = steps.map((step) => (voice.tune * (step - sum(steps) / steps.length)) / wide);
  voice.hertz = 560 * mass ** -0.38 * voice.pitch * higher;
  voice.tract = 8.5 * mass ** 0.28 * length;
  voice.strokes = voice.pace * mass ** -0.045 * faster;
  return { ...voice, seed, mass };
}

// -- Letters ----------------------------------------------------------------------------------

const symbols = new Map(sounds.map((sound) => [sound.symbol, sound]));
const [vowels, consonants] = [true, false].map((open) => sounds.filter((sound) => sound.vowel === open));

function readStranger(letter) {
  if (Object.hasOwn(nearest, letter)) return [symbols.get(nearest[letter])];
  if (!/^\p{L}$/u.test(letter)) return [];
  const bare = Array.from(letter.normalize("NFD"))[0];
  const near = symbols.get(Object.hasOwn(nearest, bare) ? nearest[bare] : bare);
  const code = letter.codePointAt(0);
  return near ? [near] : [consonants[code % consonants.length], vowels[Math.floor(code / 7) % 5]];
}

// The sounds of a word, by the longest match; letters outside the language as the nearest ones.
function segment(word) {
  const letters = Array.from(word.normalize("NFC").toLowerCase());
  const found = [];
  for (let at = 0; at < letters.length;) {
    const width = [2, 1].find((many) => at + many <= letters.length && symbols.has(letters.slice(at, at + many).join("")));
    found.push(...(width ? [symbols.get(letters.slice(at, at + width).join(""))] : readStranger(letters[at])));
    at += width || 1;
  }
  return found;
}

function splitSyllables(word) {
  const heard = segment(word);
  const nuclei = [...heard.keys()].filter((at) => heard[at].vowel);
  if (nuclei.length < 2) return heard.length ? [heard] : [];
  const starts = nuclei.slice(1).map((nucleus, at) => {
    const between = nucleus - nuclei[at] - 1;
    if (between && between > 1 && heard[nucleus - 1].glides && heard[nucleus - 2].opens) return nucleus - 2;
    return between ? nucleus - 1 : nucleus;
  });
  return [0, ...starts].map((start, at) => heard.slice(start, starts[at] ?? heard.length));
}

// -- The plan ---------------------------------------------------------------------------------

function findMood(mood, phrase) {
  const words = mood.toLowerCase().match(/[a-z]+/g) || [];
  const found = moods.find(({ words: names }) => words.some((word) => names.includes(word))) || moods.at(-1);
  const last = phrase.trimEnd().at(-1);
  if (last === "?") return { ...found, lift: 0.25 };
  if (last === "!") return { ...found, pitch: found.pitch * 1.04, range: found.range * 1.2, effort: found.effort * 1.25, lift: moods.at(-1).lift };
  return found;
}

function layOut(phrase, voice, feeling, chance) {
  const words = phrase.trim().split(/\s+/).map(splitSyllables);
  if (!words.some((word) => word.length)) words[0] = splitSyllables("a");
  const count = sum(words.map((word) => word.length));
  let pace = voice.strokes * feeling.pace;
  const pause = 0.45 / pace;
  pace = min(max(pace, (count + pause * pace * (words.length - 1)) / LONGEST), STROKES);
  const plan = { segments: [], syllables: [], words: [], feeling };
  let clock = LEAD;
  words.forEach((word, number) => {
    const began = clock;
    word.forEach((heard, place) => {
      const done = plan.syllables.length;
      const final = place === word.length - 1 && number === words.length - 1;
      const natural = sum(heard.map((sound) => sound.seconds));
      let length = (0.55 + (0.45 * natural) / 0.21) * (place ? 0.97 : 1.08);
      length *= place % 2 ? 1 - voice.swing : 1 + voice.swing;
      length *= ((final ? voice.last : 1) * chance.uniform(0.94, 1.06)) / pace;
      let from = clock;
      for (const sound of heard) {
        const until = from + (length * sound.seconds) / natural;
        plan.segments.push({ start: from, end: until, sound, syllable: done });
        from = until;
      }
      const along = done / max(count - 1, 1);
      let pitch = feeling.range * (0.11 - 0.24 * along + (place ? -0.03 : 0.1));
      pitch += chance.gauss(0.03 * feeling.range) + (final ? feeling.lift : 0);
      pitch += feeling.range * (voice.melody[done % voice.melody.length] + voice.arch * (sin(PI * along) - 0.6));
      const open = heard.find((sound) => sound.vowel);
      const level = (place ? 0.86 : 1) * chance.uniform(0.94, 1) * (1 - 0.1 * along);
      const text = heard.map((sound) => sound.symbol).join("");
      plan.syllables.push({ start: clock, end: clock + length, word: number, text, pitch, level, tone: open ? open.tone : 0 });
      clock += length;
    });
    plan.words.push([began, clock]);
    if (number < words.length - 1 && word.length) clock += pause * chance.uniform(0.85, 1.15);
  });
  return { ...plan, seconds: clock + TAIL };
}
