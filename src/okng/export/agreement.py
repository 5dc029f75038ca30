"""Checks that the model file scores photos as training did, on the pixels that training decoded.

`parity` gives both sides the same file and the same resize in the graph, so a photo that training
decoded in another way would not show there. Here the network gets the pixels that training had in
memory, and the file decoded and resized the photos by itself, as it does on the line.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from okng.error_codes import Code
from okng.errors import TrainingError
from okng.export.graph import InspectionGraph
from okng.training import Sample
from okng.training.data.loader import photos_at_once
from okng.verdict import OperatingPoint, Verdict, reaches_threshold

TOLERANCE = 1e-3
"""Largest difference of scores and probabilities: two runtimes differ by less than 1e-4, photos
that differ by one grey level by up to 1."""
_MOST = 256  # photos; each costs one pass of the network
Floats = npt.NDArray[np.float32]


class Agreement(NamedTuple):
    """Differences between the trained network on its own pixels and the model file.

    Attributes:
        photos: how many were compared.
        largest_difference: of the defect score and of each probability, in [0, 1].
        verdicts_changed: photos that are on the other side of the threshold or of another class.
        accuracy_of_training: share of photos whose likeliest class is right, by the network.
        accuracy_of_file: the same by the model file.
    """

    photos: int
    largest_difference: float
    verdicts_changed: int
    accuracy_of_training: float
    accuracy_of_file: float


def check_agreement(
    graph: InspectionGraph,
    sample: Sample,
    verdicts: Sequence[Verdict],
    operating_point: OperatingPoint,
) -> Agreement:
    """Compare the network on the pixels of training with the model file on the same photos.

    Args:
        graph: the network in torch, with the calibration of the file.
        sample: validation photos as training decoded them; at most 256 of them are compared.
        verdicts: those of the model file on the same photos, in the same order.
        operating_point: that of the file.

    Raises:
        TrainingError: a score or probability differs by more than 1e-3; with the accuracies and
            the photos whose verdict changes.
    """
    rows = np.linspace(0, len(verdicts) - 1, min(len(verdicts), _MOST)).astype(np.int64)
    rows = np.array([row for row in rows if not verdicts[row].error], dtype=np.int64)
    if len(rows) == 0:
        return Agreement(0, 0.0, 0, 0.0, 0.0)
    trained = np.concatenate(list(_by_network(graph, sample.photos, rows)))
    filed = np.array([_row(verdicts[row]) for row in rows], dtype=np.float32)
    threshold = operating_point.threshold if graph.has_ok else 0.0
    agreed = _compared(trained, filed, sample.labels[rows], threshold)
    if agreed.largest_difference > TOLERANCE:
        raise disagreement(
            f"scores differ by up to {agreed.largest_difference:.2g}, {agreed.verdicts_changed} of "
            f"{agreed.photos} verdicts differ",
            agreed.accuracy_of_training,
            agreed.accuracy_of_file,
            f"{agreed.photos} validation photos",
        )
    return agreed


def disagreement(what: str, training: float, file: float, photos: str) -> TrainingError:
    """The error that ends a run whose model file does not reproduce the scores of training."""
    return TrainingError(
        f"Training and the model file disagree on {photos}: {training:.3f} of them right by the "
        f"training, {file:.3f} by the model file; {what}",
        where="export",
        allowed=f"scores within {TOLERANCE:g} of each other",
        hint="The model file was not published. Where photos were changed or replaced since the "
        "run began, train into another `out`. Otherwise please report the size and format of the "
        "photos, the network and the versions (`okng.__version__`).",
        code=Code.EXPORT_DISAGREES,
    )


def _by_network(
    graph: InspectionGraph, photos: npt.NDArray[np.uint8], rows: npt.NDArray[np.int64]
) -> Iterator[Floats]:
    """Defect score and probabilities, float32 (n, 1 + K), batch by batch."""
    at_once = photos_at_once(graph.size, graph.network.passes)
    for batch in np.array_split(rows, -(-len(rows) // at_once)):
        with torch.no_grad():
            probabilities, score = graph.judge_pixels(torch.from_numpy(photos[batch]))
        yield torch.cat([score[:, None], probabilities], 1).numpy()


def _row(verdict: Verdict) -> list[float]:
    return [verdict.defect_score, *verdict.probabilities.values()]


def _compared(
    trained: Floats, filed: Floats, labels: npt.NDArray[np.int64], threshold: float
) -> Agreement:
    apart = np.abs(trained - filed)
    likeliest = [side[:, 1:].argmax(1) for side in (trained, filed)]
    near = np.abs(filed[:, 0] - threshold) <= TOLERANCE  # a threshold may be a photo's own score
    crossed = ~near & (
        reaches_threshold(trained[:, 0], threshold) != reaches_threshold(filed[:, 0], threshold)
    )
    changed = crossed | ((likeliest[0] != likeliest[1]) & (apart.max(1) > TOLERANCE))
    right = [float((guess == labels).mean()) for guess in likeliest]
    return Agreement(len(labels), float(apart.max()), int(changed.sum()), right[0], right[1])
