"""Parity: exported file and network on every photo of the test."""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from okng import preprocess
from okng.error_codes import Code
from okng.errors import TrainingError
from okng.export.graph import InspectionGraph
from okng.preprocess import FULL_DEPTH
from okng.verdict import OperatingPoint, Verdict, reaches_threshold

TOLERANCE = 1e-4


class Parity(NamedTuple):
    """How far file and network are apart.

    Attributes:
        photos: how many were compared.
        largest_difference: of the defect score and of each probability, in [0, 1].
        largest_unfamiliarity: the same of the unfamiliarity, in [0, 1]; 0 where there is none.
        verdicts_changed: photos on which the two disagree at the operating point.
    """

    photos: int
    largest_difference: float
    largest_unfamiliarity: float
    verdicts_changed: int


def check_parity(
    graph: InspectionGraph,
    paths: Iterable[Path],
    verdicts: Iterable[Verdict],
    operating_point: OperatingPoint,
    *,
    depth: int = FULL_DEPTH,
    reduced_side: int = 0,
) -> Parity:
    """Compare the verdicts of a model file with the network it came from.

    Args:
        graph: the network in torch, with the calibration of the file.
        paths: the photos that were judged.
        verdicts: of the model file.
        operating_point: that of the file.
        depth: bits of photos with more than 8, that of the file.
        reduced_side: shorter side that a JPEG keeps at least, that of the file.

    Raises:
        TrainingError: scores differ by more than 1e-4, or a verdict differs.
    """
    worst, strange, changed, count = 0.0, 0.0, 0, 0
    for path, verdict in zip(paths, verdicts, strict=True):
        photo = preprocess.read(path, depth=depth, reduced_side=reduced_side)
        score, unfamiliarity, probabilities = _outputs_of(graph, photo)
        given = np.array(list(verdict.probabilities.values()))
        apart = float(np.abs(probabilities - given).max())
        worst = max(worst, abs(score - verdict.defect_score), apart)
        if not math.isnan(unfamiliarity):
            strange = max(strange, abs(unfamiliarity - verdict.unfamiliarity))
        changed += reaches_threshold(score, operating_point.threshold) is not (
            reaches_threshold(verdict.defect_score, operating_point.threshold)
        )
        count += 1
    if worst > TOLERANCE or strange > 10 * TOLERANCE or changed:
        raise TrainingError(
            f"The model file and the network disagree: scores differ by up to {worst:.2g}, "
            f"unfamiliarity by {strange:.2g}, {changed} of {count} verdicts differ",
            where="export",
            allowed=f"a difference of {TOLERANCE} and no changed verdict",
            hint="Do not use this model file. Please report the network and the versions.",
            code=Code.EXPORT_DISAGREES,
        )
    return Parity(count, worst, strange, changed)


def _outputs_of(
    graph: InspectionGraph, photo: npt.NDArray[np.uint8]
) -> tuple[float, float, npt.NDArray[np.float32]]:
    """Defect score; novelty score, NaN where the graph has none; probabilities (K,)."""
    with torch.no_grad():
        probabilities, score, unfamiliarity = graph.scores(torch.from_numpy(photo)[None])
    strange = math.nan if unfamiliarity is None else float(unfamiliarity[0])
    return float(score[0]), strange, probabilities[0].numpy()
