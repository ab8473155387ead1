// Send this postcard, and answer one: the messages are in the link's fragment, which browsers send
// to no server. letters.js turns them into its text and back.
"use strict";
(() => {
  const LIMITS = { to: 40, from: 40, message: 280 };
  const UNITS = { to: 200, from: 200, message: 3000 }; // UTF-16; one character may have many
  const dialog = document.querySelector(".writing");
  const form = dialog.querySelector("form");
  const left = dialog.querySelector(".left");
  const done = dialog.querySelector(".done");
  const mail = dialog.querySelector(".mail");
  const share = dialog.querySelector(".share");
  const { to, from, message, link } = form.elements;

  // Counts as people do: an emoji is one character.
  const letters = (text) => (Intl.Segmenter
    ? Array.from(new Intl.Segmenter().segment(text), (part) => part.segment)
    : Array.from(text));
  function cut(text, name) {
    const parts = letters(text.slice(0, 4000)).slice(0, LIMITS[name]);
    while (parts.join("").length > UNITS[name]) parts.pop();
    return parts.join("");
  }

  // FNV-1a of the texts, in links of before.
  function sum({ to, from, message }) {
    let found = 0x811c9dc5;
    for (const byte of new TextEncoder().encode([to, from, message].join("\n"))) {
      found = Math.imul(found ^ byte, 0x01000193) >>> 0;
    }
    return found.toString(36);
  }

  // The card in a link of before: one in JSON, some without a sum. If the link is damaged, the card
  // is what can still be read.
  function decode(text) {
    const whole = text.length % 4 === 1 ? text.slice(0, -1) : text;
    const plain = atob(whole.slice(0, 12000).replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
    let damaged = whole !== text || text.length > 12000;
    let found = {};
    try {
      found = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
      damaged ||= !found || typeof found !== "object" || Array.isArray(found)
        || ("sum" in found && found.sum !== sum(found));
    } catch {
      damaged = true;
      const rest = new TextDecoder().decode(bytes);
      for (const key of Object.keys(LIMITS)) found[key] = salvage(rest, key);
    }
    const card = tidy(found || {});
    return { cards: [card], all: 1, missing: Number(damaged), state: damaged ? (says(card) ? "part" : "lost") : "whole" };
  }

  function tidy(card) {
    const read = (name) => (typeof card[name] === "string" ? cut(card[name], name) : "");
    const said = typeof card.said === "string" ? card.said.slice(0, 900) : "";
    return { to: read("to"), from: read("from"), message: read("message"), said };
  }

  const says = (card) => Boolean(card && (card.to || card.from || card.message || card.said));

  // A sentence of the jungle's language, on the card and in its place in the dialog.
  const plain = (said) => said.replace(/=\S*/g, "");
  const pronounce = async (said) => {
    if (!said && !window.showSaid) return;
    await window.fetchScript("sentence");
    window.showSaid(said);
  };

  // The thread in the page's address: its cards, the newest first, and what became of it.
  async function read(text) {
    // Programs that find links in a text may take a full stop after it for a part of it.
    const before = () => decode(/^[\w-]*/.exec(text)[0]);
    if (!text.startsWith("2")) {
      try {
        const found = before();
        if (found.state === "whole") return found;
      } catch { /* no letters of a link of before */ }
    }
    const clean = text.replace(/%([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(parseInt(code, 16))).replace(/[^\w-]/g, "").slice(0, 40000);
    return (await window.letters.open(clean)) || before();
  }

  // The text of `key` in JSON that is cut off or altered, as far as it goes.
  function salvage(text, key) {
    const match = new RegExp(`"${key}":"((?:[^"\\\\]|\\\\.)*)`).exec(text);
    if (!match) return "";
    try {
      return JSON.parse(`"${match[1]}"`);
    } catch {
      return match[1].replace(/\\./g, " ");
    }
  }

  // Writes on the card. A sender's words are always text, never HTML.
  function write(card) {
    const back = document.querySelector(".back");
    const put = (place, text) => {
      const line = back.querySelector(place);
      line.dataset.printed ??= line.textContent;
      line.textContent = text || line.dataset.printed;
    };
    put(".to", card.to);
    put(".from", card.from);
    back.querySelector(".hand").textContent = card.message;
    back.querySelector(".written").hidden = !card.message;
    back.querySelector(".message").hidden = Boolean(card.message);
    pronounce(card.said).catch(() => {});
  }

  // -- A card that came by the link stays as it is while an answer is written ----

  const answer = document.querySelector(".answer");
  const quote = dialog.querySelector(".quote");
  let received = null;
  let answered = []; // the thread that the card being written goes on

  async function arrive() {
    const brought = /^#say=([^#]*)/.exec(location.hash);
    if (brought) takeUp(brought[1]);
    const [damage, mended, arrived] = [".damaged", ".mended", ".arrived"].map((one) => document.querySelector(one));
    const found = /^#card=(.*)/s.exec(location.hash);
    const address = location.href;
    const thread = found && await read(found[1]).catch(() => ({ cards: [], state: "lost", all: 1, missing: 1 }));
    if (address !== location.href) return; // another link was opened meanwhile
    const cards = thread ? thread.cards.map(tidy) : [];
    const [card] = cards;
    const written = cards.some(says);
    const { one, many, part, none } = damage.dataset;
    damage.hidden = !thread || !["part", "lost"].includes(thread.state);
    if (!damage.hidden) {
      damage.textContent = !written ? none : thread.all < 2 ? part
        : (thread.missing > 1 ? many : one).replace("{n}", thread.missing);
    }
    mended.hidden = !thread || thread.state !== "mended";
    arrived.hidden = !written || !damage.hidden;
    received = written ? cards : null;
    answer.hidden = !written;
    while (written && cards.length < thread.all) cards.push(tidy({})); // it is said of each
    list(cards.slice(1));
    if (written) deliver(card);
    document.documentElement.classList.remove("opening");
  }

  function deliver(card) {
    write(card);
    document.querySelector(".postcard").classList.add("delivered");
    window.turnCard("back", false);
  }

  // The earlier cards of the thread, below the card that answers them.
  function list(cards) {
    const thread = document.querySelector(".thread");
    const places = cards.map((card) => {
      const place = document.querySelector("#earlier").content.firstElementChild.cloneNode(true);
      place.querySelector(".by").textContent = card.from || "…";
      place.querySelector(".for").textContent = card.to || "…";
      place.querySelector("blockquote").textContent = says(card) ? [plain(card.said), card.message].filter(Boolean).join(" · ") : thread.dataset.lost;
      return place;
    });
    thread.querySelector("ol").replaceChildren(...places);
    thread.hidden = !cards.length;
  }

  // -- Writing --------------------------------------------------------------------

  let latest = Promise.resolve();
  let said = window.broughtSaid || ""; // by the card being written
  const [line, unsaid] = [".said", ".unsaid"].map((one) => dialog.querySelector(one));

  function utter(text) {
    said = line ? text : "";
    if (!line) return; // a jungle without a language
    line.textContent = plain(said);
    unsaid.hidden = !said;
  }

  // A sentence that comes from the dictionary begins a card.
  function takeUp(text) {
    history.replaceState(null, "", location.pathname + location.search);
    try {
      utter(decodeURIComponent(text).slice(0, 900));
    } catch { /* damaged: none */ }
    begin([]);
    window.turnCard("back", false);
  }
  utter(said);
  // What is to be read on the card now: of a card that came, its own words.
  window.saidNow = () => (received ? received[0].said : said);
  if (unsaid) unsaid.addEventListener("click", () => { utter(""); update(); to.focus(); });

  function update() {
    for (const field of [to, from, message]) {
      const short = cut(field.value, field.name);
      if (short !== field.value) field.value = short;
    }
    const card = { to: to.value, from: from.value, message: message.value, said };
    const thread = [card, ...answered];
    left.textContent = left.dataset.left.replace("{n}", LIMITS.message - letters(message.value).length);
    done.textContent = "";
    if (!received) write(card);
    // The link is there at once, and a moment later the shorter one of the same words.
    put(window.letters.seal(thread));
    const mine = latest = window.letters.press(thread).then((sealed) => {
      if (mine === latest) put(sealed);
    });
  }

  function put({ text, left: over }) {
    const url = new URL(location.href);
    url.hash = "card=" + text;
    link.value = url.href;
    mail.href = "mailto:?subject=" + encodeURIComponent(mail.dataset.subject) + "&body=" + encodeURIComponent(url.href);
    dialog.querySelector(".full").hidden = !over;
  }

  function begin(thread) {
    dialog.classList.toggle("answering", thread.length > 0);
    answered = thread;
    quote.hidden = !thread.length;
    quote.textContent = thread.length ? thread[0].message : "";
    for (const [title, shown] of [[".to-send", !thread.length], [".to-answer", thread.length]]) dialog.querySelector(title).hidden = !shown;
    update();
    dialog.showModal();
  }

  answer.addEventListener("click", () => {
    [to.value, from.value, message.value] = [received[0].from, received[0].to, ""];
    utter("");
    begin(received);
    message.focus();
  });
  document.querySelector(".send").addEventListener("click", () => {
    begin([]);
    to.focus();
  });
  form.addEventListener("input", update);
  dialog.addEventListener("close", () => {
    if (done.textContent) document.querySelector(".postcard").classList.add("posted");
    window.turnCard("back", true);
  });
  dialog.querySelector(".copy").addEventListener("click", async () => {
    await latest;
    try {
      await navigator.clipboard.writeText(link.value);
    } catch {
      link.select();
      document.execCommand("copy");
    }
    done.textContent = done.dataset.copied;
  });
  if (navigator.share) {
    share.hidden = false;
    share.addEventListener("click", () => {
      navigator.share({ title: document.title, url: link.value }).catch(() => {});
    });
  }

  // -- As a picture, where links are poor: saved, or shared as a file -----------------

  const { slug } = document.querySelector(".postcard").dataset;
  async function paint(kind) {
    await window.fetchScript("paper");
    return new File([await window.drawCard(kind)], `${slug}${kind === "both" ? "-both" : ""}.png`, { type: "image/png" });
  }
  const fail = () => { done.textContent = done.dataset.failed; };
  for (const button of dialog.querySelectorAll("[data-save]")) {
    button.addEventListener("click", () => paint(button.dataset.save).then((file) => {
      const save = document.createElement("a");
      save.href = URL.createObjectURL(file);
      save.download = file.name;
      save.click();
      setTimeout(() => URL.revokeObjectURL(save.href), 10000);
      done.textContent = done.dataset.saved;
    }).catch(fail));
  }
  const hand = dialog.querySelector(".share-file");
  const blank = new File([new Uint8Array(1)], "card.png", { type: "image/png" });
  hand.hidden = !(navigator.canShare && navigator.canShare({ files: [blank] }));
  hand.addEventListener("click", async () => {
    try {
      await navigator.share({ files: [await paint("both")], title: document.title });
    } catch (error) {
      if (error.name !== "AbortError") fail();
    }
  });

  addEventListener("hashchange", arrive);
  arrive();
})();
