// Up to eight cards as the text of a link, and back, whatever happens to the text on its way.
//
// The text is "2", then blocks of letters. A block is 15 bytes, or a multiple where there is much
// to say, and three bytes of its checksum. To the blocks of the message come spare ones: all blocks
// are points of one polynomial over GF(256) in each of their bytes (Reed and Solomon, 1960), so any
// of them stand in for as many lost ones. The bytes are version, number of the message's blocks and
// of cards, then the cards, the newest first: length, checksum, and JSON, which may be compressed.
"use strict";
(() => {
  const VERSION = 1;
  const MOST = 8; // cards
  const BLOCKS = 160; // of a message; with their spare ones at most 204 of 256
  const WIDEST = 9; // times 15 bytes
  const HEAD = 3; // bytes before the first card
  const REACH = 200; // letters by which a text may have become longer or shorter
  const spare = (blocks) => 4 + Math.ceil(blocks / 4);
  const utf8 = new TextEncoder();

  // -- Checksums: FNV-1a, and 24 bits of it ---------------------------------------

  function sum(bytes, start = 0x811c9dc5) {
    let found = start;
    for (const byte of bytes) found = Math.imul(found ^ byte, 0x01000193) >>> 0;
    return found;
  }

  function mark(index, bytes) {
    const found = sum(bytes, sum([VERSION, index]));
    return (found >>> 24) ^ (found & 0xffffff);
  }

  // -- Letters of base64url -------------------------------------------------------

  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const write = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const read = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

  // -- Spare blocks ---------------------------------------------------------------

  const EXP = [];
  const LOG = [];
  for (let at = 0, value = 1; at < 255; at += 1) {
    EXP[at] = value;
    LOG[value] = at;
    value = (value << 1) ^ (value > 127 ? 0x11d : 0);
  }

  // The blocks at the indices `wanted`, from `known`: as many [index, bytes] as the message has blocks.
  function interpolate(known, wanted) {
    const below = known.map(([x]) => known.reduce((total, [y]) => (x === y ? total : total + LOG[x ^ y]), 0));
    return wanted.map((at) => {
      const above = known.reduce((total, [y]) => total + LOG[at ^ y], 0);
      const made = new Uint8Array(known[0][1].length);
      known.forEach(([x, bytes], which) => {
        const weight = (((above - LOG[at ^ x] - below[which]) % 255) + 255) % 255;
        bytes.forEach((byte, place) => { if (byte) made[place] ^= EXP[(LOG[byte] + weight) % 255]; });
      });
      return made;
    });
  }

  // -- Writing --------------------------------------------------------------------

  // `said`, a sentence of the jungle's language, is there if there is one.
  const spell = ({ to, from, message, said }) => utf8.encode(JSON.stringify([to, from, message, ...(said ? [said] : [])]));

  // `bodies` are [bytes, whether they are compressed]. What does not fit is left out, the oldest first.
  function build(bodies) {
    let size = HEAD;
    const fit = bodies.slice(0, MOST).filter(([body]) => {
      size += 6 + body.length;
      return size <= 15 * BLOCKS * WIDEST;
    });
    const plain = [VERSION, 0, fit.length];
    for (const [body, pressed] of fit) {
      const found = sum(body);
      plain.push((pressed << 7) | (body.length >> 8), body.length & 255);
      plain.push(found >>> 24, (found >>> 16) & 255, (found >>> 8) & 255, found & 255, ...body);
    }
    const length = 15 * Math.ceil(plain.length / (15 * BLOCKS));
    const count = Math.ceil(plain.length / length);
    plain[1] = count;
    const blocks = Array.from({ length: count }, (_, at) => {
      const block = new Uint8Array(length);
      block.set(plain.slice(at * length, (at + 1) * length));
      return block;
    });
    const more = Array.from({ length: spare(count) }, (_, at) => count + at);
    const text = [...blocks, ...interpolate([...blocks.entries()], more)].map((block, index) => {
      const found = mark(index, block);
      return write([...block, found >>> 16, (found >>> 8) & 255, found & 255]);
    });
    return { text: "2" + text.join(""), left: bodies.length - fit.length };
  }

  // The link's text of a thread, the newest card first, and how many of its cards are left out:
  // `seal` at once, `press` a moment later and shorter.
  const seal = (thread) => build(thread.map((card) => [spell(card), 0]));

  async function press(thread) {
    return build(await Promise.all(thread.map(async (card) => {
      const body = spell(card);
      const pressed = await stream(body, window.CompressionStream).catch(() => body);
      return pressed.length < body.length ? [pressed, 1] : [body, 0];
    })));
  }

  // What comes out of a stream, even if it ends in a fault; no more than a thread can hold.
  async function stream(bytes, Kind) {
    const reader = new Blob([bytes]).stream().pipeThrough(new Kind("deflate-raw")).getReader();
    const found = [];
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        found.push(...value);
        if (found.length > 40000) { await reader.cancel(); break; }
      }
    } catch { /* the end is missing */ }
    return Uint8Array.from(found);
  }

  // -- Reading --------------------------------------------------------------------

  const SHIFTS = Array.from({ length: 2 * REACH + 1 }, (_, at) => (at % 2 ? (at + 1) / 2 : -at / 2));

  // The bytes of the block whose letters begin at `at`, if its checksum is right.
  function check(bits, at, length, index) {
    let found = sum([VERSION, index]);
    const last = at + length - 4;
    const word = (from) => (bits[from] << 18) | (bits[from + 1] << 12) | (bits[from + 2] << 6) | bits[from + 3];
    for (let from = at; from < last; from += 4) {
      const three = word(from);
      found = Math.imul(found ^ (three >> 16), 0x01000193);
      found = Math.imul(found ^ ((three >> 8) & 255), 0x01000193);
      found = Math.imul(found ^ (three & 255), 0x01000193);
    }
    return ((found >>> 24) ^ (found & 0xffffff)) === word(last);
  }

  // The blocks whose checksum is right, by index. Letters may be missing or too many in between.
  function find(text, width) {
    const length = 20 * width + 4;
    const bits = Uint8Array.from(text, (letter) => LETTERS.indexOf(letter));
    const found = new Map();
    let drift = 1;
    for (let index = 0; index < 256 && index * length + drift < text.length + REACH; index += 1) {
      const start = index * length + drift;
      const shift = SHIFTS.find((by) => start + by >= 0 && start + by + length <= text.length
        && check(bits, start + by, length, index));
      if (shift === undefined) continue;
      found.set(index, read(text.slice(start + shift, start + shift + length)).subarray(0, -3));
      drift += shift;
    }
    return found;
  }

  // The bytes of the message of `count` blocks, and a function that says which of them are known.
  function assemble(blocks, count) {
    const most = count + spare(count);
    const known = [...blocks].filter(([index]) => index < most);
    const lost = Array.from({ length: count }, (_, at) => at).filter((at) => !blocks.has(at));
    const whole = new Map(known.filter(([index]) => index < count));
    if (lost.length && known.length >= count) {
      interpolate(known.slice(0, count), lost).forEach((bytes, at) => whole.set(lost[at], bytes));
    }
    const length = known[0][1].length;
    const bytes = new Uint8Array(count * length);
    for (const [at, block] of whole) bytes.set(block, at * length);
    // The first byte from `at` on that is not known, at most `end`.
    const until = (at, end) => {
      let far = at;
      while (far < end && whole.has(Math.floor(far / length))) far += 1;
      return far;
    };
    return { bytes, until, complete: known.length === most };
  }

  // The cards of a message, the newest first. A card that is not whole holds what can be read.
  async function take({ bytes, until }) {
    const cards = [];
    if (until(0, HEAD) < HEAD || bytes[0] !== VERSION) return { cards, count: 1 };
    const count = Math.min(bytes[2], MOST);
    let at = HEAD;
    while (cards.length < count) {
      const start = at + 6;
      if (until(at, start) < start) break;
      const end = start + (((bytes[at] & 127) << 8) | bytes[at + 1]);
      const body = bytes.subarray(start, until(start, end));
      const said = new DataView(bytes.buffer).getUint32(at + 2);
      const plain = bytes[at] >> 7 ? await stream(body, window.DecompressionStream).catch(() => new Uint8Array()) : body;
      cards.push(unfold(new TextDecoder().decode(plain), start + body.length === end && sum(body) === said));
      at = end;
    }
    return { cards, count };
  }

  // One card from its JSON, of which the end may be missing.
  function unfold(text, whole) {
    const parts = [...text.matchAll(/"((?:[^"\\]|\\.)*)(?:"|\\?$)/g)].map(([, part]) => {
      try {
        return JSON.parse(`"${part}"`);
      } catch {
        return part.replace(/\\./g, " ");
      }
    });
    const [to = "", from = "", message = "", said = ""] = parts;
    return { to, from, message, said, whole };
  }

  // The thread in a text: its `cards`, how many there were in `all`, and its `state`. "whole": nothing was lost. "mended": what
  // was lost is there again. "part": some of it is missing. "lost": nothing can be read.
  // Undefined if the text is no thread.
  async function open(text) {
    for (let width = 1; width <= WIDEST; width += 1) {
      const blocks = find(text, width);
      if (!blocks.size) continue;
      const last = Math.max(...blocks.keys());
      const first = blocks.get(0);
      const counts = Array.from({ length: BLOCKS }, (_, at) => at + 1)
        .filter((count) => (first ? count === first[1] : count <= blocks.size) && count + spare(count) > last);
      for (const count of counts) {
        const message = assemble(blocks, count);
        if (!first && message.bytes[1] !== count) continue;
        const { cards, count: all } = await take(message);
        const sound = cards.length === all && cards.every((card) => card.whole);
        if (!first && !sound) continue;
        const read = cards.some((card) => card.to || card.from || card.message || card.said);
        const state = sound ? (message.complete ? "whole" : "mended") : (read ? "part" : "lost");
        return { cards, state, all, missing: all - cards.filter((card) => card.whole).length };
      }
      return { cards: [], state: "lost", all: 1, missing: 1 };
    }
    return undefined;
  }

  window.letters = { seal, press, open, MOST };
})();
