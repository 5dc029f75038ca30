"""Figures agree with scikit-learn, and positive is defective."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from simulated import measured
from sklearn import metrics as sk

from okng.dataset import Photo
from okng.errors import DatasetError
from okng.evaluation import Leakage, Metrics, Scores, write_metrics
from okng.verdict import Judgement, OperatingPoint, Verdict

POINT = OperatingPoint(threshold=0.4)


def _scores(
    scores: Sequence[float], defective: Sequence[bool], groups: Sequence[str] | None = None
) -> Scores:
    """Scores of parts whose good class comes last in the alphabet."""
    classes = ("zz_good", "a_defect")
    names = groups or [""] * len(scores)
    photos = [Photo(f"{i}.jpg", classes[int(d)], "", g, "test")
              for i, (d, g) in enumerate(zip(defective, names, strict=True))]  # fmt: skip
    verdicts = [
        Verdict(
            POINT.judge(s),
            s,
            classes[int(s >= 0.5)],
            dict(zip(classes, (1 - s, s), strict=True)),
            threshold=POINT.threshold,
        )
        for s in scores
    ]
    return Scores.from_verdicts(photos, verdicts, classes, "zz_good")


def _random(seed: int = 0, count: int = 200) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.random(count) < 0.3
    return (rng.normal(0.35 + 0.3 * truth, 0.2)).clip(0, 1), truth


def test_figures_agree_with_scikit_learn() -> None:
    """Each one, on the same photos."""
    values, truth = _random()
    found = measured(_scores(values.tolist(), truth.tolist()), POINT)
    called = values >= 0.4
    expected = {
        "accuracy": sk.accuracy_score(truth, called),
        "precision": sk.precision_score(truth, called),
        "recall": sk.recall_score(truth, called),
        "f1": sk.f1_score(truth, called),
        "balanced_accuracy": sk.balanced_accuracy_score(truth, called),
        "roc_auc": sk.roc_auc_score(truth, values),
        "average_precision": sk.average_precision_score(truth, values),
        "specificity": sk.recall_score(~truth, ~called),
        "matthews": sk.matthews_corrcoef(truth, called),
    }

    for name, value in expected.items():
        rate = found[name]
        assert rate["value"] == pytest.approx(value), name
        assert rate["low"] <= rate["value"] <= rate["high"]
    assert found["confusion_matrix"] == sk.confusion_matrix(truth, called).tolist()


def test_positive_is_defective_whatever_the_alphabet() -> None:
    """The reference report has the two swapped; an escape is a defective part that gets OK."""
    found = measured(_scores([0.1, 0.1, 0.1, 0.9], [False, False, True, True]), POINT)

    assert found["positive"] == "defective"
    assert found["classes"] == ["zz_good", "a_defect"]
    assert found["recall"]["value"] == 0.5
    assert found["escape_rate"]["value"] == 0.5
    assert found["overkill_rate"]["value"] == 0.0
    assert found["confusion_matrix"] == [[2, 0], [1, 1]]


def test_perfect_test_is_not_certain() -> None:
    """No error seen leaves room for errors."""
    found = measured(_scores([0.1] * 10 + [0.9] * 10, [False] * 10 + [True] * 10), POINT)

    for name in ("accuracy", "precision", "recall", "f1", "roc_auc", "average_precision",
                 "matthews", "balanced_accuracy"):  # fmt: skip
        assert found[name]["value"] == 1.0
        assert 0.3 < found[name]["low"] < 0.95, name
    assert found["escape_rate"]["upper_one_sided"] == pytest.approx(1 - 0.05 ** (1 / 10))


@pytest.mark.parametrize("kind", [True, False])
def test_missing_class_leaves_no_false_figure(kind: bool) -> None:
    """A test without defective, or without good parts."""
    found = measured(_scores([0.1, 0.9, 0.2], [kind] * 3), POINT)
    absent = "overkill_rate" if kind else "escape_rate"

    assert found[absent]["value"] is None
    for name in ("roc_auc", "f1", "matthews", "balanced_accuracy"):
        assert found[name]["value"] is None
        assert found[name]["method"] == "a class is missing"
    assert kind or "proves nothing about escapes" in found["proves"][0]


def test_one_part_in_all_photos_is_said() -> None:
    """A group that covers everything proves nothing about other parts."""
    found = measured(_scores([0.1, 0.9, 0.2, 0.8], [False, True] * 2, ["p"] * 4), POINT)

    assert found["groups"] == 1
    assert any("one part" in sentence for sentence in found["warnings"])
    assert found["accuracy"]["low"] < 0.05


def test_class_that_the_model_never_saw_is_defective() -> None:
    """It counts as an escape when it passes, and is named."""
    scores = _scores([0.1, 0.9, 0.1], [False, True, True])
    scores.table.loc[2, "label"] = "dent"
    found = measured(Scores(scores.table, scores.classes, scores.ok_class), POINT)

    assert found["escape_rate"]["value"] == 0.5
    assert found["unseen_classes"] == {"dent": 1}
    assert "dent" in found["warnings"][0]


def test_parts_and_photos_are_told_apart() -> None:
    """Few parts with many photos do not prove what as many parts would."""
    groups = [f"g{i // 5}" for i in range(100)]
    found = measured(_scores([0.9] * 100, [True] * 100, groups), POINT)
    sentence = found["proves"][0]

    assert "100 photos of defective parts, but they show only 20 parts" in sentence
    assert "at most 13.9 %" in sentence
    assert "not the 3.0 %" in sentence


def test_leaked_photos_are_taken_out_beside() -> None:
    """As given, and without those that training has seen."""
    leakage = Leakage(photos=2, checked=("exact duplicates",), paths=("0.jpg", "3.jpg"))
    found = measured(_scores([0.1, 0.9, 0.1, 0.9], [False, False, True, True]), POINT,
                     leakage=leakage)  # fmt: skip

    assert found["accuracy"]["value"] == 0.5
    assert found["leakage"]["without_leaked"]["accuracy"]["value"] == 0.0
    assert found["leakage"]["without_leaked"]["photos"] == 2


def test_unjudged_photo_counts_as_ng() -> None:
    """As on the line: never an escape."""
    photos = [Photo("a", "ok"), Photo("b", "bad")]
    verdicts = [Verdict(Judgement.ERROR, float("nan"), "", {}, 0.4, "", "cut off")] * 2
    found = measured(Scores.from_verdicts(photos, verdicts, ("ok", "bad"), "ok"), POINT)

    assert found["escape_rate"]["value"] == 0.0
    assert found["overkill_rate"]["value"] == 1.0
    assert found["errors"] == ["a", "b"]


def test_figures_are_plain_json(tmp_path: Path) -> None:
    """No NaN, nothing that another program cannot read."""
    values, truth = _random()
    groups = [f"g{i // 4}" for i in range(len(values))]
    scores = _scores(values.tolist(), truth.tolist(), groups)
    write_metrics(Metrics.of_plain(measured(scores, POINT)), tmp_path / "m.json")

    assert json.loads((tmp_path / "m.json").read_text())["groups"] == 50


def test_scores_read_back_as_written(tmp_path: Path) -> None:
    """Any name, and photos that could not be judged."""
    scores = _scores([0.1, 0.9], [False, True], ['g"1,', "NA"])
    scores.write(tmp_path / "scores.csv")
    again = Scores.read(tmp_path / "scores.csv", scores.classes, scores.ok_class)

    assert again.table["group"].tolist() == ['g"1,', "NA"]
    assert np.allclose(again.defect_scores, [0.1, 0.9])


def test_columns_of_the_manifest_are_never_overwritten(tmp_path: Path) -> None:
    """Whatever the user calls them: `column` gives the user's, the verdicts keep okng's."""
    names = ("reason", "error", "class", "verdict", "threshold", "defect_score", "unfamiliarity",
             "p_ok", "manifest:reason", "station")  # fmt: skip
    facts = tuple((name, f"my {name}") for name in names)
    photos = [Photo("a.jpg", "ok", "", "", "test", facts), Photo("b.jpg", "ng", "", "", "test")]
    verdicts = [
        Verdict(Judgement.NG, 0.9, "ng", {"ok": 0.1, "ng": 0.9}, 0.5),
        Verdict(Judgement.REVIEW, 0.5, "ng", {"ok": 0.5, "ng": 0.5}, 0.5, reason="band"),
    ]
    scores = Scores.from_verdicts(photos, verdicts, ("ok", "ng"), "ok")
    scores.write(tmp_path / "scores.csv")
    read = Scores.read(tmp_path / "scores.csv", scores.classes, scores.ok_class)

    for table in (scores, read):
        for name in names:
            assert table.column(name).tolist() == [f"my {name}", ""]
        assert table.table["reason"].tolist() == ["", "band"]
        assert table.table["verdict"].tolist() == ["NG", "REVIEW"]
        assert table.defect_scores.tolist() == [0.9, 0.5]


def test_scores_with_holes_are_refused(tmp_path: Path) -> None:
    """A missing score is never taken for a good one."""
    scores = _scores([0.1, 0.9], [False, True])
    scores.table.loc[0, "defect_score"] = np.nan
    scores.write(tmp_path / "scores.csv")

    with pytest.raises(DatasetError, match=r"0\.jpg has no defect score"):
        Scores.read(tmp_path / "scores.csv", scores.classes, scores.ok_class)


@pytest.mark.parametrize(
    ("change", "words"),
    [({"defect_score": "nan"}, "no defect score"), ({"defect_score": "1.5"}, "outside of"),
     ({"path": "1.jpg"}, "stands there twice")],
)  # fmt: skip
def test_scores_that_cannot_be_are_refused(
    tmp_path: Path, change: dict[str, str], words: str
) -> None:
    """Rows that stand twice, and scores that are none."""
    scores = _scores([0.1, 0.9], [False, True])
    table = scores.table.astype(str)
    for name, value in change.items():
        table.loc[0, name] = value
    table.to_csv(tmp_path / "scores.csv", index=False)

    with pytest.raises(DatasetError, match=words):
        Scores.read(tmp_path / "scores.csv", scores.classes, scores.ok_class)


def test_other_operating_point_judges_anew() -> None:
    """Verdict and threshold follow, the class does not; unlike all training goes to a person."""
    scores = _scores([0.1, 0.5, 0.9], [False, True, True])
    scores.table["reason"] = ""
    scores.table["unfamiliarity"] = [0.2, 0.99, 0.995]
    point = OperatingPoint(threshold=0.6, review_low=0.4, review_high=0.7, unfamiliar_limit=0.99)
    table = scores.decided_by(point).table

    assert table["verdict"].tolist() == ["OK", "REVIEW", "REVIEW"]
    assert table["class"].tolist() == ["zz_good", "a_defect", "a_defect"]
    assert table["reason"].tolist() == ["", "band", "unfamiliar"]
    assert set(table["threshold"]) == {0.6}


def test_figures_without_unfamiliar_photos_stand_beside_the_others() -> None:
    """One of four photos is unlike all training; the others were judged rightly."""
    scores = _scores([0.1, 0.2, 0.9, 0.3], [False, False, True, True])
    scores.table["unfamiliarity"] = [0.1, 0.5, 0.7, 1.0]
    point = OperatingPoint(threshold=0.5, unfamiliar_limit=0.99)
    found = measured(scores, point)["unfamiliar"]

    assert found["photos"] == 1
    assert found["rate"]["value"] == 0.25
    assert found["without"]["accuracy"]["value"] == 1
    assert found["without"]["photos"] == 3
