"use strict";
// Without this script the page says the same; with it, a threshold can be tried and photos sorted.
const spoken = document.documentElement.lang === "de" ? "de-DE" : "en-US";
for (const box of document.querySelectorAll(".explorer")) {
  const data = JSON.parse(box.querySelector("script").textContent);
  const slider = box.querySelector("[data-threshold]"), last = data.thresholds.length - 1;
  const shown = (n, digits) => n.toLocaleString(spoken,
    { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false });
  const percent = (share) => shown(100 * share, 2) + " %";
  const out = (name, text) => { box.querySelector(`[data-out=${name}]`).textContent = text; };
  const input = (name) => Math.max(0, Number(box.querySelector(`[data-in=${name}]`).value) || 0);
  const place = (index) => 600 * index / Math.max(1, last);
  const line = (counts, total) => "M" + counts.map((n, i) =>
    `${place(i).toFixed(1)},${(126 - 122 * n / total).toFixed(1)}`).join("L");
  box.querySelector("path.escape").setAttribute("d", line(data.escapes, data.defective));
  box.querySelector("path.overkill").setAttribute("d", line(data.overkills, data.good));
  const show = () => {
    const i = Number(slider.value), fn = data.escapes[i], fp = data.overkills[i];
    const escape = fn / data.defective, overkill = fp / data.good;
    const share = Math.min(1, input("share") / 1000);
    const cost = 1000 * (share * escape * input("escape") + (1 - share) * overkill * input("overkill"));
    const whole = (n) => n.toLocaleString(spoken);
    out("threshold", shown(data.thresholds[i], 4));
    out("fn", whole(fn)); out("fp", whole(fp));
    out("tp", whole(data.defective - fn)); out("tn", whole(data.good - fp));
    out("escape", percent(escape)); out("overkill", percent(overkill));
    out("bound", percent(data.bounds[i]));
    out("accuracy", percent(1 - (fn + fp) / (data.defective + data.good)));
    out("cost", cost.toLocaleString(spoken, { maximumFractionDigits: 2 }));
    slider.setAttribute("aria-valuetext", `${box.querySelector(".slide").dataset.word} ${shown(data.thresholds[i], 4)}`);
    for (const end of ["x1", "x2"]) box.querySelector(".now").setAttribute(end, place(i));
  };
  box.addEventListener("input", show);
  box.querySelector("[data-reset]").addEventListener("click", () => { slider.value = data.start; show(); });
  slider.value = data.start;  // browsers keep the last position over a reload
  box.hidden = false;
  show();
}
// A table that is wider than the page shows that there is more to the right, until it was moved.
const mark = (box) => box.classList.toggle("cut", box.scrollWidth - box.clientWidth - box.scrollLeft > 8);
for (const box of document.querySelectorAll(".wide")) {
  mark(box);
  box.addEventListener("scroll", () => mark(box), { passive: true });
}
addEventListener("resize", () => document.querySelectorAll(".wide").forEach(mark));
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details:not(.unproven)")) folded.open = true;
});
for (const box of document.querySelectorAll(".cases")) {
  const grid = box.querySelector(".gallery"), number = (f, key) => Number(f.dataset[key]);
  const orders = {
    order: (a, b) => number(a, "order") - number(b, "order"),
    low: (a, b) => number(a, "score") - number(b, "score"),
    high: (a, b) => number(b, "score") - number(a, "score"),
  };
  const byWord = (key) => (a, b) => a.dataset[key].localeCompare(b.dataset[key]) || orders.order(a, b);
  if (!box.querySelector(".controls")) continue;
  box.querySelector("[data-sort]").addEventListener("change", (event) => {
    const key = event.target.value;
    grid.append(...[...grid.children].sort(orders[key] || byWord(key)));
  });
  const fader = box.querySelector("[data-heat]");
  if (fader) fader.addEventListener("input", (event) => {
    for (const heat of grid.querySelectorAll(".heat")) heat.style.opacity = event.target.value / 100;
  });
  box.querySelector(".controls").hidden = false;
}
