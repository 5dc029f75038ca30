"""Measures INT8 layers beside float32 layers: time on this CPU, and loss out of fold."""

import time
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from sklearn.model_selection import StratifiedGroupKFold

from okng.config import UPRIGHT
from okng.error_codes import Code
from okng.errors import TrainingError
from okng.events import Advance, Progress
from okng.quantization.timing import Clock, times_as_fast
from okng.training.data.draws import evenly
from okng.training.data.loader import PhotoArray
from okng.training.fine_tune.loss import weighted_loss
from okng.training.networks.feature_extractor import Extractor, graph_extractor
from okng.training.networks.layers.network_input import NetworkInput
from okng.training.networks.protocol import InspectionNetwork
from okng.training.probe.cross_fit import fold_count
from okng.training.probe.feature_source import Embedding, embed_view, example_input
from okng.training.probe.logistic_head import Features, fit_head, logits_of
from okng.training.probe.whitening import Whitening
from okng.training.quantization.frozen_graph import outer_graph
from okng.training.quantization.inlining import with_trunk
from okng.training.quantization.int8_trunk import Int8Trunk
from okng.training.quantization.quantize_trunk import TrunkGraphs
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


class Tried(NamedTuple):
    """A trial, and what it computed features with.

    Attributes:
        trial: its figures.
        float32: the embedding of the network with its layers in float32, on the CPU.
        int8: the same with its layers in INT8.
    """

    trial: Trial
    float32: Extractor
    int8: Extractor


def tried(
    network: InspectionNetwork,
    graphs: TrunkGraphs,
    inputs: NetworkInput,
    photos: PhotoArray,
    progress: Progress,
    *,
    seed: int,
    clock: Clock = time.process_time,
) -> Tried:
    """Compare the layers of a network with their INT8 graph.

    Args:
        network: pretrained; afterwards its layers are in float32.
        graphs: of its replaceable layers.
        inputs: turns photos into network input.
        photos: of which up to 3,000 are tried; see `folds_of_trial`.
        progress: receives a stage with a step per photo and kind.
        seed: decides the folds.
        clock: seconds of this process.

    Raises:
        TrainingError: ONNX can express the layers, but not the network around them.
    """
    some = some_of(photos)
    with progress.stage("precision", 2 * len(some)) as advance:
        runs = _runs(network, graphs, inputs, some)
        faster = _ratio(runs, example_input(inputs, some), clock)
        losses = [_loss(run, inputs, some, advance, seed) for run in runs]
    trial = Trial(photos=len(some), faster=faster, loss_float32=losses[0], loss_int8=losses[1])
    return Tried(trial, *runs)


def some_of(photos: PhotoArray) -> PhotoArray:
    """Up to 3,000 photos that lie evenly among all."""
    rows = evenly(len(photos), _MOST)
    columns = (photos.labels, photos.weights, photos.parts)
    return PhotoArray(photos.photos[rows], *(column.numpy()[rows] for column in columns))


def folds_of_trial(photos: PhotoArray) -> int:
    """Folds in which the photos of the trial can be judged; 0 for too few parts of a class."""
    rows = evenly(len(photos), _MOST)
    return fold_count(photos.labels.numpy()[rows], photos.parts.numpy()[rows])


def _runs(
    network: InspectionNetwork, graphs: TrunkGraphs, inputs: NetworkInput, photos: PhotoArray
) -> list[Extractor]:
    """Both kinds of layers as graphs of onnxruntime, from one export of what is around them."""
    network.use_int8(Int8Trunk(graphs.int8))
    around = outer_graph(Embedding(network), example_input(inputs, photos))
    network.use_int8(None)
    if around is None:
        raise TrainingError(
            "The network around its INT8 layers cannot be expressed in ONNX",
            where="`training.precision` auto",
            hint="Take `training.precision` float32.",
            code=Code.NETWORK_EXPORT,
        )
    return [graph_extractor(with_trunk(around, graph)) for graph in graphs]


def _ratio(runs: Sequence[Extractor], example: torch.Tensor, clock: Clock) -> float:
    """Time of the first over time of the second."""
    batch = example[np.resize(np.arange(len(example)), _TIMED)]
    first, second = (partial(run, batch) for run in runs)
    return times_as_fast(first, second, _ROUNDS, clock)


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
