// One postcard: turn it over, show both sides, let the picture develop, print it.
"use strict";
(() => {
  const html = document.documentElement;
  const card = document.querySelector(".postcard");
  const [front, back] = card.querySelectorAll(".face");
  const turner = document.querySelector(".turn");
  const both = document.querySelector(".both");

  // Shows one side. The other one stays in the document, but cannot be focused. The focus moves to
  // the side that is shown, so that a screen reader says so.
  function show(side, focus) {
    const turned = side === "back";
    const open = card.classList.contains("open");
    card.classList.toggle("turned", turned);
    front.inert = !open && turned;
    back.inert = !open && !turned;
    turner.textContent = turned ? turner.dataset.back : turner.dataset.over;
    turner.disabled = open;
    if (focus) (turned ? back : front).querySelector("h2").focus({ preventScroll: true });
  }

  // The card rises from the desk while it turns.
  function turn(focus) {
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
      card.animate({ translate: ["0 0", "0 -.9rem", "0 0"], scale: [1, 1.03, 1] }, { duration: 700, easing: "ease-in-out" });
    }
    show(other(), focus);
    // On a narrow screen the top of the card may be above the screen when the button is pressed.
    if (focus && card.getBoundingClientRect().top < 0) card.scrollIntoView();
  }

  const other = () => (card.classList.contains("turned") ? "front" : "back");

  turner.addEventListener("click", () => turn(true));
  both.addEventListener("click", () => {
    const open = card.classList.toggle("open");
    both.textContent = open ? both.dataset.one : both.dataset.both;
    show("front", false);
  });
  card.addEventListener("click", (event) => {
    if (card.classList.contains("open") || event.target.closest("a, button, [popover], .js .plate")) return;
    if (String(getSelection())) return;
    turn(false);
  });
  card.addEventListener("keydown", (event) => {
    if (event.target.matches("h2") && (event.key === "Enter" || event.key === " ") && !card.classList.contains("open")) {
      event.preventDefault();
      turn(true);
    }
  });
  show("front", false);

  // The way up leads to the rack as the visitor left it.
  const up = document.querySelector(".up");
  const place = window.recall("rack");
  const left = new URL(typeof place.url === "string" ? place.url : "", up.href);
  if (/\/(index\.html|page-\d+\.html)?$/.test(left.pathname) && left.origin === location.origin && place.url) {
    up.href = left;
    up.addEventListener("click", () => window.remember("rack", { ...place, back: true }));
  }

  // -- Develop: show the frames from noise to picture ----------------------------

  const plate = card.querySelector(".plate");
  const again = document.querySelector(".develop");

  function reveal() {
    html.classList.remove("undeveloped");
    try {
      sessionStorage.setItem("developed " + location.pathname, "1");
    } catch { /* no storage: it develops again next time */ }
  }

  async function develop() {
    const count = Number(card.dataset.frames);
    const window_ = document.createElement("div");
    const strip = new Image();
    window_.className = "developing";
    strip.alt = "";
    strip.src = card.dataset.strip;
    strip.style.inlineSize = count * 100 + "%";
    window_.append(strip);
    try {
      await Promise.race([
        strip.decode(),
        new Promise((_, late) => { setTimeout(late, 2500); }),
      ]);
      plate.append(window_);
      reveal();
      const steps = [{ transform: "none" }, { transform: `translateX(-${100 - 100 / count}%)` }];
      window_.animate({ filter: ["saturate(.2) contrast(.8) brightness(1.15)", "none"] }, 1500);
      const easing = `steps(${count - 1}, jump-end)`;
      await strip.animate(steps, { duration: 1500, easing, fill: "forwards" }).finished;
      await window_.animate([{ opacity: 1 }, { opacity: 0 }], { duration: 350, fill: "forwards" }).finished;
    } catch { /* no frames: the picture is shown */ }
    reveal();
    window_.remove();
  }

  if (again) {
    again.addEventListener("click", async () => {
      show("front", false);
      again.disabled = true;
      await develop();
      again.disabled = false;
    });
  }
  if (html.classList.contains("undeveloped")) {
    if (again) develop();
    else reveal();
  }

  // -- Print: two pages of 6 by 4 inches, or a sheet of four ----------------------

  function lay(kind) {
    const sheet = document.createElement("div");
    sheet.className = "sheet";
    for (const face of [front, back]) {
      const page = document.createElement("div");
      page.className = "sheet-page";
      for (let copy = 0; copy < 4; copy += 1) {
        const one = face.cloneNode(true);
        one.inert = false;
        page.append(one);
      }
      sheet.append(page);
    }
    html.dataset.sheet = kind;
    document.body.append(sheet);
    addEventListener("afterprint", () => {
      sheet.remove();
      delete html.dataset.sheet;
    }, { once: true });
  }

  for (const button of document.querySelectorAll(".printer")) {
    button.addEventListener("click", () => {
      const dialog = button.closest("dialog");
      if (dialog) dialog.close();
      if (button.dataset.sheet) lay(button.dataset.sheet);
      print();
    });
  }

  window.turnCard = show;
})();
