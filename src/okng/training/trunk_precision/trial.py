"""Measures INT8 layers beside float32 layers: time on this CPU, and loss out of fold."""

import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from sklearn.model_selection import StratifiedGroupKFold

from okng.config import UPRIGHT
from okng.events import Advance, Progress
from okng.training.data.draws import evenly
from okng.training.data.loader import PhotoArray
from okng.training.fine_tune.loss import weighted_loss
from okng.training.networks.feature_extractor import CPU, Extractor, extractor
from okng.training.networks.layers.network_input import NetworkInput
from okng.training.networks.protocol import InspectionNetwork
from okng.training.probe.cross_fit import fold_count
from okng.training.probe.feature_source import Embedding, embed_view, example_input
from okng.training.probe.logistic_head import Features, fit_head, logits_of
from okng.training.probe.whitening import Whitening
from okng.training.quantization.int8_trunk import Int8Trunk
from okng.training.trunk_precision.choice import Trial

FEWEST = 200
"""Photos below which INT8 is not chosen unasked: the loss out of fold of so few shows no 1 %."""
_MOST = 3_000
"""Photos of the trial. On 1,000 solar cells the loss of INT8 was 1.8 % higher, on all 2,624 it was
0.1 % higher: fewer photos decide by chance (benchmarks/inspector/LOG.md)."""
_DRAWS = 2  # of the folds: their losses differ by 0.4 % by chance alone
_STRENGTH = 1e-3
"""Inverse strength of the regularisation, from the middle of `logistic_head.STRENGTHS`. Features
are standardised and not whitened: it takes a second a fold, and only the comparison counts."""
_TIMED, _ROUNDS = 8, 5  # photos of a timed run; runs of each kind, in turn
Clock = Callable[[], float]


def tried(
    network: InspectionNetwork,
    trunk: Int8Trunk,
    inputs: NetworkInput,
    photos: PhotoArray,
    progress: Progress,
    *,
    seed: int,
    clock: Clock = time.process_time,
) -> Trial:
    """Compare the layers of a network with their INT8 graph.

    Args:
        network: pretrained; afterwards its layers are in float32.
        trunk: its replaceable layers in INT8.
        inputs: turns photos into network input.
        photos: of which up to 3,000 are tried; see `folds_of_trial`.
        progress: receives a stage with a step per photo and kind.
        seed: decides the folds.
        clock: seconds of this process.
    """
    some = some_of(photos)
    with progress.stage("precision", 2 * len(some)) as advance:
        runs = [_run(network, kind, inputs, some) for kind in (None, trunk)]
        faster = _ratio(runs, example_input(inputs, some), clock)
        losses = [_loss(run, inputs, some, advance, seed) for run in runs]
    network.use_int8(None)
    return Trial(photos=len(some), faster=faster, loss_float32=losses[0], loss_int8=losses[1])


def some_of(photos: PhotoArray) -> PhotoArray:
    """Up to 3,000 photos that lie evenly among all."""
    rows = evenly(len(photos), _MOST)
    columns = (photos.labels, photos.weights, photos.parts)
    return PhotoArray(photos.photos[rows], *(column.numpy()[rows] for column in columns))


def folds_of_trial(photos: PhotoArray) -> int:
    """Folds in which the photos of the trial can be judged; 0 for too few parts of a class."""
    rows = evenly(len(photos), _MOST)
    return fold_count(photos.labels.numpy()[rows], photos.parts.numpy()[rows])


def _run(
    network: InspectionNetwork, trunk: Int8Trunk | None, inputs: NetworkInput, photos: PhotoArray
) -> Extractor:
    network.use_int8(trunk)
    # More photos than there are, so that both kinds run as graphs of onnxruntime.
    return extractor(Embedding(network), example_input(inputs, photos), 2 * _MOST, CPU)


def _ratio(runs: list[Extractor], example: torch.Tensor, clock: Clock) -> float:
    """Time of the first over time of the second: the shortest of a few runs in turn."""
    batch = example[np.resize(np.arange(len(example)), _TIMED)]
    seconds: npt.NDArray[np.float64] = np.zeros((_ROUNDS, len(runs)))
    for row in seconds:
        for kind, run in enumerate(runs):
            begun = clock()
            run(batch)
            row[kind] = clock() - begun
    first, second = seconds.min(0)
    return float(first / second)


def _loss(
    run: Extractor, inputs: NetworkInput, photos: PhotoArray, advance: Advance, seed: int
) -> float:
    """Log-loss out of fold of a classifier on features of the upright photos."""
    features = embed_view(inputs, run, photos, UPRIGHT, advance)
    draws = [_out_of_fold(features, seed + draw) for draw in range(_DRAWS)]
    losses = [weighted_loss(logits, features.labels, features.weights) for logits in draws]
    return float(torch.stack(losses).mean())


def _out_of_fold(features: Features, seed: int) -> torch.Tensor:
    """Logits (N, outputs) of classifiers that were not fitted on the part."""
    labels, parts = features.labels.numpy(), features.parts.numpy()
    folds = StratifiedGroupKFold(fold_count(labels, parts), shuffle=True, random_state=seed)
    logits = torch.empty(0)
    for known, rest in folds.split(labels, labels, parts):
        fitted = features.take(known)
        values = fitted.values.double().numpy()
        scale = Whitening(values.mean(0), values.std(0) + 1e-6, None)
        head = fit_head(scale, scale.apply(fitted.values.numpy()), fitted, _STRENGTH)
        given = logits_of(head, features.take(rest))
        logits = logits if len(logits) else torch.empty(len(labels), given.shape[1])
        logits[rest] = given
    return logits
