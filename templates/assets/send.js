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

  function encode(card) {
    const bytes = new TextEncoder().encode(JSON.stringify(card));
    const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  }

  function decode(text) {
    try {
      const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
      const bytes = Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
      const card = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
      const read = (key) => (typeof card[key] === "string" ? cut(card[key].slice(0, 4000), LIMITS[key]) : "");
      return { to: read("to"), from: read("from"), message: read("message") };
    } catch {
      return null;
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

  function arrive() {
    const found = /^#card=([\w-]{1,12000})$/.exec(location.hash);
    const card = found && decode(found[1]);
    if (!card || !(card.to || card.from || card.message)) return;
    write(card);
    document.querySelector(".arrived").hidden = false;
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
    write(card);
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
