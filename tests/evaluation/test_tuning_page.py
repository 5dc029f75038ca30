"""The page of a study says what was tried and does not promise too much."""

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from okng.evaluation.plots.drawing import axes, save
from okng.evaluation.report.html_file import write_html
from okng.evaluation.report.sections.technical import tuning as section
from okng.evaluation.report.tuning import HONEST, build, lead
from okng.runs.layout import RunFolder

if TYPE_CHECKING:
    from okng.evaluation.report.inputs import Source


def _trial(number: int, value: float | None, **changes: Any) -> dict[str, Any]:
    state = "given up early" if value is None else "complete"
    return {"number": number, "state": state, "value": value, "values": {"lr": 0.001 * number},
            "folds": [0.1, 0.2 - 0.1 * number], "seconds": 1.5, "same_as": None, "error": None,
            **changes}  # fmt: skip


@pytest.fixture
def study() -> dict[str, Any]:
    """Three trials: the start, a better one, and one that failed."""
    trials = [_trial(0, 0.15), _trial(1, 0.1), _trial(2, None),
              _trial(3, None, state="failed", error="no <memory>")]  # fmt: skip
    dimension = {"name": "lr", "choices": [], "low": 1e-4, "high": 1e-2, "log": True,
                 "learning": True}  # fmt: skip
    return {
        "study": "parts", "storage": "sqlite:///study.db", "objective": "cost", "folds": 2,
        "objective_words": "cost of escapes", "direction": "minimize", "network": "cnn", "seed": 0,
        "counts": {"photos": 40, "parts": 20, "test": 8}, "space": [dimension], "seconds": 90.0,
        "states": {"complete": 2, "given up early": 1, "failed": 1},
        "best": trials[1], "start": trials[0], "trials": trials,
    }  # fmt: skip


def _page(study: dict[str, Any], folder: Path) -> str:
    return write_html(build(study, folder), folder / "tuning.html").read_text()


def test_page_compares_with_a_training_without_a_study(
    study: dict[str, Any], tmp_path: Path
) -> None:
    """Overall, setting by setting, and fold by fold."""
    page = _page(study, tmp_path)

    assert "The best of 4 trials has 0.1" in page
    assert "without a study have 0.15" in page
    assert "better in 1 of 2 folds" in page
    assert HONEST[:60] in page


def test_best_that_is_the_start_is_called_so(study: dict[str, Any]) -> None:
    """Nothing was gained."""
    same = study | {"best": study["start"]}

    assert "the one with the settings that a training has without a study" in lead(same)


def test_every_trial_is_listed_with_what_became_of_it(
    study: dict[str, Any], tmp_path: Path
) -> None:
    """Errors are text, never markup."""
    page = _page(study, tmp_path)

    assert "given up early" in page
    assert "failed: no &lt;memory&gt;" in page


def test_page_needs_no_other_file(study: dict[str, Any], tmp_path: Path) -> None:
    """Pictures stand in it; all that are there."""
    for name in ("history", "slice_1", "slice_2"):
        save(axes(1)[0], tmp_path / f"{name}.png")
    page = _page(study, tmp_path)

    assert page.count('src="data:image/png;base64,') == 3
    assert "http" not in page


@pytest.mark.parametrize("same", [True, False])
def test_report_warns_of_a_test_that_was_tuned_on(
    study: dict[str, Any], tmp_path: Path, same: bool
) -> None:
    """And only of such a test."""
    kept = {**study, "given": ["lr"], "same_test": same}
    source = cast("Source", SimpleNamespace(study=kept, files=RunFolder(tmp_path)))
    (found,) = section.sections(source)
    kinds = [type(block).__name__ for block in found.blocks]

    assert ("Callout" in kinds) is not same
    assert "Given on top of it: lr" in str(found.blocks[0])


def test_report_of_a_run_without_study_has_no_such_section(tmp_path: Path) -> None:
    """Nothing is said where nothing is to be said."""
    source = cast("Source", SimpleNamespace(study=None, folder=tmp_path))

    assert list(section.sections(source)) == []
