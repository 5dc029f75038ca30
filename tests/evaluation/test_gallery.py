"""The gallery holds every miss, the surest hits and the closest calls."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from okng.commands.train import Run
from okng.evaluation import Scores, choose_cases


def _scores(run: Run) -> Scores:
    classes = tuple(run.metrics["classes"])
    return Scores.read(run.scores, classes, run.metrics["ok_class"])


def test_every_miss_is_shown(run: Run) -> None:
    """None is left out because there are prettier ones."""
    scores = _scores(run)
    shown = {c.path for c in choose_cases(scores) if c.kind in {"escape", "overkill"}}
    wrong = scores.table["label"] != scores.decided_as

    assert shown == set(scores.table["path"][wrong])


def test_too_many_misses_are_cut_the_worst_kept(run: Run) -> None:
    """A hopeless model does not make an endless report."""
    table = _scores(run).table.assign(defect_score=0.0, verdict="OK")
    table["threshold"] = 0.5
    table.loc[table["label"] == "defective", "defect_score"] = np.linspace(0, 0.4, 40)
    cases = choose_cases(Scores(table, ("ok", "defective"), "ok"), most_misses=5)
    escapes = [case.defect_score for case in cases if case.kind == "escape"]

    assert len(escapes) == 5
    assert escapes == sorted(escapes)
    assert escapes[0] == 0.0


def test_closest_calls_are_right_but_narrow(run: Run) -> None:
    """From both sides of the threshold, the nearest first."""
    scores = _scores(run)
    close = [case for case in choose_cases(scores, per_kind=3) if case.kind == "close"]
    threshold = run.metrics["threshold"]

    assert close
    assert all(case.label == case.judged for case in close)
    for kind in ("ok", "defective"):
        ways = [abs(c.defect_score - threshold) for c in close if c.label == kind]
        right = scores.table[(scores.table["label"] == kind) & (scores.decided_as == kind)]
        nearest = (right["defect_score"] - threshold).abs().nsmallest(len(ways))
        assert ways == sorted(ways)
        assert ways == list(nearest)


def test_photo_that_could_not_be_judged_is_no_case(run: Run) -> None:
    """It has no heatmap."""
    table = _scores(run).table.copy()
    table.loc[0, ["verdict", "error"]] = ["ERROR", "broken"]
    table.loc[0, "defect_score"] = float("nan")
    cases = choose_cases(Scores(table, ("ok", "defective"), "ok"))

    assert table["path"][0] not in {case.path for case in cases}


def test_mix_ups_of_types_are_misses() -> None:
    """A scratch called a blowhole is shown."""
    rows = [("a", "scratch", "blowhole"), ("b", "scratch", "scratch"), ("c", "ok", "ok")]
    table = pd.DataFrame(rows, columns=["path", "label", "class"])
    table = table.assign(verdict="NG", error="", defect_score=0.9, group="", split="test",
                         threshold=0.5, p_ok=0.1, p_blowhole=[0.8, 0.1, 0.1],
                         p_scratch=[0.1, 0.8, 0.8])  # fmt: skip
    cases = choose_cases(Scores(table, ("ok", "blowhole", "scratch"), "ok"))

    assert [case.path for case in cases if case.kind == "mix-up"] == ["a"]


def test_listing_holds_the_heatmaps(run: Run) -> None:
    """The page draws them from it."""
    cases = json.loads((run.folder / "gradcam" / "gallery.json").read_text())

    assert cases
    for case in cases:
        assert (Path(run.folder) / "gradcam" / case["picture"]).is_file()
        assert 0 <= np.min(case["heatmap"]) <= np.max(case["heatmap"]) <= 255
