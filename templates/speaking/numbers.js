// The first of five parts of assets/speak.js, which joins them in one function: what a voice counts
// with. Chance is as Python draws it, so that a beast has the same body and the same plan here as in
// generate/sounds/voice/; noise, lines over time, spectra.
const { abs, cos, cosh, exp, floor, log, log2, max, min, sin, sqrt, tan, PI } = Math;
const RATE = 44100;
const STEP = 64; // samples from one point of a line to the next
const CONTROL = RATE / STEP;
const TURN = 2 * PI;
const clip = (value, low = 0, high = 1) => min(max(value, low), high);
const sum = (list) => list.reduce((total, one) => total + one, 0);
const fill = (count, make) => {
  const line = new Float64Array(count);
  for (let at = 0; at < count; at += 1) line[at] = make(at);
  return line;
};

// -- Choices: SHA-256 for seeds, the Mersenne Twister as Python's random draws from it -------

const PRIMES = [];
for (let n = 2; PRIMES.length < 64; n += 1) if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
const takeRoots = (power) => PRIMES.map((prime) => floor((prime ** power % 1) * 2 ** 32));
const [ROUNDS, START] = [takeRoots(1 / 3), takeRoots(1 / 2).slice(0, 8)];

// A number below 2 ** 48 that depends on the names alone (recipe.derive_seed).
function deriveSeed(...names) {
  const state = [...START];
  const text = JSON.stringify(names.map(String)).replace(/[^ -~]/g, (unit) => "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0"));
  const bytes = new Uint8Array(64 * Math.ceil((text.length + 9) / 64));
  bytes.set([...text, "\x80"].map((letter) => letter.charCodeAt(0)));
  const view = new DataView(bytes.buffer);
  view.setUint32(bytes.length - 4, 8 * text.length);
  const turn = (word, by) => (word >>> by) | (word << (32 - by));
  for (let block = 0; block < bytes.length; block += 64) {
    const words = [];
    let [a, b, c, d, e, f, g, h] = state;
    for (let at = 0; at < 64; at += 1) {
      if (at < 16) words[at] = view.getUint32(block + 4 * at);
      else {
        const [x, y] = [words[at - 15], words[at - 2]];
        words[at] = (words[at - 16] + words[at - 7] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10))) | 0;
      }
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[at] + words[at]) | 0;
      const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => { state[at] = (state[at] + word) | 0; });
  }
  return (state[0] >>> 0) * 65536 + (state[1] >>> 16);
}

class Chance {
  constructor(seed) {
    const all = this.all = new Uint32Array(624);
    const key = seed < 2 ** 32 ? [seed] : [seed % 2 ** 32, floor(seed / 2 ** 32)];
    const stir = (at) => all[at - 1] ^ (all[at - 1] >>> 30);
    all[0] = 19650218;
    for (let at = 1; at < 624; at += 1) all[at] = Math.imul(1812433253, stir(at)) + at;
    let at = 1;
    const go = (change) => {
      change();
      at += 1;
      if (at > 623) [all[0], at] = [all[623], 1];
    };
    for (let k = 0; k < 624; k += 1) go(() => { all[at] = (all[at] ^ Math.imul(stir(at), 1664525)) + key[k % key.length] + (k % key.length); });
    for (let k = 0; k < 623; k += 1) go(() => { all[at] = (all[at] ^ Math.imul(stir(at), 1566083941)) - at; });
    all[0] = 0x80000000;
    this.at = 624;
  }

  bits() {
    const { all } = this;
    if (this.at > 623) {
      for (let k = 0; k < 624; k += 1) {
        const y = (all[k] & 0x80000000) | (all[(k + 1) % 624] & 0x7fffffff);
        all[k] = all[(k + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      this.at = 0;
    }
    let y = all[this.at];
    this.at += 1;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  random() {
    return ((this.bits() >>> 5) * 67108864 + (this.bits() >>> 6)) / 2 ** 53;
  }

  uniform(low, high) {
    return low + (high - low) * this.random();
  }

  below(count) {
    const shift = Math.clz32(count);
    for (;;) {
      const found = this.bits() >>> shift;
      if (found < count) return found;
    }
  }

  choose(list) {
    return list[this.below(list.length)];
  }

  gauss(deviation) {
    const { spare } = this;
    this.spare = undefined;
    if (spare !== undefined) return spare * deviation;
    const angle = this.random() * TURN;
    const far = sqrt(-2 * log(1 - this.random()));
    this.spare = sin(angle) * far;
    return cos(angle) * far * deviation;
  }
}

// -- Noise: that of pictures/summoning/noise.py -------------------------------------------

function mix(number) {
  let mixed = Math.imul(number ^ (number >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

// A function that gives so many new standard normal numbers at each call.
function makeNoise(seed) {
  const key = mix((seed % 2 ** 32) ^ 0x9e3779b9);
  let place = 0;
  const draw = () => {
    place += 1;
    return (mix(mix(Math.imul(place, 0x9e3779b9) + 1) ^ key) + 0.5) / 2 ** 32;
  };
  return (count) => {
    const found = new Float64Array(count);
    for (let at = 0; at < count; at += 2) {
      const [far, angle] = [sqrt(-2 * log(draw())), TURN * draw()];
      found[at] = far * cos(angle);
      found[at + 1] = far * sin(angle); // past the end of an odd number nothing is kept
    }
    return found;
  };
}

// -- Lines and spectra ----------------------------------------------------------------------

// The line through the points (xs, ys) at each of the moments, level beyond its ends.
function follow(moments, xs, ys) {
  let at = 0;
  return moments.map((x) => {
    while (at < xs.length && xs[at] <= x) at += 1;
    if (!at || at === xs.length) return Number(ys[max(at - 1, 0)]);
    return ys[at - 1] + ((ys[at] - ys[at - 1]) * (x - xs[at - 1])) / (xs[at] - xs[at - 1]);
  });
}

function blur(line, sigma) {
  const reach = floor(4 * sigma + 0.5);
  const kernel = fill(2 * reach + 1, (at) => exp(-0.5 * ((at - reach) / sigma) ** 2));
  const whole = sum(kernel);
  const length = line.length;
  return line.map((_, at) => {
    let total = 0;
    for (let k = -reach; k <= reach; k += 1) {
      const place = (((at + k) % (2 * length)) + 2 * length) % (2 * length); // mirrored at its ends
      total += kernel[k + reach] * line[place < length ? place : 2 * length - 1 - place];
    }
    return total / whole;
  });
}

// A value for every sample of a line with one every STEP samples.
const stretch = (line, count) => fill(count, (at) => {
  const k = at >> 6;
  return line[k] + ((line[k + 1] - line[k]) * (at & 63)) / STEP;
});

const twiddles = {};
// Discrete Fourier transform in place, of 2 ** n complex numbers; back without the division.
function transform(re, im, back = 1) {
  const n = re.length;
  const [cosines, sines] = twiddles[n] ??= [fill(n / 2, (k) => cos((TURN * k) / n)), fill(n / 2, (k) => -sin((TURN * k) / n))];
  for (let i = 1, j = 0; i < n; i += 1) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      const [x, y] = [re[i], im[i]];
      re[i] = re[j];
      im[i] = im[j];
      re[j] = x;
      im[j] = y;
    }
  }
  for (let half = 1; half < n; half *= 2) {
    const skip = n / half / 2;
    for (let start = 0; start < n; start += 2 * half) {
      for (let k = 0; k < half; k += 1) {
        const a = start + k;
        const b = a + half;
        const c = cosines[k * skip];
        const s = sines[k * skip] * back;
        const x = re[b] * c - im[b] * s;
        const y = re[b] * s + im[b] * c;
        re[b] = re[a] - x;
        im[b] = im[a] - y;
        re[a] += x;
        im[a] += y;
      }
    }
  }
}

// Noise through a filter whose gain at tan(pi f / rate) is `gain`.
function colour(noise, count, gain) {
  const n = 2 ** Math.ceil(log2(count + 2));
  const [re, im] = [noise(n), new Float64Array(n)];
  transform(re, im);
  for (let k = 0; k < n; k += 1) {
    const by = gain(tan((PI * min(k, n - k)) / n)) / n;
    re[k] *= by;
    im[k] *= by;
  }
  transform(re, im, -1);
  return re.subarray(0, count);
}

// Smooth noise of unit power below `cutoff` Hz, as a line.
function wander(noise, count, cutoff) {
  const edge = tan((PI * cutoff) / CONTROL);
  const scale = 1 / sqrt((2.2 * cutoff) / CONTROL);
  return colour(noise, count, (w) => scale / sqrt(1 + (w / edge) ** 4));
}

// Unit-power noise of `width` octaves around `centre` Hz.
function hiss(noise, centre, width, seconds) {
  const low = clip(centre * 2 ** (-width / 2), 60, 9000);
  const high = max(min(centre * 2 ** (width / 2), 0.45 * RATE), low * 1.15);
  const [one, two] = [low, high].map((edge) => tan((PI * edge) / RATE));
  const sound = colour(noise, floor(seconds * RATE), (w) => (w ? 1 / sqrt(1 + ((w * w - one * two) / (w * (two - one))) ** 4) : 0));
  const power = sqrt(sum(sound.map((x) => x * x)) / sound.length) + 1e-9;
  return sound.map((x) => x / power);
}
