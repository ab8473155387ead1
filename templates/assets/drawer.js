// The page "My drawer": what this browser keeps, or a selection that somebody shared. All texts that
// come from outside, by a link or a file, are compared with the names of the jungle's cards.
"use strict";
(() => {
  const root = document.documentElement.dataset.root;
  const page = document.querySelector(".drawer");
  const rack = page.querySelector(".rack");
  const found = page.querySelector(".found");
  const shared = page.querySelector(".shared");
  const undo = page.querySelector(".undo");
  const file = page.querySelector("[name=file]");
  const dialog = document.querySelector(".sharing");
  const link = dialog.querySelector("[name=link]");
  const words = page.dataset;
  const count = (text, one, number) => (number === 1 ? one : text.replace("{n}", number));
  const slugOf = (card) => decodeURIComponent(card.url.slice("cards/".length, -".html".length));
  const split = (entry) => entry.split("#");
  let cards = new Map(); // by slug
  let before = [];
  let guest = null; // entries of a shared selection

  // FNV-1a of a selection: a link whose letters changed on its way is told by it.
  function sum(text) {
    let hash = 0x811c9dc5;
    for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    return hash.toString(36);
  }

  function slot(entry) {
    const [slug, letter] = split(entry);
    const card = cards.get(slug);
    const made = document.querySelector("#slot").content.firstElementChild.cloneNode(true);
    const title = made.querySelector(".title a");
    const picture = made.querySelector("img");
    title.textContent = card.title;
    title.href = root + card.url + (letter ? "#card=" + letter : "");
    if (card.thumb) picture.src = root + card.thumb;
    else picture.remove();
    made.querySelector(".card").classList.add("tilt-" + (card.index * 5) % 9);
    made.querySelector(".lettered").hidden = !letter;
    const pick = made.querySelector("[name=pick]");
    pick.value = slug;
    pick.hidden = pick.disabled = slug.startsWith("/");
    pick.setAttribute("aria-label", `${words.pick}: ${card.title}`);
    const drop = made.querySelector(".drop");
    drop.hidden = Boolean(guest);
    drop.setAttribute("aria-label", `${drop.textContent}: ${card.title}`);
    drop.addEventListener("click", () => takeOut([entry]));
    return made;
  }

  function show() {
    const all = guest || window.drawer.read();
    const known = all.filter((entry) => cards.has(split(entry)[0]));
    rack.replaceChildren(...known.map(slot));
    page.classList.add("ready");
    page.classList.toggle("empty-drawer", !known.length);
    page.querySelector(".empty").hidden = Boolean(known.length || guest);
    undo.hidden = true;
    const gone = all.length - known.length;
    found.textContent = gone ? count(words.gone, words.goneOne, gone) : "";
    tell();
  }

  function tell() {
    const picked = [...rack.querySelectorAll("[name=pick]:checked")].length;
    page.querySelector(".share-some").textContent = picked ? words.shareSome.replace("{n}", picked) : words.shareAll;
  }

  // -- A link that shares a selection ------------------------------------------------

  function arrive() {
    const match = /^#cards=(\w+)\.([^#]*)$/.exec(location.hash);
    guest = null;
    shared.hidden = !location.hash.startsWith("#cards=");
    if (!shared.hidden) {
      // No letters: those are between two people.
      const list = match ? match[2].replace(/[.,)>]+$/, "") : "";
      guest = window.drawer.sift(list.split(",").filter(Boolean).map(decode)).filter((entry) => !entry.includes("#"));
      shared.querySelector(".broken").hidden = Boolean(match) && match[1] === sum(list);
    }
    page.querySelector(".own").hidden = Boolean(guest);
    show();
  }

  function decode(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return "\u0000"; // no name
    }
  }

  page.querySelector(".share-some").addEventListener("click", () => {
    const boxes = [...rack.querySelectorAll("[name=pick]:enabled")];
    const picked = boxes.some((box) => box.checked) ? boxes.filter((box) => box.checked) : boxes;
    const list = [...new Set(picked.map((box) => encodeURIComponent(box.value)))].join(",");
    const url = new URL(location.href);
    url.hash = `cards=${sum(list)}.${list}`;
    link.value = url.href;
    dialog.showModal();
  });
  dialog.querySelector(".copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(link.value);
    } catch {
      link.select();
      document.execCommand("copy");
    }
    const done = dialog.querySelector(".done");
    done.textContent = done.dataset.copied;
  });
  dialog.addEventListener("close", () => { dialog.querySelector(".done").textContent = ""; });
  page.querySelector(".take").addEventListener("click", () => {
    const kept = window.drawer.add(guest.filter((entry) => cards.has(entry)));
    if (kept) history.replaceState(null, "", location.pathname);
    if (kept) arrive();
    found.textContent = kept ? words.taken : words.full;
  });

  // -- Export, import, empty ------------------------------------------------------------

  page.querySelector(".export").addEventListener("click", () => {
    const text = JSON.stringify({ drawer: 1, cards: window.drawer.read() }, null, 1);
    const save = document.createElement("a");
    save.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    save.download = "drawer.json";
    save.click();
    setTimeout(() => URL.revokeObjectURL(save.href), 10000);
  });
  page.querySelector(".import").addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    const [given] = file.files;
    if (!given) return;
    let list = null;
    try {
      if (given.size > 2e7) throw new Error("no drawer is so large");
      const read = JSON.parse(await given.text());
      if (read.drawer === 1 && Array.isArray(read.cards)) list = read.cards;
    } catch { /* no drawer */ }
    file.value = "";
    if (!list) {
      found.textContent = words.bad;
      return;
    }
    const known = window.drawer.sift(list).filter((entry) => cards.has(split(entry)[0]));
    const fresh = known.filter((entry) => !window.drawer.read().includes(entry)).length;
    const kept = window.drawer.add(known);
    show();
    const gone = list.length - known.length;
    const told = [count(words.imported, words.importedOne, fresh)];
    if (gone) told.push(count(words.gone, words.goneOne, gone));
    found.textContent = kept ? told.join(" ") : words.full;
  });
  page.querySelector(".clear").addEventListener("click", () => takeOut(window.drawer.read()));

  // What is taken out can be put back, until something else is done.
  function takeOut(entries) {
    before = window.drawer.read();
    window.drawer.remove(entries);
    show();
    found.textContent = words.dropped;
    undo.hidden = false;
    undo.focus();
  }

  undo.addEventListener("click", () => {
    window.drawer.write(before);
    show();
    page.querySelector("h1").focus();
  });

  rack.addEventListener("change", tell);
  addEventListener("hashchange", arrive);
  addEventListener("storage", show);
  window.loadRows().then((rows) => {
    cards = new Map(rows.map((card) => [slugOf(card), card]));
    // A beast that this browser drew is no card of the jungle: the letter alone says which it is.
    if (words.summoned) cards.set("/summoned", { url: "summon.html", title: words.summoned, index: 0 });
    arrive();
  }, () => {
    found.textContent = words.offline;
    page.classList.add("ready");
  });
})();
