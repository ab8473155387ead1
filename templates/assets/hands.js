// A card in the hand: a swipe or an arrow key goes to the card beside it, a click or a pinch on the
// picture brings the largest one there is (zoom.js).
"use strict";
(() => {
  const card = document.querySelector(".postcard");
  const plate = card.querySelector(".face-front .plate");
  const print = plate.querySelector(".print");
  const look = document.querySelector(".look");
  const ahead = document.documentElement.dir === "rtl" ? ["next", "prev"] : ["prev", "next"];

  const go = (side) => {
    const link = document.querySelector(`.along [rel=${ahead[side]}]`);
    if (link) link.click();
    return Boolean(link);
  };

  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest("input, textarea, select, audio, dialog, .entry")) return;
    const side = ["ArrowLeft", "ArrowRight"].indexOf(event.key);
    if (side >= 0 && go(side)) event.preventDefault();
  });

  // -- Swipe -----------------------------------------------------------------------

  let from = null;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const drag = (by) => { card.style.translate = by && !still ? `${by}px` : ""; };

  card.addEventListener("touchstart", ({ touches: [one, two], timeStamp }) => {
    from = two ? null : { x: one.clientX, y: one.clientY, at: timeStamp };
    drag(0);
  }, { passive: true });
  card.addEventListener("touchmove", ({ touches: [one, two] }) => {
    if (!from || two) return;
    const x = one.clientX - from.x;
    if (Math.abs(one.clientY - from.y) > 30 + Math.abs(x) / 2) from = null; // it scrolls
    drag(from && Math.abs(x) > 20 ? x / 3 : 0);
  }, { passive: true });
  card.addEventListener("touchend", ({ changedTouches: [one], timeStamp }) => {
    const x = from ? one.clientX - from.x : 0;
    const quick = from && timeStamp - from.at < 900;
    from = null;
    drag(0);
    if (quick && Math.abs(x) > 60 && !String(getSelection())) go(x < 0 ? 1 : 0);
  });
  card.addEventListener("touchcancel", () => { from = null; drag(0); });

  // -- Zoom --------------------------------------------------------------------------

  if (!print) return;
  const open = async () => {
    await window.fetchScript("zoom");
    return window.zoomPicture(print, look.dataset);
  };
  look.addEventListener("click", () => open());
  plate.addEventListener("click", () => open());

  // Two fingers on the picture: the gesture stays with the plate until they are lifted.
  let pinch = null;
  const gap = ([one, two]) => Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
  plate.addEventListener("touchstart", ({ touches }) => {
    if (touches.length === 2) pinch = { gap: gap(touches), zoom: open() };
  }, { passive: true });
  plate.addEventListener("touchmove", async ({ touches }) => {
    if (!pinch || touches.length !== 2) return;
    const wide = gap(touches) / pinch.gap;
    const [x, y] = [(touches[0].clientX + touches[1].clientX) / 2, (touches[0].clientY + touches[1].clientY) / 2];
    (await pinch.zoom).grow(wide, x, y);
  }, { passive: true });
  plate.addEventListener("touchend", () => { pinch = null; });
})();
