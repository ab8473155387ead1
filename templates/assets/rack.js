// The rack: pictures load as they come near, arrow keys go from card to card, and the visitor's
// place is kept. Search, order and doors are in find.js, the listening walk in walk.js; both are
// fetched when they are first asked for.
"use strict";
(() => {
  const form = document.querySelector(".finder");
  const rack = document.querySelector(".rack");
  if (!form || !rack) return;

  // Browsers load lazy pictures far below the screen. These are only loaded within 400 pixels.
  const watcher = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
      if (!isIntersecting) continue;
      target.classList.add("near");
      watcher.unobserve(target);
    }
  }, { rootMargin: "400px 0px" });
  for (const place of rack.children) watcher.observe(place);
  window.rackReady = true;

  const fetchBoth = (name) => Promise.all([window.fetchScript("rows"), window.fetchScript(name)]);
  const find = () => fetchBoth("find");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.elements.q.addEventListener("focus", find, { once: true });
  form.addEventListener("input", () => find().then(() => window.arrangeRack()));
  form.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    if (button.name === "more") button.setAttribute("aria-expanded", form.classList.toggle("open"));
    else if (button.name === "walk") fetchBoth("walk").then(() => window.takeWalk());
    else find().then(() => window.openDoor(button.name));
  });

  // -- Arrow keys, while a card of the rack has the focus ---------------------------

  rack.addEventListener("keydown", (event) => {
    const links = [...rack.querySelectorAll(".title a")];
    const at = links.indexOf(document.activeElement);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const line = links[0].closest(".slot").offsetTop;
    const across = Math.max(1, links.filter((link) => link.closest(".slot").offsetTop === line).length);
    const ahead = document.documentElement.dir === "rtl" ? -1 : 1;
    const to = { ArrowRight: at + ahead, ArrowLeft: at - ahead, ArrowDown: at + across, ArrowUp: at - across, Home: 0, End: links.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (links[to]) links[to].focus();
  });

  // -- The visitor's place, for the way back from a card ------------------------------

  const here = () => location.pathname + location.search;
  const place = window.recall("rack");
  addEventListener("pagehide", () => window.remember("rack", { url: here(), y: scrollY }));
  const back = performance.getEntriesByType("navigation")[0]?.type === "back_forward" || place.back;
  window.remember("rack", { ...place, back: false });
  (async () => {
    if (location.search) {
      await find();
      await window.arrangeRack();
    }
    if (back && place.url === here()) scrollTo({ top: place.y, behavior: "instant" });
  })();
})();
