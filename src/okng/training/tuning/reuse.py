"""Reuse of a study: its best settings for a run, and its record in the run folder."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import optuna

from okng.config import RunSettings
from okng.dataset import Dataset
from okng.events import Progress
from okng.files import write_atomic
from okng.runs.layout import RunFolder, StudyFolder
from okng.training.tuning import (
    best_settings,
    find_study,
    summary,
    write_figures,
)
from okng.wording import mark, sentence


class Tuned(NamedTuple):
    """A study that a run takes its settings from.

    Attributes:
        study: of Optuna.
        storage: where it is, as it may be shown.
        settings: those of its best trial, left open where the study left them open.
        given: names of settings that were given on top of it.
    """

    study: optuna.Study
    storage: str
    settings: RunSettings
    given: tuple[str, ...]


def find_tuned(reference: Path | str, given: Iterable[str]) -> Tuned:
    """Look up a study by `PATH_OR_URL[::name]`.

    Raises:
        ConfigError: there is no such study, or no trial of it is complete.
    """
    study, storage = find_study(str(reference))
    return Tuned(study, storage, best_settings(study), tuple(given))


def keep_study(tuned: Tuned, dataset: Dataset, run: RunFolder, progress: Progress) -> None:
    """Write `tuning/study.json` and plots into the run; report where its settings come from."""
    record = summary(tuned.study, tuned.storage)
    same_test = dataset.select("test").digest == record["test"]
    saved = {**record, "given": list(tuned.given), "same_test": same_test}
    write_atomic(StudyFolder(run.tuning).study, json.dumps(saved, indent=2) + "\n")
    write_figures(tuned.study, record["objective"], run.tuning)
    progress.choose(
        "settings",
        sentence(
            "settings_of_trial_but" if tuned.given else "settings_of_trial",
            trial=record["best"]["number"],
            study=record["study"],
            given=list(tuned.given),
        ),
    )
    if not same_test:
        progress.warn(
            "tuning.other-test",
            mark(
                "the test photos are not those that the study set aside. Some may have chosen the "
                "settings, and the figures may look better than they are."
            ),
        )
