"""`--time-budget`: a plan is made after the audit, told, kept, and its end is the deadline."""

from pathlib import Path

import pytest

from okng import config
from okng.config import PRESETS, Folds, Recipe
from okng.dataset import Dataset, Photo
from okng.errors import ConfigError
from okng.events import Silent
from okng.runs.layout import RunFolder
from okng.testing import RecordingProgress
from okng.training.time_budget import saved_plan
from okng.training.time_budget.planner import Speed
from okng.training.time_budget.saved_plan import in_time

DATASET = Dataset(
    Path(),
    tuple(Photo(f"{i}.png", ("ok", "bad")[i % 2], split=("train", "train", "val", "test")[i % 4])
          for i in range(4000)),
    ("ok", "bad"),
    "ok",
)  # fmt: skip
SPEED = Speed(size=192, decode=0.001, features=0.01, step=0.02, check=0.005, start=5, fit=4)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    """A new run folder, on a machine of known speed."""
    monkeypatch.setattr(saved_plan, "measure", lambda *_: SPEED)
    folder = RunFolder(tmp_path)
    folder.models.mkdir()
    return folder


def _settings(**values: object) -> config.RunSettings:
    """As a training with a time budget gets them: what was not given is open."""
    return config.load(None, values)


def test_plan_is_told_and_kept(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that goes on asks the machine no second time, and has the whole time again."""
    told = RecordingProgress()
    planned, deadline = in_time(DATASET, run, _settings(time_budget="2min"), told, lambda: 100.0)
    monkeypatch.setattr(saved_plan, "measure", lambda *_: pytest.fail("asked again"))
    again = in_time(DATASET, run, _settings(time_budget="2min"), Silent(), lambda: 500.0)

    assert "plan for 120 s" in "\n".join(told.sentences)
    assert "photos a second" in "\n".join(told.sentences)
    assert deadline is not None
    assert 180 < deadline < 220
    assert again == (planned, deadline + 400)


def test_without_a_budget_nothing_changes(run: RunFolder) -> None:
    """And nothing is tried."""
    settings = _settings()

    assert in_time(DATASET, run, settings, Silent()) == (config.resolve(settings), None)
    assert not (run.models / "plan.json").exists()


def test_recipe_that_was_asked_for_stays(run: RunFolder) -> None:
    """Its epochs follow the time."""
    settings = _settings(time_budget="5min", recipe="standard")
    planned = in_time(DATASET, run, settings, Silent())[0].training

    assert planned.recipe is Recipe.STANDARD
    assert planned.epochs is not None
    assert planned.epochs > 0


def test_plan_brings_the_rates_of_its_recipe(run: RunFolder) -> None:
    """Upper layers do not learn at the rate of another recipe, and the folder tells the plan."""
    settings = _settings(time_budget="10min")
    planned = in_time(DATASET, run, settings, Silent())[0]
    preset = PRESETS[Recipe.STANDARD]

    assert planned.training.recipe is Recipe.STANDARD
    assert (planned.training.lr, planned.training.patience) == (preset.lr, preset.patience)
    assert config.resolve(config.load(run.settings)) == planned


def test_what_was_given_stays(run: RunFolder) -> None:
    """Also `--recipe quick`, which is what a run without a budget takes."""
    given = {"recipe": "quick", "image_size": 160, "lr": 0.01, "patience": 7, "part_folds": "never"}
    planned = in_time(DATASET, run, _settings(time_budget="1h", **given), Silent())[0]

    assert planned.training.recipe is Recipe.QUICK
    assert planned.training.epochs == 0
    assert planned.data.image_size == 160
    assert (planned.training.lr, planned.training.patience) == (0.01, 7)
    assert planned.training.folds is Folds.NEVER


def test_epochs_that_were_given_are_planned_for(run: RunFolder) -> None:
    """All of them, by the recipe that has epochs; too little time for them is refused."""
    planned = in_time(DATASET, run, _settings(time_budget="1h", epochs=9), Silent())[0].training
    assert (planned.recipe, planned.epochs) == (Recipe.STANDARD, 9)
    (run.models / "plan.json").unlink()
    with pytest.raises(ConfigError, match=r"or leave `training\.epochs` to the plan"):
        in_time(DATASET, run, _settings(time_budget="20s", epochs=9), Silent())


@pytest.mark.parametrize(("folds", "recipe"), [("always", "quick"), ("never", "standard")])
def test_folds_that_were_given_are_planned_for(run: RunFolder, folds: str, recipe: str) -> None:
    """Whatever the number of parts would decide."""
    settings = _settings(time_budget="1h", part_folds=folds)
    planned = in_time(DATASET, run, settings, Silent())[0].training

    assert (planned.recipe, planned.folds) == (recipe, folds)


def test_trial_counts(run: RunFolder) -> None:
    """A slow trial leaves less for the plan, and what is needed includes it."""
    times = iter([0.0, 0.0, 90.0])
    with pytest.raises(ConfigError, match=r"1\d\ds or more"):
        in_time(DATASET, run, _settings(time_budget="95s"), Silent(), lambda: next(times))


def test_too_little_time_is_refused(run: RunFolder) -> None:
    """With what it would take."""
    with pytest.raises(ConfigError, match="s or more"):
        in_time(DATASET, run, _settings(time_budget="2s"), Silent())


def test_plan_too_small_for_the_tiles_is_refused(run: RunFolder) -> None:
    """And not kept, so that other settings can be tried."""
    with pytest.raises(ConfigError, match=r"6 places per side at 192 px"):
        in_time(DATASET, run, _settings(time_budget="2min", tiles=8), Silent())
    assert not (run.models / "plan.json").exists()
