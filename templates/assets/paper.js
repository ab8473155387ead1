// A card as a picture to save or to send: its front, or front and back, drawn on a canvas from what
// the page shows, 1800 by 1200 pixels a side. Fetched when it is first asked for.
"use strict";
(() => {
  const [W, H] = [1800, 1200];
  const GAP = 40; // between front and back
  const card = document.querySelector(".postcard");
  const RIGHT_TO_LEFT = /^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
  const tell = (place) => (place ? place.textContent.replace(/\s+/g, " ").trim() : "");

  // How an element's letters look, at a size of our own.
  function style(ink, place, size) {
    const { fontStyle, fontWeight, fontFamily, color } = getComputedStyle(place);
    ink.font = `${fontStyle} ${fontWeight} ${size}px ${fontFamily}`;
    ink.fillStyle = color;
  }

  // `text` in lines that fit into `width`; a word that is wider is cut.
  function wrap(ink, text, width) {
    const lines = [];
    for (const part of text.split("\n")) {
      let line = "";
      for (const word of part.split(/\s+/).filter(Boolean)) {
        let rest = word;
        if (line && ink.measureText(`${line} ${rest}`).width <= width) {
          line += ` ${rest}`;
          continue;
        }
        if (line) lines.push(line);
        while (ink.measureText(rest).width > width && rest.length > 1) {
          let many = Math.max(1, Math.floor((rest.length * width) / ink.measureText(rest).width));
          while (many > 1 && ink.measureText(rest.slice(0, many)).width > width) many -= 1;
          lines.push(rest.slice(0, many));
          rest = rest.slice(many);
        }
        line = rest;
      }
      lines.push(line);
    }
    return lines;
  }

  // Writes `text` like `place` from the height `y` on; the size shrinks until it takes at most
  // `room`. Returns the height below it.
  function put(ink, text, place, { x, y, width, size, room = H, align = "start", line = 1.3 }) {
    if (!place || !text.trim()) return y;
    let lines;
    for (let now = size; ; now *= 0.93) {
      style(ink, place, now);
      lines = wrap(ink, text, width);
      size = now;
      if (lines.length * now * line <= room || now < 16) break;
    }
    lines = lines.slice(0, Math.max(1, Math.floor(room / (size * line))));
    ink.textBaseline = "alphabetic";
    ink.direction = RIGHT_TO_LEFT.test(text) ? "rtl" : "ltr";
    ink.textAlign = align === "center" ? "center" : ink.direction === "rtl" ? "right" : "left";
    const at = align === "center" ? x + width / 2 : ink.direction === "rtl" ? x + width : x;
    lines.forEach((one, row) => ink.fillText(one, at, y + (row + 0.8) * size * line));
    return y + lines.length * size * line;
  }

  // The middle of a picture, as large as the frame.
  function fill(ink, picture, x, y, width, height) {
    const scale = Math.max(width / picture.naturalWidth, height / picture.naturalHeight);
    const [across, down] = [width / scale, height / scale];
    ink.drawImage(picture, (picture.naturalWidth - across) / 2, (picture.naturalHeight - down) / 2, across, down, x, y, width, height);
  }

  async function load(address) {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    return picture;
  }

  // A drawing of the page by itself: what style sheets and other files give it is written into it.
  async function draw(ink, drawing, x, y, width, photo) {
    if (!drawing) return;
    const copy = drawing.cloneNode(true);
    const places = [drawing, ...drawing.querySelectorAll("*")];
    [copy, ...copy.querySelectorAll("*")].forEach((one, at) => {
      const look = getComputedStyle(places[at]);
      for (const name of ["fill", "stroke", "stroke-width", "stroke-linecap", "font-family", "font-size", "font-weight", "letter-spacing"]) {
        if (look.getPropertyValue(name)) one.setAttribute(name, look.getPropertyValue(name));
      }
      if (one.localName === "image") one.setAttribute("href", photo);
    });
    const [, , across, down] = drawing.getAttribute("viewBox").split(" ").map(Number);
    const height = (width * down) / across;
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", width);
    copy.setAttribute("height", height);
    const text = new XMLSerializer().serializeToString(copy);
    ink.globalAlpha = Number(getComputedStyle(drawing).opacity) || 1;
    ink.drawImage(await load("data:image/svg+xml," + encodeURIComponent(text)), x, y, width, height);
    ink.globalAlpha = 1;
  }

  function sheet(ink, side) {
    const { backgroundColor } = getComputedStyle(side);
    ink.fillStyle = backgroundColor;
    ink.fillRect(0, 0, W, H);
  }

  function front(ink, picture) {
    const side = card.querySelector(".front");
    const find = (name) => side.querySelector(name);
    const wide = side.classList.contains("front-wide");
    sheet(ink, side);
    if (picture) fill(ink, picture, 70, 70, wide ? W - 140 : 1060, wide ? 850 : 1060);
    const area = wide ? { x: 70, width: W - 140 } : { x: 1170, width: 560 };
    const lay = { ...area, align: "center" };
    let y = wide ? 950 : 300;
    if (!wide) y = put(ink, tell(find(".name .script")), find(".name .script"), { ...lay, y, size: 100, room: 300 }) + 60;
    y = put(ink, tell(find(".title")), find(".title"), { ...lay, y, size: 66, room: wide ? 90 : 330 }) + 30;
    put(ink, tell(find(".greetings")), find(".greetings"), { ...lay, y, size: 42, room: wide ? 70 : 200 });
    if (!wide) put(ink, tell(find(".plate-number")), find(".plate-number"), { ...lay, y: 1070, size: 36 });
  }

  async function back(ink, picture) {
    const side = card.querySelector(".back");
    const find = (name) => side.querySelector(name);
    sheet(ink, side);
    const left = { x: 80, width: 840 };
    // The phrase: each word a column of script, romanisation and gloss.
    let [x, y] = [left.x, 80];
    for (const word of side.querySelectorAll(".phrase .word")) {
      const rows = [[".script", 74], [".roman", 40], [".gloss", 26]].map(([name, size]) => [word.querySelector(name), size]).filter(([one]) => one);
      const width = Math.min(left.width, Math.max(...rows.map(([one, size]) => {
        style(ink, one, size);
        return ink.measureText(tell(one)).width;
      })));
      if (x > left.x && x + width > left.x + left.width) [x, y] = [left.x, y + 190];
      if (y > 500) break;
      let down = y;
      for (const [one, size] of rows) down = put(ink, tell(one), one, { x, y: down, width: width + 2, size, room: size * 1.3, line: 1.25 });
      x += width + 36;
    }
    y += 200;
    const translation = find(".translation");
    if (translation && !translation.hidden) y = put(ink, `“${tell(translation)}”`, translation, { ...left, y, size: 42, room: 220 }) + 40;
    const written = !find(".written").hidden;
    const message = written ? find(".hand") : find(".message");
    const text = written ? message.textContent : [...message.children].map(tell).join("\n") || tell(message);
    put(ink, text, message, { ...left, y, size: written ? 58 : 40, room: H - 70 - y });
    // The address.
    const right = { x: 1010, width: 710 };
    ink.strokeStyle = getComputedStyle(find(".address")).borderInlineStartColor;
    ink.lineWidth = 3;
    const rule = (x1, y1, x2, y2) => { ink.beginPath(); ink.moveTo(x1, y1); ink.lineTo(x2, y2); ink.stroke(); };
    rule(965, 80, 965, H - 80);
    let photo = "";
    if (picture) {
      const small = Object.assign(document.createElement("canvas"), { width: 264, height: 264 });
      fill(small.getContext("2d"), picture, 0, 0, 264, 264);
      photo = small.toDataURL("image/jpeg", 0.9);
    }
    await draw(ink, find(".stamp"), 1500, 80, 220, photo);
    await draw(ink, find(".postmark"), 1090, 100, 560, photo);
    y = 720;
    for (const row of side.querySelectorAll(".line-row")) {
      const [label, line] = [row.querySelector("span"), row.querySelector(".line")];
      if (label) put(ink, tell(label), label, { ...right, y: y + 12, size: 30 });
      put(ink, tell(line), line, { x: right.x + (label ? 110 : 0), width: right.width - (label ? 110 : 0), y, size: 44, room: 60 });
      rule(right.x, y + 80, right.x + right.width, y + 80);
      y += 115;
    }
    put(ink, tell(find(".imprint")), find(".imprint"), { ...right, y: 1080, size: 28, room: 40, align: "center" });
  }

  // A PNG of the "front", or of "both" sides, one above the other.
  window.drawCard = async (kind) => {
    await Promise.all([...card.querySelectorAll(".script")].slice(0, 12).map((one) => document.fonts.load("40px Jungle", one.textContent)));
    const print = card.querySelector(".print");
    const picture = print && await load(print.src);
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [W, kind === "both" ? 2 * H + GAP : H];
    const ink = canvas.getContext("2d");
    front(ink, picture);
    if (kind === "both") {
      ink.translate(0, H + GAP);
      await back(ink, picture);
    }
    return new Promise((done, failed) => {
      canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), "image/png");
    });
  };
})();
