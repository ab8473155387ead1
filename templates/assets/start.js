// Runs before the first paint: marks that scripts work, hides the picture that will develop, lets
// a card grow out of the rack, and registers the service worker. Fetches other scripts when they are
// asked for, and keeps what a tab remembers from page to page.
"use strict";
(() => {
  const html = document.documentElement;
  html.classList.add("js", "sparing");
  // The card is not seen before the letter on it has been read: send.js shows it.
  if (location.hash.startsWith("#card=")) html.classList.add("opening");
  // rack.js loads pictures as they come near. If it fails, all pictures load.
  addEventListener("load", () => { if (!window.rackReady) html.classList.remove("sparing"); });

  let seen = true;
  try {
    seen = sessionStorage.getItem("developed " + location.pathname) !== null;
  } catch { /* no storage: nothing develops */ }
  if (!seen && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
    html.classList.add("undeveloped");
  }

  // The picture of the card that links to `address`, if this page has one.
  function find(address) {
    const wanted = new URL(address, location.href).pathname;
    for (const link of document.querySelectorAll(".card .title a")) {
      if (link.pathname === wanted) return link.closest(".card").querySelector(".plate");
    }
    return null;
  }

  function name(address) {
    const plate = address && find(address);
    if (!plate) return;
    const own = document.querySelector(".desk .plate");
    if (own) own.style.viewTransitionName = "none";
    plate.style.viewTransitionName = "beast";
  }

  // A transition that the browser skips, since the visitor has gone on, is no fault.
  function allow(transition) {
    transition.ready.catch(() => {});
    transition.finished.catch(() => {});
  }

  addEventListener("pageswap", (event) => {
    if (event.viewTransition) allow(event.viewTransition);
    if (event.viewTransition && event.activation) name(event.activation.entry.url);
  });
  addEventListener("pagereveal", (event) => {
    if (event.viewTransition) allow(event.viewTransition);
    if (event.viewTransition && window.navigation && navigation.activation && navigation.activation.from) {
      name(navigation.activation.from.url);
    }
  });

  // Fetches a script of assets/ that no page needs at once.
  const fetched = {};
  window.fetchScript = (name) => {
    fetched[name] ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.onload = done;
      script.onerror = failed;
      script.src = `${html.dataset.root}assets/${name}.js`;
      document.head.append(script);
    });
    return fetched[name];
  };

  // What this tab, or this browser, remembers of this jungle; sites of one account share the storage.
  const base = new URL(html.dataset.root || "./", location.href).pathname;
  window.recall = (name, where = "sessionStorage") => {
    try {
      return Object(JSON.parse(window[where].getItem(`${name} ${base}`)));
    } catch {
      return {}; // no storage, or not ours
    }
  };
  window.remember = (name, value, where = "sessionStorage") => {
    try {
      window[where].setItem(`${name} ${base}`, JSON.stringify(value));
    } catch { /* no storage: the next page begins anew */ }
  };

  // The look that the visitor chose; without one, the site's theme by the light of the device.
  const own = html.dataset.theme;
  const nights = []; // the rules for the dark, and their conditions
  for (const sheet of document.styleSheets) {
    try {
      for (const rule of sheet.cssRules) {
        if (rule.media && rule.media.mediaText.includes("color-scheme")) nights.push([rule, rule.media.mediaText]);
      }
    } catch { /* opened from disk: the device decides */ }
  }
  window.wear = ({ theme, light }) => {
    html.dataset.theme = ["gouache", "herbarium", "midnight"].includes(theme) ? theme : own;
    const media = { light: "not all", dark: "all" }[light];
    html.style.colorScheme = media ? light : "";
    for (const [rule, usual] of nights) rule.media.mediaText = media || usual;
    const scene = document.querySelector(".scene");
    const drawn = scene && scene.src.replace(/\w+(?=\.svg$)/, html.dataset.theme);
    if (scene && drawn !== scene.src) scene.src = drawn;
  };
  const look = window.recall("look", "localStorage");
  if (look.theme || look.light) {
    window.wear(look);
    addEventListener("DOMContentLoaded", () => window.wear(look));
  }
  addEventListener("click", ({ target }) => {
    if (target.matches(".dress")) window.fetchScript("dress").then(() => window.openWardrobe(target));
  });

  // A listening walk goes on when another page is opened.
  addEventListener("load", () => {
    if (window.recall("walk").words) Promise.all([window.fetchScript("rows"), window.fetchScript("walk")]);
  });

  // Not on this machine's own address, where the worker would serve whatever is shown there next.
  const here = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(location.hostname);
  if ("serviceWorker" in navigator && !here && /^https?:$/.test(location.protocol)) {
    addEventListener("load", () => {
      navigator.serviceWorker.register(html.dataset.root + "sw.js").catch(() => {});
    });
  }
})();
