"""metrics.json: its models, its keys, its page of reference, and files of older versions."""

import importlib.util
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from full_metrics import full_metrics, rate
from pydantic import ValidationError

from okng.commands.train import Run
from okng.evaluation.report import write_report
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.sections.technical import trust
from okng.evaluation.results import VERSION, Metrics, Rate
from okng.evaluation.robustness.perturbations import KINDS

DOCS = Path(__file__).parents[2] / "docs"
KEYS_OF_0_1 = frozenset(
    {
        "accuracy", "precision", "recall", "f1", "specificity", "balanced_accuracy", "matthews",
        "roc_auc", "average_precision", "escape_rate", "overkill_rate", "review_rate",
        "confusion_matrix", "verdicts", "misses", "classes", "ok_class", "positive", "threshold",
        "split", "photos", "groups", "good", "defective", "classification_report", "errors",
        "leakage", "warnings", "operating_point", "calibration", "proves", "unfamiliar",
        "acceptance", "reliability", "curves", "threshold_stability", "threshold_notes",
        "out_of_fold", "alternatives", "baselines", "export", "robustness", "heatmap_check",
        "speed", "report", "decision", "settings", "model",
    }
)  # fmt: skip
"""Keys of a run of `okng train` before the models; other people's scripts read them."""


@pytest.fixture
def copy(run: Run, tmp_path: Path) -> Path:
    """A run to change."""
    shutil.copytree(run.folder, tmp_path / "copy")
    return tmp_path / "copy"


def _page() -> Any:
    """The module that writes metrics.md."""
    spec = importlib.util.spec_from_file_location("metrics_page", DOCS / "metrics_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["metrics_page"] = module
    spec.loader.exec_module(module)
    return module


PAGE = (DOCS / "reference" / "metrics.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", Metrics.model_fields)
def test_every_key_is_on_the_page(name: str) -> None:
    """Each key at the top, and each below it, with what it means."""
    field = Metrics.model_fields[name]
    found = [pair for pair in _page().keys(Metrics) if re.split(r"[.\[]", pair[0])[0] == name]

    assert field.description
    for key, meaning in found:
        within = key.partition(".")[2] if "." in key else key
        assert meaning, key
        assert f"`{within.removeprefix('*.')}`" in PAGE.replace(".*.", ".")


def test_keys_of_a_run_stay(run: Run) -> None:
    """Scripts that read metrics.json go on: no key went, and only the codes of sentences joined."""
    by_recipe = {"out_of_fold", "threshold_stability", "threshold_notes", "unfamiliar"}

    assert KEYS_OF_0_1 - by_recipe <= set(run.metrics)
    joined = {"version", "warning_messages", "proves_messages"}
    assert set(run.metrics) - KEYS_OF_0_1 == joined
    assert run.metrics["version"] == VERSION


def test_file_and_model_say_the_same(run: Run) -> None:
    """What is read and written again is what was there."""
    assert Metrics.read(run.metrics_file).plain() == run.metrics


def test_unknown_key_is_refused_on_writing() -> None:
    """A misspelled section does not slip into the file."""
    with pytest.raises(ValidationError, match="robustnes"):
        full_metrics().having(robustnes=None)


def test_older_file_opens_and_is_reported(run: Run, copy: Path) -> None:
    """Without version, without later keys, with one that no longer exists."""
    old = dict(run.metrics)
    for key in ("version", "misses", "good", "defective", "verdicts", "decision", "speed"):
        old.pop(key, None)
    (copy / "metrics.json").write_text(json.dumps(old | {"gone": 1}))
    found = Metrics.read(copy / "metrics.json")

    assert (found.misses, found.good, found.speed) == (None, None, None)
    assert found.accuracy.value == run.metrics["accuracy"]["value"]
    assert write_report(copy).exists()


def test_rate_without_its_interval_is_refused() -> None:
    """Every rate has all its keys, `null` where there is nothing."""
    with pytest.raises(ValidationError, match="high"):
        Rate.model_validate({"value": 0.5, "low": 0.4, "n": 10, "method": "some"})
    assert rate(None)["value"] is None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_unit_of_each_change_reads_as_words(kind: Any, run: Run, copy: Path) -> None:
    """0.7 times, blurred by 2 px, 10 degrees: no unit is left as its bare key."""
    metrics = run.metrics | {"robustness": full_metrics().plain()["robustness"]}
    (copy / "metrics.json").write_text(json.dumps(metrics))
    (section,) = trust.every_change(Source(copy))
    rows = [row for row in section.blocks[0].rows if row[0] == trust.name_of(kind.name)]  # type: ignore[union-attr]
    words = {"factor": "times", "px": "blurred by", "degrees": "degrees", "quality": "",
             "grey values": "grey values", "% of the side": "shifted by"}  # fmt: skip

    assert rows
    assert all(words[kind.unit] in str(row[1]) for row in rows)
