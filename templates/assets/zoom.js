// The largest picture of a card, over the whole window: click, pinch, wheel or keys bring it nearer.
"use strict";
(() => {
  const MOST = 8;
  const STEP = 40; // pixels that an arrow key moves

  // The address of the largest file in the format that the browser has chosen on the page.
  function largest(print) {
    const shown = print.currentSrc || print.src;
    for (const source of print.parentElement.querySelectorAll("source")) {
      const sizes = source.srcset.split(",").map((one) => one.trim().split(/\s+/));
      if (!sizes.some(([path]) => new URL(path, location.href).href === shown)) continue;
      return sizes.sort((a, b) => parseInt(b[1], 10) - parseInt(a[1], 10))[0][0];
    }
    return print.src;
  }

  // Opens the picture. Returns `grow`, which takes a scale and the point that stays where it is.
  window.zoomPicture = (print, { label, close }) => {
    const dialog = document.createElement("dialog");
    const picture = new Image();
    const leave = document.createElement("button");
    dialog.className = "zoom";
    dialog.setAttribute("aria-label", label);
    Object.assign(picture, { alt: print.alt, draggable: false, src: largest(print) });
    Object.assign(leave, { type: "button", textContent: close });
    dialog.append(picture, leave);
    document.body.append(dialog);
    dialog.showModal();

    let [scale, x, y] = [1, 0, 0];
    const wide = () => [dialog.clientWidth, dialog.clientHeight];
    const clamp = (value, most) => Math.min(0, Math.max(most, value));

    function put() {
      const [width, height] = wide();
      x = clamp(x, width * (1 - scale));
      y = clamp(y, height * (1 - scale));
      picture.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
      dialog.classList.toggle("nearer", scale > 1);
    }

    function grow(to, cx = wide()[0] / 2, cy = wide()[1] / 2) {
      const next = Math.min(MOST, Math.max(1, to));
      x = cx - ((cx - x) * next) / scale;
      y = cy - ((cy - y) * next) / scale;
      scale = next;
      put();
    }

    const fingers = new Map();
    let moved = 0;
    let start = null;
    const spread = () => {
      const [one, two] = [...fingers.values()];
      return [Math.hypot(one.x - two.x, one.y - two.y), (one.x + two.x) / 2, (one.y + two.y) / 2];
    };
    picture.addEventListener("pointerdown", (event) => {
      picture.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (fingers.size === 1) moved = 0;
      if (fingers.size === 2) start = [spread()[0], scale];
    });
    picture.addEventListener("pointermove", (event) => {
      const one = fingers.get(event.pointerId);
      if (!one) return;
      const [dx, dy] = [event.clientX - one.x, event.clientY - one.y];
      Object.assign(one, { x: event.clientX, y: event.clientY });
      moved += Math.abs(dx) + Math.abs(dy);
      if (fingers.size === 2) {
        const [far, cx, cy] = spread();
        grow((start[1] * far) / start[0], cx, cy);
      } else {
        [x, y] = [x + dx, y + dy];
        put();
      }
    });
    const lift = (event) => fingers.delete(event.pointerId);
    picture.addEventListener("pointerup", lift);
    picture.addEventListener("pointercancel", lift);
    picture.addEventListener("click", (event) => {
      if (moved > 8) return;
      if (scale > 1) grow(1);
      else grow(2.5, event.clientX, event.clientY);
    });
    dialog.addEventListener("wheel", (event) => {
      event.preventDefault();
      grow(scale * Math.exp(-event.deltaY / 400), event.clientX, event.clientY);
    }, { passive: false });
    dialog.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key];
      if (by) {
        [x, y] = [x + by[0], y + by[1]];
        put();
      } else if (event.key === "+" || event.key === "=") grow(scale * 1.5);
      else if (event.key === "-") grow(scale / 1.5);
      else if (event.key === "0") grow(1);
      else return;
      event.preventDefault();
    });
    leave.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    put();
    return { grow };
  };
})();
