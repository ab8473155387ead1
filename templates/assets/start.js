// Runs before the first paint: says that scripts work, and lets a card grow out of the rack.
"use strict";
(() => {
  const html = document.documentElement;
  html.classList.add("js");
  if ("serviceWorker" in navigator && /^https?:$/.test(location.protocol)) {
    addEventListener("load", () => {
      navigator.serviceWorker.register(html.dataset.root + "sw.js").catch(() => {});
    });
  }
})();
