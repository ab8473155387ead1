// The switch at the foot of every page: theme, and light or dark. This browser remembers it.
"use strict";
(() => {
  const THEMES = ["gouache", "herbarium", "midnight"];
  const html = document.documentElement;
  let panel = null;

  function group(words, name, choices, chosen) {
    const one = document.createElement("div");
    const title = document.createElement("span");
    one.className = "group";
    one.setAttribute("role", "group");
    one.setAttribute("aria-label", words);
    title.className = "group-name";
    title.textContent = words;
    one.append(title, ...choices.map(([value, text]) => {
      const chip = document.createElement("button");
      chip.type = "button";
      chip.className = "chip";
      chip.textContent = text;
      chip.setAttribute("aria-pressed", value === chosen());
      chip.addEventListener("click", () => {
        const look = { ...window.recall("look", "localStorage"), [name]: value };
        window.remember("look", look, "localStorage");
        window.wear(look);
        for (const other of one.querySelectorAll(".chip")) other.setAttribute("aria-pressed", other === chip);
      });
      return chip;
    }));
    return one;
  }

  window.openWardrobe = (button) => {
    if (!panel) {
      const { light, device, day, night } = button.dataset;
      const kept = window.recall("look", "localStorage");
      panel = document.createElement("div");
      panel.append(
        group(button.textContent, "theme", THEMES.map((name) => [name, name[0].toUpperCase() + name.slice(1)]), () => html.dataset.theme),
        group(light, "light", [["device", device], ["light", day], ["dark", night]], () => (["light", "dark"].includes(kept.light) ? kept.light : "device")),
      );
      panel.hidden = true;
      button.after(panel);
    }
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", !panel.hidden);
  };
})();
