// The worker that draws a summoned beast: it fetches program and model once, keeps them by digest,
// and runs the network with one thread. The noise, what the seed completes, and the solver's steps
// are those of generate/pictures/summoning/ in Python, number by number.
const STEP = 0x9e3779b9;
let model = null; // { facts, session, refiner, Tensor, words }

// -- Random numbers (noise.py) ------------------------------------------------------

function mix(number) {
  let mixed = number >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b) >>> 0;
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

const drawBits = (seed, place) => mix(mix((Math.imul(place, STEP) + 1) >>> 0) ^ mix((seed ^ STEP) >>> 0));

function drawNormal(seed, block, count) {
  const found = new Float32Array(count);
  for (let at = 0; at < count; at += 1) {
    const place = 2 * (block * count + at);
    const first = (drawBits(seed, place) + 0.5) / 2 ** 32;
    const second = (drawBits(seed, place + 1) + 0.5) / 2 ** 32;
    found[at] = Math.sqrt(-2 * Math.log(first)) * Math.cos(2 * Math.PI * second);
  }
  return found;
}

// -- Words (asking.py) --------------------------------------------------------------

function complete({ groups, rows }, wanted, seed) {
  const asked = new Set(wanted);
  if (rows.length && wanted.length) {
    const named = new Set(["word", ...wanted.map((place) => groups[place])]);
    for (const place of rows[drawBits((seed ^ 0x5bd1e995) >>> 0, 0) % rows.length]) {
      if (!named.has(groups[place])) asked.add(place);
    }
  }
  return [...asked];
}

// -- Fetching -----------------------------------------------------------------------

const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

// The bytes of a file from the cache or the network; `tell` hears how many have come.
async function load(address, size, digest, cache, tell) {
  const kept = cache && await cache.match(address);
  const response = kept || await fetch(address);
  if (!response.ok) throw new Error(`${response.status} ${address}`);
  const bytes = new Uint8Array(size);
  const reader = response.body.getReader();
  let at = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (at + value.length > size) throw new Error(`too long: ${address}`);
    bytes.set(value, at);
    at += value.length;
    tell(value.length);
  }
  // Without a secure connection browsers offer no digests; the length is all that can be checked.
  const right = at === size && (!self.crypto.subtle || hex(await crypto.subtle.digest("SHA-256", bytes)) === digest);
  if (!right) {
    if (kept) await cache.delete(address);
    throw new Error(`damaged: ${address}`);
  }
  if (cache && !kept) {
    const type = address.endsWith(".js") ? "text/javascript" : "application/octet-stream";
    await cache.put(address, new Response(bytes, { headers: { "Content-Type": type } })).catch(() => {});
  }
  return bytes;
}

async function unpack(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// float16 as float32: every number is looked up.
function widen(halves) {
  const table = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits += 1) {
    const sign = bits >> 15 ? -1 : 1;
    const power = (bits >> 10) & 31;
    const rest = bits & 1023;
    table[bits] = power === 0 ? sign * rest * 2 ** -24 : sign * (1 + rest / 1024) * 2 ** (power - 15);
  }
  return Float32Array.from(halves, (bits) => table[bits]);
}

async function open({ base, name, facts }) {
  const cache = self.caches ? await caches.open(name).catch(() => null) : null;
  const files = facts.files.map(([kind, path, size, digest]) => [kind, new URL(path, base).href, size, digest]);
  if (cache) {
    const wanted = new Set(files.map(([, address]) => address));
    for (const old of await cache.keys()) if (!wanted.has(old.url)) await cache.delete(old);
  }
  let come = 0;
  const found = {};
  for (const [kind, address, size, digest] of files) {
    (found[kind] ??= []).push(await load(address, size, digest, cache, (more) => {
      come += more;
      postMessage({ come });
    }));
  }
  if (found.sayings) postMessage({ sayings: JSON.parse(new TextDecoder().decode(found.sayings[0])) });
  postMessage({ opening: true });
  const ort = await import(files[0][1]);
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = (await unpack(found.wasm[0])).buffer;
  const all = new Uint8Array(await new Blob(found.weights).arrayBuffer());
  const numbers = widen(new Uint16Array(all.buffer));
  const words = facts.tokens.length * facts.embed;
  const weights = new Uint8Array(numbers.buffer, 0, 4 * (numbers.length - words));
  const how = { executionProviders: ["wasm"], graphOptimizationLevel: "all" };
  const refiner = await ort.InferenceSession.create(await unpack(found.refiner[0]), how);
  const session = await ort.InferenceSession.create(await unpack(found.graph[0]), {
    ...how, externalData: [{ path: "weights", data: weights }],
  });
  model = { facts, session, refiner, Tensor: ort.Tensor, words: numbers.slice(numbers.length - words) };
}

// -- Drawing ------------------------------------------------------------------------

// Blocks of pixels as channels, and back (torch's pixel_unshuffle and pixel_shuffle).
function fold(picture, size, factor, back = false) {
  const folded = new Float32Array(picture.length);
  const grid = size / factor;
  for (let channel = 0; channel < 3; channel += 1) {
    for (let y = 0; y < size; y += 1) {
      for (let x = 0; x < size; x += 1) {
        const plane = (channel * factor + (y % factor)) * factor + (x % factor);
        const inside = (plane * grid + Math.floor(y / factor)) * grid + Math.floor(x / factor);
        const outside = (channel * size + y) * size + x;
        if (back) folded[outside] = picture[inside];
        else folded[inside] = picture[outside];
      }
    }
  }
  return folded;
}

async function velocity(picture, level, embedded) {
  const { facts: { size, factor }, session, Tensor } = model;
  const grid = size / factor;
  const feeds = {
    folded: new Tensor("float32", fold(picture, size, factor), [1, 3 * factor ** 2, grid, grid]),
    time: new Tensor("float32", Float32Array.of(Math.fround(level) * 1000), [1]),
    embedded: new Tensor("float32", embedded, [1, embedded.length]),
  };
  const answer = Object.values(await session.run(feeds))[0];
  return fold(answer.data, size, factor, true);
}

// Levels of 0 to 255 as a browser shows them, from a picture in [-1, 1].
function toLevels(picture, size) {
  const pixels = new Uint8ClampedArray(4 * size * size).fill(255);
  for (let at = 0; at < size * size; at += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      pixels[4 * at + channel] = Math.round((Math.max(-1, Math.min(1, picture[channel * size * size + at])) + 1) * 127.5);
    }
  }
  return pixels;
}

// Four times as large, with sharp edges, from the levels of the picture.
async function refine(picture, size) {
  const levels = toLevels(picture, size);
  const pixels = picture.map((_, at) => levels[4 * (at % (size * size)) + Math.floor(at / (size * size))] / 127.5 - 1);
  const answer = await model.refiner.run({ pictures: new model.Tensor("float32", pixels, [1, 3, size, size]) });
  const large = toLevels(Object.values(answer)[0].data, 4 * size);
  postMessage({ large, size: 4 * size }, [large.buffer]);
}

// What a picture looks like; on its way, with a deviation of at most 0.5.
function show(picture, size, step, last) {
  let scale = 1;
  if (!last) {
    const mean = picture.reduce((sum, one) => sum + one, 0) / picture.length;
    const power = picture.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (picture.length - 1);
    scale = 1 / Math.max(1, Math.sqrt(power) / 0.5);
  }
  const pixels = toLevels(picture.map((one) => one * scale), size);
  postMessage({ step, pixels, size }, [pixels.buffer]);
}

// How much of each word is asked for, and a function that gives a step's noise: of a beast by words
// and a seed, or of a child by what its parents hand on.
async function ask({ wanted, seed, child }, facts) {
  if (!child) return [complete(facts, wanted, seed).map((place) => [place, 1]), (block, count) => drawNormal(seed, block, count)];
  const { mixNoise } = await import("./inherit.js");
  const next = mixNoise(child.noise);
  return [child.words, (_, count) => next(count)];
}

async function draw(question) {
  const { facts, words } = model;
  const { size, steps, guidance, guided, embed } = facts;
  const [asked, makeNoise] = await ask(question, facts);
  const count = 3 * size * size;
  const none = new Float32Array(embed);
  const embedded = new Float32Array(embed);
  for (const [place, weight] of asked) for (let at = 0; at < embed; at += 1) embedded[at] += weight * words[place * embed + at];
  postMessage({ asked: asked.filter(([, weight]) => weight >= 0.5).map(([place]) => place) });
  let state = makeNoise(0, count);
  let before = null;
  show(state, size, 0, false);
  for (let step = 0; step < steps.length; step += 1) {
    const [level, a, b, c, d] = steps[step];
    const pull = await velocity(state, level, embedded);
    if (guidance !== 1 && asked.length && level >= guided) {
      const free = await velocity(state, level, none);
      for (let at = 0; at < count; at += 1) pull[at] = free[at] + guidance * (pull[at] - free[at]);
    }
    const clean = pull.map((one, at) => state[at] - level * one);
    const noise = d ? makeNoise(step + 1, count) : null;
    const last = before;
    state = state.map((one, at) => a * one + b * clean[at] + (c ? c * (clean[at] - last[at]) : 0) + (d ? d * noise[at] : 0));
    before = clean;
    show(state, size, step + 1, step + 1 === steps.length);
  }
  await refine(state, size);
}

onmessage = async ({ data }) => {
  try {
    if (!model) await open(data);
    await draw(data);
  } catch (error) {
    postMessage({ failed: String(error && error.message ? error.message : error) });
  }
};
