// Lines over time and the source: pitch, levels of voice and breath, pulses (contour.py, source.py).
// -- Lines over time -------------------------------------------------------------

function tracePitch({ segments, syllables, feeling }, voice, t, noise) {
  const [when, octaves] = [[0], [syllables[0].pitch - voice.arc]];
  syllables.forEach((beat, number) => {
    const onset = segments.find((one) => one.syllable === number).sound;
    const length = beat.end - beat.start;
    const top = beat.pitch + voice.sweep * beat.tone;
    const close = number === syllables.length - 1 ? voice.close : -0.8 * voice.arc;
    when.push(beat.start, beat.start + voice.attack * length, beat.end);
    octaves.push(top - voice.arc + log2(onset.formants[1] / 1400) * 0.8 * voice.sweep, top, top + close);
  });
  const line = blur(follow(t, when, octaves), 0.016 * CONTROL);
  const swell = blur(follow(t, when, when.map((_, at) => Number(at % 3 !== 1))), 9);
  const [slow, drift, shake] = [2, 3, 0.25 * CONTROL].map((cutoff) => wander(noise, t.length, cutoff));
  const last = syllables.at(-1);
  let turned = 0;
  return line.map((octave, at) => {
    turned += slow[at] / CONTROL;
    let found = octave + (voice.vibrato / 12) * sin(TURN * (voice.flutter * t[at] + 0.12 * turned)) * clip(swell[at]);
    const along = clip((t[at] - last.start) / (last.end - last.start));
    found += (voice.quaver / 12) * sin(TURN * 17 * t[at]) * sin(PI * along ** 1.5);
    found += 0.012 * drift[at] + 1.44 * voice.jitter * shake[at];
    return voice.hertz * feeling.pitch * 2 ** found;
  });
}

// Levels of voice and breath.
function traceLevels({ segments, syllables, feeling }, voice, t) {
  const [voiced, breath] = [new Float64Array(t.length), new Float64Array(t.length)];
  const attack = voice.attack * voice.hold;
  const breathy = min(voice.breath + feeling.breath, 1);
  const each = (from, until, work) => t.forEach((now, at) => { if (now >= from && now < until) work(at, now); });
  syllables.forEach((beat, number) => {
    for (const { start, end, sound } of segments.filter((one) => one.syllable === number)) {
      const until = sound.closed ? start + 0.7 * (end - start) : end;
      each(start, until, (at, now) => {
        voiced[at] = sound.voicing * (sound.trill ? 0.6 + 0.4 * cos(TURN * sound.trill * (now - start)) : 1);
        breath[at] = sound.closed ? 0 : max(sound.breath, breathy * sound.voicing);
      });
      each(until, end, (at) => { [voiced[at], breath[at]] = [max(sound.voicing, 0.1), sound.breath]; });
    }
    // Between two syllables of one word the voice need not fall silent.
    const [before, after] = [-1, 1].map((side) => ((syllables[number + side] || {}).word === beat.word ? voice.bridge : 0.03));
    each(beat.start, beat.end, (at, now) => {
      const along = (now - beat.start) / (beat.end - beat.start);
      const low = along < attack ? before : after;
      const shape = along < attack ? sin((PI / 2) * along / attack) ** 0.8
        : max(cos((PI / 2) * clip((along - attack) / (voice.hold - attack))), 0) ** 0.9;
      const envelope = beat.level * (low + (1 - low) * shape);
      voiced[at] *= envelope;
      breath[at] *= envelope;
    });
  });
  const smooth = (line) => line.map((_, at) => {
    let total = 0;
    for (let k = 1; k < 8; k += 1) total += ((0.5 - 0.5 * cos((TURN * k) / 8)) / 4) * (line[at + k - 4] || 0);
    return total;
  });
  return [smooth(voiced), smooth(breath)];
}

// -- The source ---------------------------------------------------------------------------------

function runPhase(hertz, start = 0) {
  let phase = start;
  return hertz.map((one) => (phase += one / RATE) % 1e6);
}

// Band-limited pulses of unit power (Moorer 1976), up to a highest pitch.
function makePulses(phase, highest, edge) {
  const m = floor(clip((0.42 * RATE) / highest, 1, 400));
  const a = min(10 ** (-1 / min(max(1 - edge, 1e-3) ** -1.5, m)), 0.9995);
  if (m === 1) return phase.map((turn) => sqrt(2) * cos(TURN * turn));
  const top = a ** m;
  const power = sqrt((0.5 * a * a * (1 - a ** (2 * m))) / (1 - a * a));
  return phase.map((turn) => {
    const one = cos(TURN * turn);
    const [last, beyond] = [cos(TURN * ((turn * m) % 1)), cos(TURN * ((turn * (m + 1)) % 1))];
    return (a * one - a * a - top * a * beyond + top * a * a * last) / (1 - 2 * a * one + a * a) / power;
  });
}

const beat = (phase, depth, sharp) => 1 - depth + depth * (0.5 + 0.5 * cos(TURN * phase)) ** sharp;

// When one side of a syrinx sings; the two sides of a hummer always sing together.
function takeTurns({ syllables }, voice, t, side) {
  const share = new Float64Array(t.length).fill(1);
  if (voice.lean <= 1.05) return share;
  syllables.forEach(({ start, end, text }, number) => {
    const choice = new Chance(deriveSeed(voice.seed, "side", text, number)).random();
    if (side ? choice > 0.65 : choice < 0.25) t.forEach((now, at) => { if (now >= start && now < end) share[at] = 0.04; });
  });
  return blur(share, 6);
}

function excite(plan, voice, t, [pitch, voiced, breath, level], count, noise) {
  const hertz = stretch(pitch, count);
  const phase = runPhase(hertz);
  const highest = max(...pitch);
  let tone = makePulses(phase, highest, voice.edge);
  if (voice.side) {
    const slide = stretch(wander(noise, t.length, 5), count);
    const other = runPhase(hertz.map((one, at) => one * voice.lean * 2 ** (0.015 * slide[at])), 0.3);
    const second = makePulses(other, highest * voice.lean * 1.1, voice.edge);
    const [left, right] = [0, 1].map((side) => stretch(takeTurns(plan, voice, t, side), count));
    tone = tone.map((one, at) => one * left[at] + voice.side * second[at] * right[at]);
  }
  const shaky = stretch(wander(noise, t.length, 20), count);
  const rough = runPhase(shaky.map((one) => voice.growlRate * 2 ** (0.18 * one)));
  // Each pulse has at least five periods; otherwise the pulses would sound as the pitch.
  const rate = min(voice.pulses * voice.mass ** -0.04, voice.hertz / 5);
  const pulse = runPhase(shaky.map((one) => rate * 2 ** (0.05 * one)));
  const air = noise(count);
  const safe = level.map((one) => max(one, 1e-4));
  const share = stretch(voiced.map((one, at) => voice.tone * min(one / safe[at], 1)), count);
  const blown = stretch(breath.map((one, at) => (0.4 * one) / safe[at]), count);
  return tone.map((one, at) => {
    let sound = one * (1 + voice.sub * cos(PI * phase[at]));
    if (voice.growl) sound *= beat(rough[at], voice.growl * 0.85, 1);
    if (voice.pulses) sound *= beat(pulse[at], voice.depth, voice.sharp);
    return sound * share[at] + (air[at] - 0.8 * (air[at - 1] || 0)) * beat(phase[at], 0.5, 1) * blown[at];
  });
}
