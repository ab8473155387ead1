// Send this postcard: the message is in the link's fragment, which browsers send to no server.
"use strict";
(() => {
  const LIMITS = { to: 40, from: 40, message: 280 };
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
  const cut = (text, limit) => letters(text).slice(0, limit).join("");

  // FNV-1a of the texts. A link whose letters changed on its way is told by it.
  function sum({ to, from, message }) {
    let found = 0x811c9dc5;
    for (const byte of new TextEncoder().encode([to, from, message].join("\n"))) {
      found = Math.imul(found ^ byte, 0x01000193) >>> 0;
    }
    return found.toString(36);
  }

  function encode(card) {
    const bytes = new TextEncoder().encode(JSON.stringify({ ...card, sum: sum(card) }));
    const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  }

  // The card in a link, and whether the link is damaged: then the card is what can still be read.
  // Links of before have no sum.
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
    const read = (key) => (found && typeof found[key] === "string" ? cut(found[key].slice(0, 4000), LIMITS[key]) : "");
    return { to: read("to"), from: read("from"), message: read("message"), damaged };
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
  }

  // A card that came by the link stays as it is while an answer is written.
  let received = false;

  function arrive() {
    const damage = document.querySelector(".damaged");
    // Programs that find links in a text may take a full stop after it for a part of it.
    const found = /^#card=([\w-]*)/.exec(location.hash);
    const card = found && decode(found[1]);
    const written = Boolean(card && (card.to || card.from || card.message));
    damage.hidden = !(card && card.damaged);
    if (!damage.hidden) damage.textContent = written ? damage.dataset.part : damage.dataset.none;
    document.querySelector(".arrived").hidden = !written || card.damaged;
    received = written;
    if (!written) return;
    write(card);
    document.querySelector(".postcard").classList.add("delivered");
    window.turnCard("back", false);
  }

  function update() {
    for (const field of [to, from, message]) {
      const short = cut(field.value, LIMITS[field.name]);
      if (short !== field.value) field.value = short;
    }
    const card = { to: to.value, from: from.value, message: message.value };
    const url = new URL(location.href);
    url.hash = "card=" + encode(card);
    link.value = url.href;
    left.textContent = left.dataset.left.replace("{n}", LIMITS.message - letters(message.value).length);
    mail.href = "mailto:?subject=" + encodeURIComponent(mail.dataset.subject) + "&body=" + encodeURIComponent(url.href);
    done.textContent = "";
    if (!received) write(card);
  }

  document.querySelector(".send").addEventListener("click", () => {
    update();
    dialog.showModal();
    to.focus();
  });
  form.addEventListener("input", update);
  dialog.addEventListener("close", () => {
    if (done.textContent) document.querySelector(".postcard").classList.add("posted");
    window.turnCard("back", true);
  });
  dialog.querySelector(".copy").addEventListener("click", async () => {
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
  addEventListener("hashchange", arrive);
  arrive();
})();
