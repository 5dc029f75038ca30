"""The page in a browser: the slider, the gallery, and whether everybody can use it.

Runs where Chromium is. Accessibility is judged by axe-core: the one that the development package
axe-core-python brings, or the axe.min.js that `AXE` names.
"""

import html
import importlib.util
import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from full_metrics import full_run
from playwright.sync_api import sync_playwright

from okng.commands.train import Run
from okng.evaluation import Scores, write_report

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
_AXE = """
  axe.run().then((found) => {
    const told = found.violations.map((v) => [v.impact, v.id, v.nodes.length, v.nodes[0].html]);
    document.title = "axe " + JSON.stringify(told);
  });
"""
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")


@pytest.fixture(scope="module")
def full(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with every key of metrics.json and its report."""
    folder = full_run(run.folder, tmp_path_factory.mktemp("browser") / "full")
    write_report(folder)
    return folder


def ask(page: Path, script: str) -> Any:
    """Open a page, run a script at its end, and give what it leaves in `answer`."""
    leave = "document.title = 'answer ' + JSON.stringify(answer);"
    asking = page.with_name("asking.html")
    asking.write_text(
        page.read_text().replace("</body>", f"<script>{{ {script} {leave} }}</script></body>")
    )
    title = re.search(r"<title>answer (.*?)</title>", _dom(asking), flags=re.DOTALL)
    assert title is not None
    return json.loads(html.unescape(title[1]))


def _dom(page: Path) -> str:
    """The page as it stands when its scripts are done."""
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
             "--virtual-time-budget=60000", "--dump-dom"]  # fmt: skip
    assert CHROMIUM is not None
    command = [CHROMIUM, *flags, page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return done.stdout


def test_slider_agrees_with_python(full: Path) -> None:
    """Confusion matrix, escape rate, overkill rate and cost, at seven thresholds."""
    script = """
      const box = document.querySelector(".explorer"), slider = box.querySelector("[type=range]");
      const put = (name, value) => { box.querySelector(`[data-in=${name}]`).value = value; };
      put("share", 30); put("escape", 250); put("overkill", 4);
      const answer = [];
      for (let i = 0; i < 7; i++) {
        slider.value = Math.round(i * slider.max / 6);
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        const found = {};
        const outs = box.querySelectorAll("[data-out]");
        for (const out of outs) found[out.dataset.out] = out.textContent;
        answer.push(found);
      }
    """
    metrics = json.loads((full / "metrics.json").read_text())
    scores = Scores.read(full / "scores.csv", ("ok", "defective"), "ok").select(metrics["split"])
    values, truth = scores.defect_scores, scores.is_defective
    shown = ask(full / "report.html", script)

    assert len({found["threshold"] for found in shown}) == 7
    for found in shown:
        called = values >= float(found["threshold"])
        fn, fp = int((truth & ~called).sum()), int((~truth & called).sum())
        cells = [int(found[name]) for name in ("tn", "fp", "fn", "tp")]
        assert cells == [(~truth).sum() - fp, fp, fn, truth.sum() - fn]
        escape, overkill = fn / truth.sum(), fp / (~truth).sum()
        assert found["escape"] == f"{100 * escape:.2f} %"
        assert found["overkill"] == f"{100 * overkill:.2f} %"
        cost = 1000 * (0.03 * escape * 250 + 0.97 * overkill * 4)
        assert float(found["cost"].replace(",", "")) == pytest.approx(cost, abs=0.01)


def test_slider_starts_at_the_threshold_in_use(full: Path) -> None:
    """And the button leads back to it."""
    script = """
      const box = document.querySelector(".explorer");
      const out = box.querySelector("[data-out=threshold]");
      const slider = box.querySelector("[type=range]"), answer = [out.textContent];
      slider.value = 0; slider.dispatchEvent(new Event("input", { bubbles: true }));
      answer.push(out.textContent); box.querySelector("[data-reset]").click();
      answer.push(out.textContent);
    """
    threshold = json.loads((full / "metrics.json").read_text())["threshold"]
    first, moved, back = ask(full / "report.html", script)

    assert first == back == f"{threshold:.4f}"
    assert moved != first


def test_gallery_sorts_and_fades(full: Path) -> None:
    """By score; and the heatmap can be taken away."""
    script = """
      const boxes = [...document.querySelectorAll(".cases")];
      const box = boxes.find((one) => one.querySelector("[data-heat]"));
      const sort = box.querySelector("[data-sort]");
      sort.value = "high"; sort.dispatchEvent(new Event("change", { bubbles: true }));
      const heat = box.querySelector("[data-heat]");
      heat.value = 0; heat.dispatchEvent(new Event("input", { bubbles: true }));
      const answer = {
        scores: [...box.querySelectorAll("figure")].map((f) => Number(f.dataset.score)),
        opacity: getComputedStyle(box.querySelector(".heat")).opacity,
      };
    """
    found = ask(full / "report.html", script)

    assert found["scores"] == sorted(found["scores"], reverse=True)
    assert found["opacity"] == "0"


@pytest.mark.slow
def test_page_is_for_everybody(full: Path) -> None:
    """Axe finds nothing serious, by day and by night."""
    source = _axe().read_text(encoding="utf-8")
    page = full / "report.html"
    checked = full / "axe.html"
    for scheme in ("light", "dark"):
        forced = page.read_text().replace("(prefers-color-scheme: dark)",
                                          "all" if scheme == "dark" else "not all")  # fmt: skip
        script = f"<script>{source}</script><script>{_AXE}</script>"
        checked.write_text(forced.replace("</body>", f"{script}</body>"))
        title = re.search(r"<title>axe (.*?)</title>", _dom(checked), flags=re.DOTALL)
        assert title is not None
        found = json.loads(html.unescape(title[1]))
        assert [v for v in found if v[0] in {"serious", "critical"}] == [], scheme


@pytest.mark.parametrize("width", [320, 360])
def test_page_does_not_scroll_sideways(full: Path, width: int) -> None:
    """On the narrowest phones (WCAG 1.4.10 asks for 320 px); wide tables scroll in their boxes."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto((full / "report.html").as_uri())
        page.evaluate("document.querySelectorAll('details').forEach((box) => { box.open = true; })")
        needed = page.evaluate("document.documentElement.scrollWidth")
        browser.close()

    assert needed == width


def _axe() -> Path:
    """axe.min.js, named or installed."""
    if named := os.environ.get("AXE"):
        return Path(named)
    package = importlib.util.find_spec("axe_core_python")
    if package is None or not package.submodule_search_locations:
        pytest.skip("the package axe-core-python is not installed, and AXE names no axe.min.js")
    return Path(package.submodule_search_locations[0]) / "axe.min.js"


@pytest.mark.slow
def test_large_report_opens_fast(run: Run, tmp_path: Path) -> None:
    """100,000 scores: built in under 30 s, under 10 MB, opened in under 2 s."""
    folder = full_run(run.folder, tmp_path / "large")
    table = Scores.read(run.scores, ("ok", "defective"), "ok").select("test").table
    many = table.sample(100_000, replace=True, random_state=0).reset_index(drop=True)
    rng = np.random.default_rng(0)
    many["defect_score"] = np.where(many["label"] == "ok", rng.beta(1, 9, 100_000),
                                    rng.beta(9, 1, 100_000))  # fmt: skip
    many["path"] = [f"photo{number}.jpg" for number in range(100_000)]
    Scores(many, ("ok", "defective"), "ok").write(folder / "scores.csv")
    start = time.monotonic()
    page = write_report(folder)
    built = time.monotonic() - start
    opened = ask(page, "const answer = performance.now();")

    assert built < 30
    assert opened < 2000
    assert page.stat().st_size < 10_000_000
