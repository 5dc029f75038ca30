"""Types of defects: the likeliest class names the type, the threshold makes the verdict."""

import numpy as np
import pandas as pd
from simulated import measured

from okng.evaluation import Scores
from okng.evaluation.examples import choose_cases
from okng.verdict import OperatingPoint

CLASSES = ("ok", "dent", "scratch")
LABELS = ["ok", "ok", "dent", "dent", "scratch", "scratch"]
PROBABILITIES = np.array([
    [0.90, 0.05, 0.05],  # good, surely
    [0.60, 0.30, 0.10],  # good, but less surely
    [0.55, 0.40, 0.05],  # a dent that looks good
    [0.10, 0.85, 0.05],
    [0.10, 0.10, 0.80],
    [0.20, 0.50, 0.30],  # a scratch that looks like a dent
])  # fmt: skip


def _scores(threshold: float) -> Scores:
    table = pd.DataFrame(PROBABILITIES, columns=[f"p_{name}" for name in CLASSES])
    table["path"] = [f"{number}.png" for number in range(len(table))]
    table["label"], table["defect_score"] = LABELS, 1 - PROBABILITIES[:, 0]
    for name in ("split", "group", "verdict", "class", "error"):
        table[name] = ""
    return Scores(table, CLASSES, "ok").decided_by(OperatingPoint(threshold=threshold))


def test_the_threshold_does_not_change_the_named_class() -> None:
    """0.9 calls five parts OK; each keeps its likeliest class, and that is what is counted."""
    for threshold in (0.1, 0.43, 0.9):
        scores = _scores(threshold)
        found = measured(scores, OperatingPoint(threshold=threshold))

        assert scores.table["class"].tolist() == ["ok", "ok", "ok", "dent", "scratch", "dent"]
        assert found["types"]["accuracy"]["value"] == 4 / 6
        assert found["confusion_matrix"] == [[2, 0, 0], [1, 1, 0], [0, 1, 1]]


def test_the_verdicts_of_each_class_follow_the_threshold() -> None:
    """At 0.43 the dent of 0.45 is NG though its likeliest class is OK; at 0.85 two escape more."""
    for threshold, dents, scratches in ((0.43, 2, 2), (0.85, 1, 1), (0.95, 0, 0)):
        point = OperatingPoint(threshold=threshold)
        found = measured(_scores(threshold), point)

        assert found["verdicts"]["ok"] == {"OK": 2, "NG": 0}
        assert found["verdicts"]["dent"] == {"OK": 2 - dents, "NG": dents}
        assert found["verdicts"]["scratch"] == {"OK": 2 - scratches, "NG": scratches}
        assert found["escape_rate"]["value"] == (4 - dents - scratches) / 4


def test_escapes_of_the_gallery_are_those_of_the_verdict() -> None:
    """At 0.43 nothing escapes, and one type is mixed up, though one dent has the class ok."""
    cases = choose_cases(_scores(0.43))

    assert [(case.path, case.judged) for case in cases if case.kind == "escape"] == []
    assert [(case.path, case.judged) for case in cases if case.kind == "mix-up"] == [
        ("5.png", "dent")
    ]
