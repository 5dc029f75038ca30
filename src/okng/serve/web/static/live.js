// The live page: sound, heatmap, full screen, and a word when the connection is gone.
"use strict";
(() => {
  const TONES = { NG: [330, 250], ERROR: [200, 200], REVIEW: [520] }; // in hertz; OK stays silent
  const TONE_S = 0.18;
  const sound = document.querySelector("[data-sound-switch]");
  const heat = document.querySelector("[data-heat-switch]");
  const panel = document.getElementById("panel");
  let audio = null, last = panel.querySelector("[data-id]")?.dataset.id;

  // A browser lets a page sound only after somebody pressed something on it.
  function wake() {
    if (!sound.checked) return;
    audio ??= new AudioContext();
    audio.resume();
  }

  function play(verdict) {
    for (const [place, pitch] of (TONES[verdict] ?? []).entries()) {
      const tone = audio.createOscillator(), level = audio.createGain();
      const start = audio.currentTime + place * TONE_S * 1.3;
      tone.frequency.value = pitch;
      level.gain.value = 0.25;
      tone.connect(level).connect(audio.destination);
      tone.start(start);
      tone.stop(start + TONE_S);
    }
  }

  function remembered(box, name) {
    const stored = localStorage.getItem(name);
    if (stored !== null) box.checked = stored === "on";
    box.addEventListener("change", () => localStorage.setItem(name, box.checked ? "on" : "off"));
  }

  remembered(sound, "okng-sound");
  remembered(heat, "okng-heat");
  const shade = () => panel.classList.toggle("bare", !heat.checked);
  heat.addEventListener("change", shade);
  shade();
  for (const name of ["pointerdown", "keydown", "change"]) document.addEventListener(name, wake);

  document.addEventListener("htmx:after:swap", () => {
    const word = panel.querySelector("[data-id]");
    if (!word || word.dataset.id === last) return;
    last = word.dataset.id;
    if (sound.checked && audio?.state === "running") play(word.dataset.verdict);
  });
  const unconnected = document.getElementById("unconnected");
  const gone = () => { unconnected.hidden = false; };
  document.addEventListener("htmx:sse:error", (event) => {
    if (event.detail.status === 401) location.assign("/login?back=/live"); // the login has ended
    else gone();
  });
  document.addEventListener("htmx:sse:close", gone);
  document.addEventListener("htmx:sse:after:connection", () => { unconnected.hidden = true; });
  document.querySelector("[data-full-screen]").addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen();
  });
})();
