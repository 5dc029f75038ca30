"""A study that trains nothing: what its networks say follows from the settings alone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import optuna
import pytest
from optuna.pruners import MedianPruner

from okng import config
from okng.config import RunSettings
from okng.dataset import Dataset, Photo
from okng.training.tuning import (
    FoldedPhotos,
    Networks,
    Objective,
    Space,
    Trials,
    open_study,
    url_of,
)
from okng.training.tuning.objective import FoldScores, ScoredPhotos
from okng.training.tuning.sampler import TrialSampler
from okng.training.tuning.study_identity import ATTRIBUTE, identity

FIXED = {"filters", "depth", "dense_units", "batch_size"}
CNN: dict[str, Any] = {"model": "cnn", "image_size": 32, "filters": 4, "depth": 2}


class FakeNetworks:
    """Lets the more defects escape, the farther the dropout is from 0.2."""

    def __init__(self, photos: FoldedPhotos) -> None:
        self.photos = photos
        self.asked: list[RunSettings] = []
        self.fault: BaseException | None = None

    def judge(self, settings: RunSettings) -> Iterator[FoldScores]:
        """What the folds' networks say."""
        self.asked.append(settings)
        for _ in self.photos.folds:
            if self.fault is not None:
                fault, self.fault = self.fault, None
                raise fault
            missed = round(20 * abs(settings.model.dropout - 0.2))
            yield FoldScores(_said(0), _said(missed))


def _said(missed: int) -> ScoredPhotos:
    labels = np.arange(40) % 2
    bad = np.where(labels == 1, 0.9, 0.1)
    bad[np.flatnonzero(labels)[:missed]] = 0.1
    return ScoredPhotos(np.stack([1 - bad, bad], 1), labels, np.arange(40))


@pytest.fixture
def dataset() -> Dataset:
    """30 parts with two photos each, half of them defective."""
    photos = tuple(
        Photo(f"{label}/{n:02d}_{copy}.jpg", label, f"{label}{n}{copy}", f"{label}{n}")
        for label in ("ok", "bad")
        for n in range(15)
        for copy in range(2)
    )
    return Dataset(Path("/nowhere"), photos, ("ok", "bad"), "ok")


@pytest.fixture
def photos(dataset: Dataset) -> FoldedPhotos:
    """These photos in three folds."""
    return FoldedPhotos(dataset, 3, validation=0.15, seed=0, memory_limit_gb=1)


@pytest.fixture
def networks(photos: FoldedPhotos) -> FakeNetworks:
    """Networks that know what they are worth."""
    return FakeNetworks(photos)


@pytest.fixture
def task(networks: FakeNetworks) -> Trials:
    """Dropout and learning rate are to be found."""
    space = Space.of(config.load(None, CNN), FIXED, fewest=100)
    return Trials(space, cast("Networks", networks), Objective.COST)


@pytest.fixture
def brief(task: Trials, dataset: Dataset) -> optuna.Study:
    """The same study in memory, for tests of many trials."""
    found = optuna.create_study(sampler=TrialSampler(0), pruner=MedianPruner(n_startup_trials=5))
    about = identity(task.space, task.networks.photos, task.objective, dataset.select("test"))
    found.set_user_attr(ATTRIBUTE, about)
    found.enqueue_trial(task.space.start)
    return found


@pytest.fixture
def study(task: Trials, dataset: Dataset, tmp_path: Path) -> Callable[..., optuna.Study]:
    """Opens the study of this task: the same again for each call."""

    def opened(**changes: Any) -> optuna.Study:
        about = identity(task.space, task.networks.photos, task.objective, dataset.select("test"))
        url = url_of(str(tmp_path / "study.db"))
        return open_study(url, "parts", about | changes, task.space.start, seed=0)

    return opened
