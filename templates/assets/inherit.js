// What a child inherits: the noise of its parents, as torch drew it for them, and a sum of it
// (generate/pictures/families/mixed.py). conjure.js fetches this when a child is to be drawn.

// The Mersenne Twister as torch seeds it; normal numbers in groups of sixteen, as torch makes them on
// a processor. A function that gives the next `count` numbers, a multiple of sixteen.
export function drawLikeTorch(seed) {
  const all = new Uint32Array(624);
  let at = 624;
  all[0] = seed % 2 ** 32;
  for (let k = 1; k < 624; k += 1) all[k] = Math.imul(1812433253, all[k - 1] ^ (all[k - 1] >>> 30)) + k;

  function draw() {
    if (at > 623) {
      for (let k = 0; k < 624; k += 1) {
        const y = (all[k] & 0x80000000) | (all[(k + 1) % 624] & 0x7fffffff);
        all[k] = all[(k + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      at = 0;
    }
    let y = all[at];
    at += 1;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return ((y ^ (y >>> 18)) & 0xffffff) / 2 ** 24;
  }

  return (count) => {
    const found = Float32Array.from({ length: count }, draw);
    for (let k = 0; k < count; k += 16) {
      for (let j = k; j < k + 8; j += 1) {
        const far = Math.sqrt(-2 * Math.log(1 - found[j]));
        const angle = 2 * Math.PI * found[j + 8];
        found[j] = far * Math.cos(angle);
        found[j + 8] = far * Math.sin(angle);
      }
    }
    return found;
  };
}

// A function that gives the next numbers of a child: `noise` are [[seed, weight], …].
export function mixNoise(noise) {
  const parts = noise.map(([seed, weight]) => [drawLikeTorch(seed), weight]);
  return (count) => {
    const sum = new Float32Array(count);
    for (const [draw, weight] of parts) draw(count).forEach((one, at) => { sum[at] += Math.fround(weight) * one; });
    return sum;
  };
}
