"""A study in plain values: for people who read tables, for reports, and for the next training."""

from collections import Counter
from typing import Any

import optuna
import pandas as pd
from optuna.trial import FrozenTrial, TrialState

from okng.config import RunSettings
from okng.error_codes import Code
from okng.errors import ConfigError
from okng.training.tuning.objective import Objective
from okng.training.tuning.space import Space, settings_with
from okng.training.tuning.study_identity import ATTRIBUTE, settings_of
from okng.training.tuning.trials import ERROR, counted

_STATES = {TrialState.COMPLETE: "complete", TrialState.PRUNED: "given up early",
           TrialState.FAIL: "failed"}  # fmt: skip


def best_settings(study: optuna.Study) -> RunSettings:
    """The settings of the best trial, left open where the study left them open.

    Raises:
        ConfigError: no trial is complete, or another version of okng knew other settings.
    """
    return settings_with(settings_of(study.user_attrs[ATTRIBUTE]), best_trial(study).params)


def best_trial(study: optuna.Study) -> FrozenTrial:
    """The best trial; the first of equals.

    Raises:
        ConfigError: no trial is complete.
    """
    done = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    if not done:
        raise ConfigError(
            "No trial of the study is complete",
            where=f"study {study.study_name}",
            hint="Repeat the `okng tune` command to continue it.",
            code=Code.STUDY_UNFINISHED,
        )
    return study.best_trial


def summary(study: optuna.Study, storage: str) -> dict[str, Any]:
    """The content of `study.json`.

    Args:
        study: with one complete trial or more.
        storage: of the study, as it may be shown.

    Raises:
        ConfigError: no trial is complete.
    """
    stored, best, trials = study.user_attrs[ATTRIBUTE], best_trial(study), counted(study)
    objective = Objective(stored["objective"])
    states = Counter(_STATES[trial.state] for trial in trials)
    return {
        "study": study.study_name,
        "storage": storage,
        "objective": objective.value,
        "objective_words": objective.words,
        "direction": objective.direction,
        **{
            name: stored[name] for name in ("folds", "counts", "photos", "test", "network", "space")
        },
        "seed": stored["settings"]["training"]["seed"],
        "states": {name: states[name] for name in _STATES.values()},
        "seconds": round(sum(t.user_attrs.get("seconds", 0.0) for t in trials), 1),
        "best": _plain(best),
        "start": _start(trials, stored),
        "trials": [_plain(trial) for trial in trials],
    }


def trial_table(study: dict[str, Any]) -> pd.DataFrame:
    """The content of `trials.csv`, from that of `study.json`: a row for each trial."""
    names = [dimension["name"] for dimension in study["space"]]
    rows = [
        {
            **{name: trial[name] for name in ("number", "state", "value")},
            **{name: trial["values"].get(name) for name in names},
            **{f"fold_{n}": v for n, v in enumerate(trial["folds"], 1)},
            **{name: trial[name] for name in ("seconds", "same_as", "error")},
        }
        for trial in study["trials"]
    ]
    return pd.DataFrame(rows)


def _plain(trial: FrozenTrial) -> dict[str, Any]:
    known = trial.user_attrs
    return {
        "number": trial.number,
        "state": _STATES[trial.state],
        "value": trial.value if trial.state is TrialState.COMPLETE else None,
        "values": dict(trial.params),
        "folds": list(known.get("folds", [])),
        "seconds": known.get("seconds"),
        "same_as": known.get("same_as"),
        "error": known.get(ERROR),
    }


def _start(trials: list[FrozenTrial], stored: dict[str, Any]) -> dict[str, Any] | None:
    """The trial with the settings that a training without a study would have."""
    values = Space.from_stored(stored["space"], settings_of(stored)).start
    same = [t for t in trials if t.params == values and t.state is TrialState.COMPLETE]
    return _plain(same[0]) if same else None
