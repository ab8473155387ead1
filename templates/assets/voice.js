// The voice: play, seek on the waveform, mark each spoken word, and add the jungle's ambience.
"use strict";
(() => {
  const section = document.querySelector(".voice");
  if (!section) return;
  const audio = section.querySelector("audio");
  const button = section.querySelector(".play");
  const range = section.querySelector("input[type=range]");
  const heard = section.querySelector(".heard");
  const slow = section.querySelector(".slow");
  const words = [...section.querySelectorAll(".word")].map((line) => ({
    start: Number(line.dataset.start),
    end: Number(line.dataset.end),
    places: document.querySelectorAll(`.word[data-word="${line.dataset.word}"]`),
  }));
  const length = Number(range.max);
  let until = Infinity; // seconds; where a single word ends

  audio.controls = false;

  // -- One sound at a time, on this page and on every other page of the gallery ----

  let channel = null;
  try {
    channel = new BroadcastChannel("jungle voice");
    channel.onmessage = () => { audio.pause(); window.stopPiece(); hush(); };
  } catch { /* opened from disk: no messages between pages */ }

  async function play(from, to) {
    if (from !== undefined) audio.currentTime = from;
    until = to === undefined ? Infinity : to;
    try {
      await audio.play();
    } catch { /* not allowed or missing: the button does not change */ }
  }

  // Slowly, only the audio element keeps the pitch.
  async function say(from, to) {
    if (slow.checked) { play(from, to); return; }
    audio.pause();
    if (channel) channel.postMessage("mine");
    const light = (on) => {
      for (const word of words.filter((one) => one.start === from)) {
        for (const place of word.places) place.classList.toggle("now", on);
      }
    };
    try {
      await window.playPiece(audio.src, from, to, () => light(true), () => light(false));
    } catch {
      play(from, to);
    }
  }

  function follow() {
    const now = audio.currentTime;
    range.value = now;
    heard.setAttribute("width", Math.min(960, (960 * now) / length));
    for (const word of words) {
      const spoken = !audio.paused && now >= word.start && now < word.end;
      for (const place of word.places) place.classList.toggle("now", spoken);
    }
    if (now >= until) {
      audio.pause();
      until = Infinity;
    }
    if (!audio.paused) requestAnimationFrame(follow);
  }

  function tell() {
    const text = range.dataset.text.replace("{now}", audio.currentTime.toFixed(1));
    range.setAttribute("aria-valuetext", text.replace("{all}", length.toFixed(1)));
  }

  function label() {
    button.textContent = audio.paused ? button.dataset.play : button.dataset.pause;
    section.classList.toggle("speaking", !audio.paused);
  }

  button.addEventListener("click", () => { if (audio.paused) play(); else audio.pause(); });
  range.addEventListener("input", () => { audio.currentTime = Number(range.value); follow(); tell(); });
  slow.addEventListener("change", () => {
    audio.defaultPlaybackRate = audio.playbackRate = slow.checked ? 0.6 : 1;
  });
  audio.addEventListener("play", () => {
    if (channel) channel.postMessage("mine");
    window.stopPiece();
    label();
    follow();
    announce();
  });
  audio.addEventListener("pause", () => { label(); follow(); });
  audio.addEventListener("ended", () => { label(); follow(); });
  audio.addEventListener("timeupdate", tell);
  for (const hear of document.querySelectorAll(".hear")) {
    hear.addEventListener("click", () => say(Number(hear.dataset.start), Number(hear.dataset.end)));
  }
  slow.checked = false;
  range.value = 0;
  tell();

  function announce() {
    if (!("mediaSession" in navigator)) return;
    const { title, artist, art } = section.dataset;
    const artwork = art ? [{ src: new URL(art, location.href).href }] : [];
    navigator.mediaSession.metadata = new MediaMetadata({ title, artist, artwork });
    navigator.mediaSession.setActionHandler("play", () => play());
    navigator.mediaSession.setActionHandler("pause", () => audio.pause());
    navigator.mediaSession.setActionHandler("seekto", (to) => { audio.currentTime = to.seekTime; });
  }

  // -- The ambience: a loop without a gap; the encoder's padding is outside the loop points ----

  const bed = section.querySelector(".bed");
  let context = null;
  let source = null;
  let gain = null;
  let recording = null;

  function load() {
    recording ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      window.jungleBed = (hour, text) => {
        const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        context.decodeAudioData(bytes.buffer).then(done, failed);
      };
      script.onerror = failed;
      script.src = bed.dataset.script;
      document.head.append(script);
    });
    return recording;
  }

  async function surround() {
    context ??= new AudioContext();
    context.resume();
    const buffer = await load();
    if (!bed.checked || source) return;
    gain = context.createGain();
    gain.gain.setValueAtTime(0, context.currentTime);
    gain.gain.linearRampToValueAtTime(1, context.currentTime + 1.5);
    source = context.createBufferSource();
    source.buffer = buffer;
    source.loop = true;
    source.loopStart = Number(bed.dataset.start);
    source.loopEnd = source.loopStart + Number(bed.dataset.seconds);
    source.connect(gain).connect(context.destination);
    source.start(0, source.loopStart);
    if (channel) channel.postMessage("mine");
  }

  function hush() {
    if (!bed) return;
    bed.checked = false;
    if (!source) return;
    gain.gain.setTargetAtTime(0, context.currentTime, 0.12);
    source.stop(context.currentTime + 0.8);
    source = null;
  }

  if (bed) {
    bed.checked = false;
    bed.addEventListener("change", () => {
      if (bed.checked) surround().catch(() => { bed.checked = false; });
      else hush();
    });
  }
})();
