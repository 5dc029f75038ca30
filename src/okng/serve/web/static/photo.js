// Zoom, movement and heatmap of [data-photo]: wheel, fingers, buttons and keys.
"use strict";
(() => {
  const MOST = 12; // times the size at which all of the photo is seen
  const STEP = 1.4; // of one press or one notch of the wheel
  const views = new WeakMap();

  function view(figure) {
    if (!views.has(figure)) views.set(figure, { zoom: 1, x: 0, y: 0, fingers: new Map(), gap: 0 });
    return views.get(figure);
  }

  function draw(figure) {
    const state = view(figure), box = figure.querySelector(".window").getBoundingClientRect();
    const reach = (side) => (side * (state.zoom - 1)) / 2;
    state.x = Math.max(-reach(box.width), Math.min(reach(box.width), state.x));
    state.y = Math.max(-reach(box.height), Math.min(reach(box.height), state.y));
    const layers = figure.querySelector(".layers");
    layers.style.transform = `translate(${state.x}px, ${state.y}px) scale(${state.zoom})`;
    layers.classList.toggle("pixels", state.zoom > 4);
  }

  function zoom(figure, factor) {
    const state = view(figure), before = state.zoom;
    state.zoom = Math.max(1, Math.min(MOST, before * factor));
    state.x *= state.zoom / before;
    state.y *= state.zoom / before;
    draw(figure);
  }

  function whole(figure) {
    Object.assign(view(figure), { zoom: 1, x: 0, y: 0 });
    draw(figure);
  }

  function move(figure, x, y) {
    const state = view(figure);
    state.x += x;
    state.y += y;
    draw(figure);
  }

  function strength(figure, value) {
    const heat = figure.querySelector("[data-heat]");
    if (heat) heat.style.opacity = value / 100;
  }

  document.addEventListener("click", (event) => {
    const figure = event.target.closest("[data-photo]");
    if (!figure) return;
    const button = event.target.closest("[data-zoom]");
    if (button) ({ in: () => zoom(figure, STEP), out: () => zoom(figure, 1 / STEP), all: () => whole(figure) })[button.dataset.zoom]();
    if (event.target.closest("[data-blink]")) {
      const slider = figure.querySelector("[data-opacity]");
      slider.value = Number(slider.value) > 0 ? 0 : 100;
      strength(figure, slider.value);
    }
  });
  document.addEventListener("input", (event) => {
    const figure = event.target.matches("[data-opacity]") && event.target.closest("[data-photo]");
    if (figure) strength(figure, event.target.value);
  });
  document.addEventListener("wheel", (event) => {
    const figure = event.target.closest("[data-photo]");
    if (!figure || !event.target.closest(".window") || !(event.ctrlKey || view(figure).zoom > 1)) return;
    event.preventDefault();
    zoom(figure, event.deltaY < 0 ? STEP : 1 / STEP);
  }, { passive: false });
  document.addEventListener("dblclick", (event) => {
    const figure = event.target.closest("[data-photo] .window")?.closest("[data-photo]");
    if (figure) view(figure).zoom > 1 ? whole(figure) : zoom(figure, 3);
  });

  const KEYS = { "+": (f) => zoom(f, STEP), "-": (f) => zoom(f, 1 / STEP), "0": whole,
    ArrowLeft: (f) => move(f, 60, 0), ArrowRight: (f) => move(f, -60, 0),
    ArrowUp: (f) => move(f, 0, 60), ArrowDown: (f) => move(f, 0, -60) };
  document.addEventListener("keydown", (event) => {
    const figure = event.target.matches("[data-photo] .window") && event.target.closest("[data-photo]");
    if (!figure || !KEYS[event.key] || (event.key.startsWith("Arrow") && view(figure).zoom === 1)) return;
    event.preventDefault();
    event.stopPropagation();
    KEYS[event.key](figure);
  }, { capture: true });

  document.addEventListener("pointerdown", (event) => {
    const area = event.target.closest("[data-photo] .window");
    if (!area) return;
    view(area.closest("[data-photo]")).fingers.set(event.pointerId, [event.clientX, event.clientY]);
  });
  document.addEventListener("pointermove", (event) => {
    const figure = event.target.closest?.("[data-photo]");
    const before = figure && view(figure).fingers.get(event.pointerId);
    if (!before) return;
    const state = view(figure);
    state.fingers.set(event.pointerId, [event.clientX, event.clientY]);
    if (state.fingers.size === 2) {
      const [a, b] = [...state.fingers.values()], gap = Math.hypot(a[0] - b[0], a[1] - b[1]);
      if (state.gap) zoom(figure, gap / state.gap);
      state.gap = gap;
    } else move(figure, event.clientX - before[0], event.clientY - before[1]);
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
    document.addEventListener(end, (event) => {
      for (const figure of document.querySelectorAll("[data-photo]")) {
        view(figure).fingers.delete(event.pointerId);
        view(figure).gap = 0;
      }
    });
  }
})();
