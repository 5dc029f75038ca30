"""Trials in which only a classifier learns: as good as a training, but seen once."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from okng import config
from okng.dataset import add_digests, find_photos
from okng.events import Silent
from okng.testing import Defect, write_folder
from okng.testing.tasks import resolved
from okng.training import Task, fit
from okng.training.probe import feature_source
from okng.training.trunk_precision.choice import PrecisionChoice
from okng.training.trunk_precision.phase import Chosen
from okng.training.tuning import FoldedPhotos, Networks, cached_probe
from okng.training.tuning.trial_runner import _scored


@pytest.fixture(scope="module")
def folded(tmp_path_factory: pytest.TempPathFactory) -> FoldedPhotos:
    """40 parts in two folds."""
    folder = tmp_path_factory.mktemp("photos")
    write_folder(folder, good=20, defective=20, defects=(Defect.CHIPPED_EDGE,), size=32)
    found = add_digests(find_photos(folder))
    return FoldedPhotos(found, 2, validation=0.2, seed=0, memory_limit_gb=1)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[config.Orientation | int]:
    """Which views of the photos a network sees, one after the other."""
    views: list[config.Orientation | int] = []
    plain = feature_source.embed_view

    def noting(
        inputs: Any, run: Any, data: Any, view: config.Orientation | int, advance: Any
    ) -> Any:
        views.append(view)
        return plain(inputs, run, data, view, advance)

    monkeypatch.setattr(cached_probe, "embed_view", noting)
    return views


def _settings(weights: Path, **changes: Any) -> config.ResolvedSettings:
    asked = {"model": "resnet10t", "weights": str(weights), "image_size": 32, **changes}
    return resolved(**asked)


def test_classifier_says_what_a_training_would_say(
    folded: FoldedPhotos, weights: Path, tmp_path: Path
) -> None:
    """Without variations and part folds, features are the same, and so are probabilities."""
    still = {"rotation": 0.0, "flips": "none", "brightness": 0.0, "contrast": 0.0, "gamma": 0.0,
             "side_light": 0.0, "part_folds": "never"}  # fmt: skip
    settings = _settings(weights, **still)
    shared = list(Networks(folded, grey=False, scratch=tmp_path).judge(settings))
    train, held_out, tested = (folded.sample(32, rows) for rows in folded.folds[0])
    task = Task(train, held_out, ("ok", "defective"), "ok", grey=False)
    trained = _scored(fit(task, settings, tmp_path, Silent()), tested)

    assert len(shared) == 2
    assert np.allclose(shared[0].tested.probabilities, trained.probabilities, atol=2e-3)


def test_photos_are_seen_once_for_all_folds_and_trials(
    folded: FoldedPhotos, weights: Path, tmp_path: Path, seen: list[config.Orientation | int]
) -> None:
    """Only what a trial changes is seen anew: here the variations, in three views."""
    networks = Networks(folded, grey=False, scratch=tmp_path)
    for changes in ({}, {"class_weights": "none"}, {"brightness": 0.4}):
        list(networks.judge(_settings(weights, **changes)))

    assert seen == [config.UPRIGHT, 1, 2, 3, 1, 2, 3]


@pytest.mark.parametrize("at_hand", [True, False])
def test_layers_have_the_format_that_a_training_chooses(
    folded: FoldedPhotos,
    weights: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    at_hand: bool,
) -> None:
    """It is chosen once for each network; features come from the graph that was made meanwhile."""
    asked: list[config.Precision] = []
    ran: list[int] = []

    def run(photos: torch.Tensor) -> torch.Tensor:
        ran.append(len(photos))
        return photos.flatten(1)[:, :8]

    def choose(*given: Any) -> Chosen:
        asked.append(given[3].training.precision)
        choice = PrecisionChoice(precision=config.Precision.INT8, reason="asked")
        return Chosen(choice, run if at_hand else None)

    monkeypatch.setattr(cached_probe, "choose", choose)
    networks = Networks(folded, grey=False, scratch=tmp_path)
    for changes in ({}, {"class_weights": "none"}, {"view": "raw"}):
        list(networks.judge(_settings(weights, **changes)))

    assert asked == [config.Precision.AUTO] * 2
    assert (sum(ran) > 0) is at_hand


def test_large_photos_are_decoded_as_in_a_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a fraction, where one of them is large enough, unless that is refused."""
    write_folder(tmp_path, good=6, defective=6, size=200)
    found = add_digests(find_photos(tmp_path))
    sides: list[int] = []

    def load(paths: Any, size: int, *, reduced_side: int, **_: Any) -> Any:
        sides.append(reduced_side)
        return np.zeros((len(paths), size, size, 3), np.uint8)

    monkeypatch.setattr("okng.training.tuning.folds.load_photos", load)
    for decode in (config.Decode.AUTO, config.Decode.FULL):
        photos = FoldedPhotos(found, 2, validation=0.2, seed=0, memory_limit_gb=1, decode=decode)
        photos.at(32)
        photos.at(64)

    assert sides == [96, 0, 0, 0]


def test_trials_look_as_often_as_a_run(
    folded: FoldedPhotos, weights: Path, tmp_path: Path, seen: list[config.Orientation | int]
) -> None:
    """What is said of a photo is the mean over its looks, so that a study finds what a run has."""
    networks = Networks(folded, grey=False, scratch=tmp_path)
    one, two = (
        next(iter(networks.judge(_settings(weights, tta=tta)))).tested.probabilities
        for tta in (1, 2)
    )

    assert seen.count(config.Orientation(2)) == 1
    assert not np.allclose(one, two, atol=1e-3)


def test_layers_that_learn_are_trained_as_in_a_run(
    folded: FoldedPhotos, weights: Path, tmp_path: Path
) -> None:
    """And their files are gone afterwards."""
    networks = Networks(folded, grey=False, scratch=tmp_path)
    judged = list(networks.judge(_settings(weights, epochs=1, part_folds="never")))

    assert [len(said.tested.labels) for said in judged] == [len(f.test) for f in folded.folds]
    assert list(tmp_path.iterdir()) == []


def test_every_photo_is_scored_in_one_fold(folded: FoldedPhotos) -> None:
    """And never one that the fold learns from or chooses by."""
    rows = np.concatenate([fold.test for fold in folded.folds])

    assert sorted(rows) == list(range(40))
    for fold in folded.folds:
        assert not set(fold.test) & (set(fold.train) | set(fold.val))


def test_sizes_beyond_the_memory_limit_are_forgotten(folded: FoldedPhotos) -> None:
    """The one that was asked for last stays."""
    small = FoldedPhotos(
        folded.dataset, 2, validation=0.2, seed=0, memory_limit_gb=40 * 48 * 48 * 3 * 1.2e-9
    )
    for size in (32, 48, 32):
        small.at(size)

    assert list(small._decoded) == [32]
