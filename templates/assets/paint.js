// Pixels from the worker on a canvas, and the colour that goes with them.
"use strict";
window.paint = (place, pixels, size) => {
  place.width = place.height = size;
  place.getContext("2d").putImageData(new ImageData(pixels, size, size), 0, 0);
};

// A bright colour of the picture's hue, as behind the names of other cards.
window.brighten = (pixels) => {
  const mean = [0, 1, 2].map((channel) => pixels.reduce((sum, one, at) => (at % 4 === channel ? sum + one : sum), 0) / (pixels.length / 4) / 255);
  const [most, least] = [Math.max(...mean), Math.min(...mean)];
  const range = most - least || 1;
  const [red, green, blue] = mean;
  const hue = most === red ? (green - blue) / range : most === green ? 2 + (blue - red) / range : 4 + (red - green) / range;
  const saturation = (most - least) / (1 - Math.abs(most + least - 1) || 1);
  return `hsl(${Math.round((hue * 60 + 360) % 360)} ${Math.round(100 * Math.min(1, 0.3 + 1.6 * saturation))}% 56%)`;
};
