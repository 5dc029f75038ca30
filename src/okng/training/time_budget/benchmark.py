"""Measures the speed of this machine with a network, in a few seconds, to plan a training."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from okng import preprocess
from okng.config import Recipe, ResolvedSettings
from okng.training.networks.architecture import Architecture
from okng.training.networks.feature_extractor import extractor
from okng.training.networks.protocol import InspectionNetwork
from okng.training.networks.registry import build, is_own
from okng.training.probe.feature_source import Embedding
from okng.training.probe.logistic_head import STRENGTHS
from okng.training.probe.whitening import MOST_FEATURES
from okng.training.time_budget.planner import Speed, Work

_PHOTOS = 16  # of a measured batch
_ITERATIONS = 60  # of a logistic regression, roughly, per strength of regularisation
_SECONDS = 0.7  # for one measurement
_LARGEST = 288
"""Largest side of the measured photos in pixels: 16 larger ones might not fit into memory."""
Clock = Callable[[], float]


def measure(
    settings: ResolvedSettings, work: Work, paths: list[Path], clock: Clock = time.perf_counter
) -> Speed:
    """Time the network of these settings on noise, and the decoder on a few photos.

    Args:
        settings: resolved; the network, its size (at most 288 px are measured; time grows with the
            square), and which layers learn.
        work: numbers of photos: they decide which runtime runs the frozen layers.
        paths: some of the photos.
        clock: seconds.
    """
    plain, size = is_own(settings.model), settings.data.image_size
    size = size if plain else min(size, _LARGEST)
    architecture = Architecture(
        settings=settings.model,
        classes=2,
        channels=1 if plain else 3,
        image_size=size,
        two_branches=settings.training.recipe is Recipe.THOROUGH,
    )
    network = build(architecture).eval().to(memory_format=torch.channels_last)
    photos = torch.rand(_PHOTOS, architecture.channels, size, size)
    decode = _decode_seconds(paths, size, clock)
    frozen = network.frozen_branch()
    if not frozen.takes_pretrained_weights:
        step = _per_photo(lambda: _step(network, photos), clock)
        return Speed(size, decode, 0.0, step, step / 3, 0.0, 0.0)
    network.freeze(settings.model.freeze)
    begun = clock()
    run = extractor(Embedding(frozen), photos[:3], work.draws * work.train)
    start = clock() - begun
    features = _per_photo(lambda: run(photos), clock)
    learning, judging, rows = _that_learns(network, photos)
    step = _per_photo(lambda: _step(learning, rows), clock)
    check = _per_photo(lambda: _forward(judging, rows), clock)
    fit = _fit_seconds(int(run(photos[:2]).shape[1]), work.draws * work.train, clock)
    return Speed(size, decode, features, step, check, start, fit)


@torch.no_grad()
def _that_learns(network: InspectionNetwork, photos: Tensor) -> tuple[nn.Module, nn.Module, Tensor]:
    """The layers that learn, those that validation runs, and the input of both."""
    halves = network.split(photos[:2])
    if halves is None:
        return network.fine_tuned_branch(), network, photos
    return halves.top, halves.top, halves.trunk(photos)


def _step(learning: nn.Module, inputs: Tensor) -> None:
    learning(inputs).sum().backward()
    learning.zero_grad(set_to_none=True)


@torch.no_grad()
def _forward(network: nn.Module, inputs: Tensor) -> None:
    network(inputs)


def _per_photo(work: Callable[[], object], clock: Clock) -> float:
    """Seconds per photo: the median of a few runs; the first only warms up."""
    work()
    times: list[float] = []
    begun = clock()
    while len(times) < 2 or (clock() - begun < _SECONDS and len(times) < 20):
        start = clock()
        work()
        times.append(clock() - start)
    return float(np.median(times)) / _PHOTOS


def _decode_seconds(paths: list[Path], size: int, clock: Clock) -> float:
    begun = clock()
    for path in paths:
        preprocess.shrink(preprocess.read(path, depth=None), size)
    return (clock() - begun) / max(1, len(paths))


def _fit_seconds(features: int, rows: int, clock: Clock) -> float:
    """Seconds of whitening and logistic regressions, from the matrix products they consist of."""
    values = np.random.default_rng(0).normal(size=(min(rows, 2000), features))
    product = _least(lambda: values.T @ (values @ values[0]), clock) * rows / len(values)
    return _whiten_seconds(values[:, ::2], clock) + len(STRENGTHS) * _ITERATIONS * product


def _whiten_seconds(half: npt.NDArray[np.float64], clock: Clock) -> float:
    """Seconds of the whitening, from half of the features: eigenvectors grow with the cube."""
    if 2 * half.shape[1] > MOST_FEATURES:
        return 0.0
    return 8 * _least(lambda: np.linalg.eigh(half.T @ half), clock, 2)


def _least(work: Callable[[], object], clock: Clock, tries: int = 5) -> float:
    """The shortest of a few runs: waking threads and other programs only lengthen it."""
    times = []
    for _ in range(tries):
        begun = clock()
        work()
        times.append(clock() - begun)
    return min(times)
