"""Studies are found again, and never mixed up."""

from collections.abc import Callable
from pathlib import Path

import optuna
import pytest

from okng import config
from okng.errors import ConfigError
from okng.events import Silent
from okng.training.tuning import (
    Limits,
    Trials,
    find_study,
    open_study,
    run_trials,
    shown,
    url_of,
)

Opener = Callable[..., optuna.Study]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"photos": "0" * 64}, "photos: the study was made on 60 others"),
        ({"test": "0" * 64}, "set other photos aside"),
        ({"objective": "f1"}, "objective: cost in the study, not f1"),
        ({"folds": 5}, "folds: 3 in the study, not 5"),
        ({"space": []}, "space: dropout is only in the study"),
    ],
)
def test_another_study_is_refused(study: Opener, change: dict[str, object], told: str) -> None:
    """Its trials could not be compared."""
    study()

    with pytest.raises(ConfigError, match=told):
        study(**change)


def test_other_bounds_and_settings_are_named(study: Opener, task: Trials) -> None:
    """All differences at once, in words."""
    study()
    wider = [{**d, "high": 0.9} if d["name"] == "dropout" else d for d in task.space.plain()]
    other = config.load(None, {"model": "cnn", "seed": 7}).model_dump(mode="json")

    with pytest.raises(ConfigError) as caught:
        study(space=wider, settings=other)
    assert "dropout is 0 to 0.6 in the study, not 0 to 0.9" in str(caught.value)
    assert "training.seed is 0 in the study, not 7" in str(caught.value)


def test_study_of_others_is_refused(study: Opener, tmp_path: Path) -> None:
    """A study with trials that okng did not make is left alone."""
    storage = url_of(str(tmp_path / "study.db"))
    foreign = optuna.create_study(study_name="parts", storage=storage)
    foreign.add_trial(optuna.create_trial(value=0.0))

    with pytest.raises(ConfigError, match="not made by okng"):
        study()


def test_finished_study_is_found(study: Opener, task: Trials, tmp_path: Path) -> None:
    """By its folder, its file or its URL, with or without its name."""
    run_trials(task, study(), Limits(1), Silent())
    file = tmp_path / "study.db"

    for place in (tmp_path, file, f"sqlite:///{file}", f"{tmp_path}::parts"):
        found, _ = find_study(str(place))
        assert found.study_name == "parts"
        assert found.best_value == pytest.approx(0.1)


def test_unknown_study_names_those_that_are_there(study: Opener, tmp_path: Path) -> None:
    """What could be meant is listed."""
    study()

    with pytest.raises(ConfigError, match="::parts"):
        find_study(f"{tmp_path}::other")


def test_looking_for_a_study_makes_no_file(tmp_path: Path) -> None:
    """A wrong path is an error, not an empty database."""
    with pytest.raises(ConfigError, match="no study"):
        find_study(str(tmp_path / "none.db"))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["nonsense://place", "sqlite:////nowhere/at/all/study.db"])
def test_storage_that_cannot_be_opened_is_refused(url: str) -> None:
    """With the way out, and without the address's password."""
    with pytest.raises(ConfigError, match="cannot be opened"):
        open_study(url, "parts", {"objective": "cost"}, {}, 0)


def test_password_is_never_shown() -> None:
    """Reports are handed on."""
    assert "secret" not in shown("postgresql://okng:secret@host/studies")
