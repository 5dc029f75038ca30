"""A study finds what is better, goes on whatever one trial does, and ends when it shall."""

import warnings
from collections.abc import Callable
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from okng.errors import DatasetError, TrainingError
from okng.events import Silent
from okng.testing import RecordingProgress
from okng.training.tuning import (
    Limits,
    Trials,
    best_settings,
    run_trials,
    storage,
    trials,
)
from okng.training.tuning.storage import quiet_optuna

Opener = Callable[..., optuna.Study]


def test_first_trial_has_the_settings_of_a_training(task: Trials, study: Opener) -> None:
    """So that every study tells whether tuning brought anything."""
    opened = study()
    run_trials(task, opened, Limits(2), Silent())

    assert opened.trials[0].params == {"dropout": 0.3, "lr": 0.001}


def test_better_settings_are_found(task: Trials, brief: optuna.Study) -> None:
    """The fake networks are best at a dropout of 0.2, where a training starts from 0.3."""
    run_trials(task, brief, Limits(20), Silent())

    assert brief.trials[0].value == pytest.approx(0.1)
    assert brief.best_value < 0.1
    assert best_settings(brief).model.dropout == brief.best_params["dropout"]


def test_same_study_goes_on_to_the_number_of_trials(task: Trials, study: Opener) -> None:
    """Twice the same command: the second one finds the study done."""
    run_trials(task, study(), Limits(3), Silent())
    run_trials(task, study(), Limits(3), Silent())
    run_trials(task, study(), Limits(5), Silent())

    assert len(study().trials) == 5


def test_study_that_goes_on_draws_what_a_whole_one_draws(
    task: Trials, study: Opener, brief: optuna.Study
) -> None:
    """Each trial has random numbers of its own, whichever worker draws."""
    for count in (2, 4):
        run_trials(task, study(), Limits(count), Silent())
    run_trials(task, brief, Limits(4), Silent())

    assert [t.params for t in study().trials] == [t.params for t in brief.trials]


@pytest.mark.parametrize("fault", [TrainingError("The loss is no number"), MemoryError("no room")])
def test_failed_trial_is_recorded_and_others_follow(
    task: Trials, networks: Any, study: Opener, fault: Exception
) -> None:
    """A loss that is no number, or too little memory, is one trial's fault."""
    networks.fault, watcher = fault, RecordingProgress()
    opened = study()
    run_trials(task, opened, Limits(3), watcher)

    assert [t.state for t in opened.trials] == [TrialState.FAIL, *[TrialState.COMPLETE] * 2]
    assert opened.trials[0].user_attrs["error"] == str(fault).splitlines()[0]
    assert "failed" in watcher.sentences[0]


def test_photo_that_vanished_ends_the_study(task: Trials, networks: Any, study: Opener) -> None:
    """Every further trial would fail, too."""
    networks.fault = DatasetError("The photo vanished")

    with pytest.raises(DatasetError, match="vanished"):
        run_trials(task, study(), Limits(3), Silent())


def test_interrupted_trial_is_the_next_one(task: Trials, networks: Any, study: Opener) -> None:
    """Ctrl-C loses no settings that were drawn, and does not count as a trial."""
    run_trials(task, study(), Limits(2), Silent())
    networks.fault = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        run_trials(task, study(), Limits(3), Silent())
    stopped = study().trials[2].params
    opened = study()
    run_trials(task, opened, Limits(3), Silent())

    assert stopped
    assert opened.trials[3].params == stopped
    assert len(trials.counted(opened)) == 3


def test_trial_of_a_killed_worker_is_taken_up_again(
    task: Trials, study: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that is silent for too long is dead; what it tried is tried by another."""
    monkeypatch.setattr(storage, "HEARTBEAT_SECONDS", 1)
    monkeypatch.setattr(storage, "GRACE_SECONDS", 1)
    opened = study()
    with quiet_optuna(), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        killed = opened.ask()
        task.space.draw(killed)
        opened._storage.record_heartbeat(killed._trial_id)  # type: ignore[attr-defined]
    run_trials(task, opened, Limits(2), Silent())

    assert opened.trials[0].state is TrialState.FAIL
    assert [t.params for t in trials.counted(opened)].count(opened.trials[0].params) == 1
    assert len(trials.counted(opened)) == 2


def test_trial_killed_before_its_first_heartbeat_comes_again(
    task: Trials, study: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Optuna alone would leave it running for ever, and the trial of the given settings with it."""
    monkeypatch.setattr(storage, "HEARTBEAT_SECONDS", 1)
    monkeypatch.setattr(storage, "GRACE_SECONDS", 1)
    opened = study()
    with quiet_optuna(), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        task.space.draw(opened.ask())
    again = study()
    run_trials(task, again, Limits(2), Silent())

    assert again.trials[0].state is TrialState.FAIL
    assert task.space.start in [t.params for t in trials.counted(again)]
    assert len(trials.counted(again)) == 2


def test_hopeless_trials_are_given_up_after_a_fold(task: Trials, brief: optuna.Study) -> None:
    """Their value so far is kept; they are not the best, nor in the way."""
    run_trials(task, brief, Limits(20), Silent())
    pruned = [t for t in brief.trials if t.state is TrialState.PRUNED]

    assert pruned
    assert all(len(t.user_attrs["folds"]) < 3 for t in pruned)


def test_same_settings_are_not_trained_twice(task: Trials, networks: Any, study: Opener) -> None:
    """They would come out the same."""
    opened = study()
    run_trials(task, opened, Limits(1), Silent())
    opened.enqueue_trial(task.space.start)
    run_trials(task, opened, Limits(2), Silent())

    assert len(networks.asked) == 1
    assert opened.trials[1].value == opened.trials[0].value
    assert opened.trials[1].user_attrs["same_as"] == 0


def test_no_trial_begins_after_the_time(task: Trials, study: Opener) -> None:
    """A study that is to end by then ends."""
    watcher, opened = RecordingProgress(), study()
    run_trials(task, opened, Limits(50, seconds=1e-9), watcher)

    assert len(opened.trials) == 1  # the one that waits
    assert opened.trials[0].state is TrialState.WAITING
    assert "time is over" in watcher.sentences[-1]


def test_study_in_which_every_trial_fails_ends(task: Trials, networks: Any, study: Opener) -> None:
    """Nobody waits for the other trials; the same command later tries again."""
    watcher, opened = RecordingProgress(), study()

    def fail(_: object) -> Any:
        raise TrainingError("The loss is no number")

    networks.judge = fail
    run_trials(task, opened, Limits(20), watcher)

    assert len(trials.counted(opened)) == 3
    assert "no further trial begins" in watcher.sentences[-1]
