"""A run folder keeps the settings of its run, also those that a plan has yet to decide."""

from pathlib import Path
from typing import Any

import pytest

from okng import config
from okng.config import Recipe, RunSettings
from okng.errors import ConfigError
from okng.files import write_atomic
from okng.runs.layout import RunFolder
from okng.runs.opening import open_run
from okng.training import Choice

PLAN = Choice(Recipe.STANDARD, 192, 5, seconds=60.0, after=5.0)


def _open(
    out: Path, *, resume: bool = False, file: Path | None = None, **given: Any
) -> RunSettings:
    return open_run(Path(), out=out, settings_file=file, overrides=given, resume=resume)[1]


def test_time_budget_leaves_open_what_was_not_given(tmp_path: Path) -> None:
    """In the settings and in the folder; without one, everything is filled in."""
    planned_later = _open(tmp_path / "a", time_budget="10min", lr=0.01)

    assert planned_later == config.load(RunFolder(tmp_path / "a").settings)
    assert (planned_later.training.recipe, planned_later.training.lr) == (None, 0.01)
    assert _open(tmp_path / "b").training.recipe is Recipe.QUICK


def test_planned_run_goes_on_with_the_same_command(tmp_path: Path) -> None:
    """Before the plan was made, and after; with flags, or with the same file."""
    file = tmp_path / "mine.toml"
    file.write_text('[training]\ntime_budget = "10min"\nseed = 3\n')
    fresh = _open(tmp_path / "run", file=file)
    assert _open(tmp_path / "run", resume=True, file=file) == fresh

    planned = PLAN.applied(fresh)
    write_atomic(RunFolder(tmp_path / "run").settings, config.to_toml(planned))

    assert config.resolve(_open(tmp_path / "run", resume=True, file=file)) == planned
    assert config.resolve(_open(tmp_path / "run", resume=True, time_budget="10min")) == planned


def test_planned_run_does_not_go_on_as_another(tmp_path: Path) -> None:
    """A recipe that the plan did not choose is refused."""
    planned = PLAN.applied(_open(tmp_path / "run", time_budget="10min"))
    write_atomic(RunFolder(tmp_path / "run").settings, config.to_toml(planned))

    with pytest.raises(ConfigError, match=r"recipe is 'standard' in this run, not 'quick'"):
        _open(tmp_path / "run", resume=True, recipe="quick")
