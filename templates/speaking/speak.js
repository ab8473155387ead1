// A beast speaks: source, tract, hisses and room, as voice.py and reverb.py make it, function by
// function. Body and plan are those of Python; only the noise is another one. It runs as a worker; on
// a page opened from disk, say.js runs it there.
// A sound at a nearly even level, so that the plan alone decides what is loud.
function evenOut(sound) {
  const power = sound.map((one) => one * one);
  const run = (at, before) => { power[at] = power[at] * 0.0015 + 0.9985 * before; return power[at]; };
  power.reduceRight((before, _, at) => run(at, before), 0);
  power.reduce((before, _, at) => run(at, before), 0);
  const typical = sqrt(power.slice().sort()[floor(0.8 * (power.length - 1))]) + 1e-12;
  return sound.map((one, at) => one * (0.16 / typical) * (typical / sqrt(power[at] + (0.03 * typical) ** 2)) ** 0.75);
}

// -- Hiss, bursts and snaps; the room --------------------------------------------------

function addNoises(out, { segments, syllables }, voice, noise) {
  const scale = (17.5 / voice.tract) ** 0.7;
  const add = (sound, at, gain) => {
    const start = max(floor(at * RATE), 0);
    sound.forEach((one, k) => { if (start + k < out.length) out[start + k] += one * gain(k, k / sound.length); });
  };
  for (const { start, end, sound, syllable } of segments) {
    const { level, start: from, end: until } = syllables[syllable];
    const [centre, width] = sound.noise;
    if (sound.hiss) {
      // It swells towards its vowel and overlaps it, so that both are heard as one.
      const opens = start - from < until - end;
      add(hiss(noise, centre * scale, width, end - start + 0.05), opens ? start : start - 0.05, (_, share) => {
        const along = opens ? share : 1 - share;
        return max(min(along / 0.62, 1, (1 - along) / 0.3), 0) ** 1.2 * 0.055 * sound.hiss * level;
      });
    }
    if (sound.burst) {
      const lasts = (sound.click ? 0.035 : 0.012) * (1 + 0.4 / scale);
      add(hiss(noise, centre * scale, sound.click ? 0.35 : width, 3 * lasts), start + 0.7 * (end - start),
        (k) => exp((-k / (lasts * RATE)) * 2.2) * min(1, k / 24) * 0.07 * sound.burst * level);
    }
  }
  for (const { start, end, level } of syllables) {
    if (voice.hiss) add(hiss(noise, 4200 * sqrt(scale), 1.5, end - start), start, (_, along) => sin(PI * along ** 0.8) ** 1.5 * level * 0.11 * voice.hiss);
    if (voice.snaps) add(hiss(noise, 2200 * scale, 0.4, 0.03), start + 0.01, (k) => exp(-k / 180) * min(1, k / 12) * 0.2 * voice.snaps);
  }
}

// Both sides of the jungle around a sound: velvet noise, ever denser, that decays.
function addRoom(sound, seed) {
  const [lasts, wet] = [0.55, 0.16];
  const length = floor(0.8 * lasts * RATE);
  const chance = new Chance(deriveSeed("room", seed));
  const density = follow(fill(length, (at) => at / RATE), [0, 0.012, 0.08, lasts], [0, 250, 1800, 2600]);
  const n = 2 ** Math.ceil(log2(sound.length + length));
  const rooms = [0, 1].map(() => {
    const room = new Float64Array(n);
    const [soft, dull, low] = [4200, 1680, 140].map((edge) => tan((PI * edge) / RATE));
    let [before, one, two, three, last] = [0, 0, 0, 0, 0];
    for (let at = 0; at < length; at += 1) {
      const tap = chance.random() < density[at] / RATE ? (chance.random() < 0.5 ? -1 : 1) * exp((-6.91 * at) / RATE / lasts) / sqrt(max(density[at], 1)) : 0;
      one = (soft * (tap + before) + (1 - soft) * one) / (1 + soft);
      two = (dull * (tap + before) + (1 - dull) * two) / (1 + dull);
      before = tap;
      const late = clip(at / RATE / 0.35);
      const mixed = one * (1 - late) + two * late;
      three = (mixed - last + (1 - low) * three) / (1 + low);
      last = mixed;
      room[at] = three;
    }
    const loud = sqrt(sum(room.map((x) => x * x)));
    return room.map((x) => x / loud);
  });
  const [re, im] = [new Float64Array(n), new Float64Array(n)];
  re.set(sound);
  transform(re, im);
  transform(...rooms);
  for (let k = 0; k < n; k += 1) [re[k], im[k]] = times([re[k], im[k]], [rooms[0][k], rooms[1][k]]);
  transform(re, im, -1);
  return [re, im].map((side) => Float32Array.from({ length: sound.length + length }, (_, at) => (sound[at] || 0) + (wet * side[at]) / n));
}

// A beast { seed, mass, family, higher, faster } speaks a phrase: { sides, rate, words, syllables }.
self.speakPhrase = (phrase, beast, mood = "", take = 1) => {
  const voice = drawVoice(beast);
  const seed = deriveSeed("speak", beast.seed, phrase, mood, ...(take > 1 ? [take] : []));
  const plan = layOut(phrase, voice, findMood(mood, phrase), new Chance(seed));
  const noise = makeNoise(seed);
  const count = floor(plan.seconds * RATE);
  const t = fill(floor(count / STEP) + 2, (at) => (at * STEP) / RATE);
  const pitch = tracePitch(plan, voice, t, noise);
  const [voiced, breath] = traceLevels(plan, voice, t);
  const level = voiced.map((one, at) => sqrt(one * one + (0.6 * breath[at]) ** 2));
  const excitation = excite(plan, voice, t, [pitch, voiced, breath, level], count, noise);
  const loud = stretch(level, count);
  const body = evenOut(resonate(excitation, plan, voice, t, pitch)).map((one, at) => one * loud[at]);
  addNoises(body, plan, voice, noise);
  const sides = addRoom(body, beast.seed % 8);
  const peak = max(...sides.map((side) => side.reduce((most, one) => max(most, abs(one)), 0)));
  const { words, syllables } = plan;
  return { sides: sides.map((side) => side.map((one) => (one * 0.8) / peak)), rate: RATE, words, syllables, pitch: voice.hertz };
};
self.imagineBeast = imagineBeast;

// What say.js asks: a beast may have a seed alone, or one and a body to draw from.
self.answerPhrase = ({ turn, phrase, beast, mood }) => (
  { turn, ...self.speakPhrase(phrase, beast.family ? beast : imagineBeast(beast.seed, beast.body, beast.size), mood) }
);
if (self.importScripts) {
  onmessage = ({ data }) => {
    const found = self.answerPhrase(data);
    postMessage(found, found.sides.map((side) => side.buffer));
  };
}
