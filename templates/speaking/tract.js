// The vocal tract: a lossy tube with moving formants, as a filter for the source (tract.py).
const [HOP, WINDOW, SIZE, HIGHEST, SOUND] = [256, 1024, 2048, 15000, 35000];
const NEUTRAL = [500, 1500, 2500, 3500];

const times = ([a, b], [c, d]) => [a * c - b * d, a * d + b * c];
const over = ([a, b], [c, d]) => times([a, b], [c / (c * c + d * d), -d / (c * c + d * d)]);
const turned = (angle) => [cos(angle), sin(angle)];

// The part of the response that does not move, at each frequency.
function makeTube({ tract, ring, head }, frequencies, scale) {
  const width = (f) => 70 * sqrt(scale) + 0.045 * f;
  const [low, top, late] = [250 * scale, frequencies.at(-1), 2000 * scale];
  return frequencies.map((f) => {
    const loss = ((PI * width(f)) / ring / SOUND) * tract;
    const angle = (TURN * f * tract) / SOUND;
    let tube = over([1, 0], [cosh(loss) * cos(angle), Math.sinh(loss) * sin(angle)]);
    for (const neutral of NEUTRAL) {
      const n = neutral * scale;
      tube = times(tube, [1 - (f / n) ** 2, (f * width(n)) / ring / n ** 2]);
    }
    for (const [along, gain, q] of head) {
      const centre = low * ((0.87 * HIGHEST) / low) ** along;
      const [real, turn] = [centre ** 2 - f ** 2, (f * centre) / q];
      tube = over(times(tube, [real, turn * 10 ** (gain / 20)]), [real, turn]);
    }
    const loud = clip((top - f) / (0.15 * top)) * (f / (f + 40)) ** 2 * f;
    const delay = 2e-4 * tract * late * (1 - exp(-f / late));
    return times(tube, turned(-TURN * delay)).map((one) => one * loud);
  });
}

// Formants in Hz and how closed the mouth is, at each of the moments.
function moveMouth({ segments }, voice, moments) {
  const [when, targets, closed] = [[], [], []];
  segments.forEach(({ start, end, sound }, at) => {
    const formants = sound.breath > 0.8 && segments[at + 1] ? segments[at + 1].sound.formants : sound.formants;
    const edge = 0.28 * (end - start);
    when.push(start + edge, end - edge);
    targets.push(formants, formants);
    closed.push(...Array(2).fill(max(sound.nasal, voice.nose)));
  });
  const smooth = (line) => blur(follow(moments, when, line), (0.011 * RATE) / HOP);
  return [NEUTRAL.map((_, n) => smooth(targets.map((one) => (one[n] * 17.5) / voice.tract))), smooth(closed)];
}

function resonate(excitation, plan, voice, t, pitch) {
  const count = floor((excitation.length + WINDOW / 2) / HOP) + 3;
  const moments = fill(count, (at) => (at * HOP) / RATE);
  const [formants, closed] = moveMouth(plan, voice, moments);
  const frequencies = Array.from({ length: floor((HIGHEST * SIZE) / RATE) + 1 }, (_, k) => (k * RATE) / SIZE);
  const scale = 17.5 / voice.tract;
  const tube = makeTube(voice, frequencies, scale);
  const peaks = follow(moments, t, pitch).map((hertz) => max(hertz * voice.effort * plan.feeling.effort ** 0.4, 150));
  const spread = frequencies.map((f) => 1 - 1 / (1 + (f / (700 * scale)) ** 2));

  // The response of one frame: what does not move, divided by what does.
  function respond(frame, real, turn) {
    const squares = formants.map((line) => line[frame] ** -2);
    const widths = formants.map((line, n) => ((70 * sqrt(scale) + 0.045 * line[frame]) / voice.ring) * squares[n]);
    for (let k = 1; k < frequencies.length; k += 1) {
      const f = frequencies[k];
      const ratio = f / peaks[frame];
      let x = 1 - ratio * ratio;
      let y = 1.6 * ratio;
      for (let n = 0; n < 4; n += 1) {
        const c = 1 - f * f * squares[n];
        const d = f * widths[n];
        const before = x;
        x = x * c - y * d;
        y = before * d + y * c;
      }
      const open = (1 - closed[frame] * spread[k]) / (x * x + y * y);
      real[k] = (tube[k][0] * x + tube[k][1] * y) * open;
      turn[k] = (tube[k][1] * x - tube[k][0] * y) * open;
    }
  }

  const out = new Float64Array(WINDOW / 2 + excitation.length + SIZE + 4 * HOP);
  const [re, im, a, b, c, d] = Array.from({ length: 6 }, () => new Float64Array(SIZE));
  const window = fill(WINDOW, (k) => (0.5 - 0.5 * cos((TURN * k) / WINDOW)) / 2 / SIZE);
  // Two frames at a time, as the real and the imaginary part of one transform.
  for (let frame = 0; frame + 1 < count; frame += 2) {
    re.fill(0);
    im.fill(0);
    for (let k = 0; k < WINDOW; k += 1) {
      const at = frame * HOP + k - WINDOW / 2;
      re[k] = (excitation[at] || 0) * window[k];
      im[k] = (excitation[at + HOP] || 0) * window[k];
    }
    transform(re, im);
    respond(frame, a, b);
    respond(frame + 1, c, d);
    re[0] = im[0] = re[SIZE / 2] = im[SIZE / 2] = 0;
    for (let k = 1; k < SIZE / 2; k += 1) {
      const n = SIZE - k;
      const [w, x, y, z] = [(re[k] + re[n]) / 2, (im[k] - im[n]) / 2, (im[k] + im[n]) / 2, (re[n] - re[k]) / 2];
      const one = w * a[k] - x * b[k];
      const two = w * b[k] + x * a[k];
      const three = y * c[k] - z * d[k];
      const four = y * d[k] + z * c[k];
      re[k] = one - four;
      im[k] = two + three;
      re[n] = one + four;
      im[n] = three - two;
    }
    transform(re, im, -1);
    for (let k = 0; k < SIZE; k += 1) {
      out[frame * HOP + k] += re[k];
      out[(frame + 1) * HOP + k] += im[k];
    }
  }
  return out.subarray(WINDOW / 2, WINDOW / 2 + excitation.length);
}
