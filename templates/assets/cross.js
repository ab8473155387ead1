// Children of two cards, on the page that summons: what they inherit, as hand and crossing in Python
// have it (generate/pictures/sampling/crossing.py), and their place in a link.
"use strict";
(() => {
  const [STRANGER, OWN] = [4, 0.3]; // from this one on a child has so much noise of its own
  const MOST = 48; // parents to choose from
  const root = document.documentElement.dataset.root;
  const { facts, cross } = window.summoning;
  const section = document.querySelector(".crossing");
  const [pair, picks, pick, gone] = [".pair", ".picks", ".pick", ".gone"].map((one) => section.querySelector(one));
  const slugOf = (card) => decodeURIComponent(card.url.slice("cards/".length, -".html".length));
  const round = (weight) => Math.round(weight * 1e5) / 1e5;

  // Noise of parts with their shares: of length 1 again.
  function mix(parts) {
    const sum = new Map();
    for (const [noise, share] of parts) {
      for (const [seed, weight] of noise) sum.set(seed, (sum.get(seed) || 0) + Math.sqrt(share) * weight);
    }
    const length = Math.sqrt([...sum.values()].reduce((total, weight) => total + weight ** 2, 0));
    return [...sum].map(([seed, weight]) => [seed, weight / length]);
  }

  // Child number `take` of two rows of parents.json: words of both, then of the one, then of the other.
  function bear(rows, names, take, own) {
    const theirs = mix(rows.map(([noise]) => [noise, 0.5]));
    const noise = take < STRANGER ? theirs : mix([[theirs, 1 - OWN], [[[own, 1]], OWN]]);
    const heir = (take - 1) % (rows.length + 1);
    const words = new Map();
    for (const [, list] of heir ? [rows[heir - 1]] : rows) {
      for (const [place, weight] of list) words.set(place, (words.get(place) || 0) + weight / (heir ? 1 : rows.length));
    }
    const said = [...words].sort(([, one], [, other]) => other - one).map(([place, weight]) => [facts.tokens[place], round(weight)]);
    return { noise: noise.map(([seed, weight]) => [seed, round(weight)]), words: said, names };
  }

  // A child from a link, null if it is none.
  window.readChild = (text) => {
    const isWeight = (weight) => Number.isFinite(weight) && Math.abs(weight) <= 1.01;
    const isList = (list, most, right) => Array.isArray(list) && list.length <= most && list.every((one) => Array.isArray(one) && right(...one));
    try {
      const { noise, words, names } = JSON.parse(text);
      const right = isList(noise, 64, (seed, weight) => Number.isSafeInteger(seed) && seed >= 0 && isWeight(weight)) && noise.length
        && isList(words, 64, (word, weight) => typeof word === "string" && isWeight(weight))
        && Array.isArray(names) && names.length === 2 && names.every((name) => typeof name === "string");
      return right ? { noise, words: words.map(([word, weight]) => [word.slice(0, 60), weight]), names: names.map((name) => name.slice(0, 90)) } : null;
    } catch {
      return null;
    }
  };

  // -- Which parents: "#cross=one,other", or one alone, to which another is chosen -------------------

  function show(card, href) {
    const made = document.querySelector("#parent").content.firstElementChild.cloneNode(true);
    const link = made.querySelector("a");
    link.href = href;
    made.querySelector("bdi").textContent = card.title;
    if (card.thumb) made.querySelector("img").src = root + card.thumb;
    else made.querySelector("img").remove();
    return made;
  }

  async function arrive() {
    const asked = /^#cross=([^#]+)$/.exec(location.hash);
    if (!asked) return;
    section.hidden = false;
    const [parents, cards] = await Promise.all([
      fetch(`${root}parents.json`).then((response) => (response.ok ? response.json() : {})).catch(() => ({})),
      window.loadRows().catch(() => []),
    ]);
    const known = new Map(cards.map((card) => [slugOf(card), card]).filter(([slug]) => Object.hasOwn(parents, slug)));
    let slugs = [];
    try {
      slugs = asked[1].split(",").slice(0, 2).map(decodeURIComponent);
    } catch { /* damaged: none */ }
    const found = slugs.filter((slug) => known.has(slug));
    gone.hidden = found.length === slugs.length && found.length > 0;
    pair.replaceChildren(...found.map((slug) => show(known.get(slug), root + known.get(slug).url)));
    const [first] = found;
    const alone = found.length === 1 || (found.length === 2 && first === found[1]);
    pick.hidden = !alone;
    // Those in the drawer first, then those that are near.
    const kept = (window.drawer ? window.drawer.read() : []).map((entry) => entry.split("#")[0]);
    const near = alone ? known.get(first).near || [] : [];
    const rate = ([slug, card]) => (kept.includes(slug) ? 2 : 0) + (near.includes(card.index) ? 1 : 0);
    const others = alone ? [...known].filter(([slug]) => slug !== first).sort((one, other) => rate(other) - rate(one)).slice(0, MOST) : [];
    picks.replaceChildren(...others.map(([slug, card]) => show(card, `#cross=${encodeURIComponent(first)},${encodeURIComponent(slug)}`)));
    if (found.length < 2 || alone) {
      cross(null);
      return;
    }
    const names = found.map((slug) => known.get(slug).title);
    let take = 0;
    cross(() => {
      const [seed, own] = crypto.getRandomValues(new Uint32Array(2));
      take += 1;
      return { seed, child: bear(found.map((slug) => parents[slug]), names, take, own) };
    });
  }

  addEventListener("hashchange", arrive);
  arrive();
})();
