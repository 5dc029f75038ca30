// Draws [data-chart] with uPlot in the colours of the style sheet; a table beside it has the figures.
"use strict";
(() => {
  const HEIGHT = 240; // pixels

  function colour(name) {
    const probe = document.createElement("i");
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    const seen = getComputedStyle(probe).color;
    probe.remove();
    return seen;
  }

  function written(chart) {
    const digits = chart.percent ? { style: "percent", maximumFractionDigits: 2 } : { maximumFractionDigits: 3 };
    const format = new Intl.NumberFormat(document.documentElement.lang, digits);
    return (value) => (value == null ? "–" : format.format(value));
  }

  function series(line, chart, text) {
    return {
      label: line.label,
      stroke: colour(line.colour),
      width: line.dashed ? 1.5 : 2.5,
      dash: line.dashed ? [6, 4] : undefined,
      points: { show: !line.dashed && !chart.stepped, size: 6 },
      paths: chart.stepped ? uPlot.paths.stepped({ align: 1 }) : undefined,
      value: (_, value) => text(value),
      spanGaps: false,
    };
  }

  // Vertical lines, such as the threshold.
  function marks(places) {
    return { hooks: { draw: [(plot) => {
      for (const place of places) {
        const x = plot.valToPos(place, "x", true), { ctx, bbox } = plot;
        ctx.save();
        ctx.strokeStyle = colour("ink");
        ctx.setLineDash([3, 3]);
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
        ctx.restore();
      }
    }] } };
  }

  function draw(box) {
    const chart = JSON.parse(document.getElementById(box.dataset.chart).textContent);
    const text = written(chart), soft = colour("soft"), grid = { stroke: colour("line"), width: 1 };
    const font = '13px system-ui, "Segoe UI", sans-serif';
    const axis = { stroke: soft, grid, ticks: grid, font };
    box.replaceChildren();
    new uPlot({
      width: box.clientWidth,
      height: HEIGHT,
      scales: { x: { time: chart.by_time }, y: { range: (_, low, high) => [Math.max(0, low - (high - low) * 0.1), high + ((high - low) * 0.1 || 0.1)] } },
      axes: [axis, { ...axis, size: 64, values: (_, values) => values.map(text) }],
      series: [{ label: box.dataset.place, value: chart.by_time ? (_, at) => (at == null ? "–" : new Date(at * 1000).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" })) : (_, at) => (at == null ? "–" : at.toFixed(2)) },
        ...chart.lines.map((line) => series(line, chart, text))],
      plugins: [marks(chart.marks)],
      tzDate: (at) => new Date(at * 1000),
      fmtDate: dates,
      cursor: { drag: { x: false, y: false } },
    }, [chart.places, ...chart.lines.map((line) => line.values)], box);
  }

  // Times of the axis in the language of the page; uPlot alone writes them as in America.
  function dates(template) {
    const language = document.documentElement.lang;
    const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
    const hour = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false });
    return (date) => (/\{h{1,2}\}|\{H{1,2}\}/.test(template) ? hour : day).format(date);
  }

  const boxes = [...document.querySelectorAll("[data-chart]")];
  const all = () => boxes.forEach(draw);
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth !== width) { width = innerWidth; all(); }
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  all();
})();
