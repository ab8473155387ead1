// One word of a recording, from its first sample on: a seek in an MP3 may begin too late.
"use strict";
(() => {
  const decoded = new Map();
  let context = null;
  let playing = null;
  let asked = 0;

  // A page opened from disk may not fetch files: there a script beside the MP3 holds its bytes.
  const read = (address) => (location.protocol === "file:" ? new Promise((done, failed) => {
    const script = document.createElement("script");
    script.onload = () => {
      done(Uint8Array.from(atob(window.jungleSound), (letter) => letter.charCodeAt(0)).buffer);
      script.remove();
    };
    script.onerror = failed;
    script.src = address.replace(/\.mp3$/, ".js");
    document.head.append(script);
  }) : fetch(address).then((response) => {
    if (!response.ok) throw new Error(response.status);
    return response.arrayBuffer();
  }));

  function decode(address) {
    if (!decoded.has(address)) {
      if (decoded.size > 9) decoded.clear();
      decoded.set(address, read(address).then((bytes) => context.decodeAudioData(bytes)));
      decoded.get(address).catch(() => decoded.delete(address));
    }
    return decoded.get(address);
  }

  // Plays the seconds `from` to `to`; calls `begin` when it begins and `end` when it has ended.
  window.playPiece = async (address, from, to, begin = () => {}, end = () => {}) => {
    window.stopPiece();
    const turn = asked;
    context ??= new AudioContext();
    context.resume();
    const buffer = await decode(address);
    if (turn !== asked) return; // something else was asked for meanwhile
    const now = context.currentTime;
    const length = to - from;
    const gain = context.createGain();
    gain.gain.setValueAtTime(1, now + Math.max(0, length - .008));
    gain.gain.linearRampToValueAtTime(0, now + length);
    playing = context.createBufferSource();
    playing.buffer = buffer;
    playing.connect(gain).connect(context.destination);
    playing.onended = end;
    playing.start(now, from, length);
    begin();
  };

  window.stopPiece = () => {
    asked += 1;
    if (playing) playing.stop();
    playing = null;
  };
})();
