"""Does the exported file say what the network says? Asked of every photo of the test."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import torch

from okng import preprocess
from okng.errors import TrainingError
from okng.export.graph import InspectionGraph
from okng.verdict import OperatingPoint, Verdict

TOLERANCE = 1e-4


class Parity(NamedTuple):
    """How far file and network are apart.

    Attributes:
        photos: how many were compared.
        largest_difference: of the defect score, in [0, 1].
        verdicts_changed: photos on which the two disagree at the operating point.
    """

    photos: int
    largest_difference: float
    verdicts_changed: int


def check_parity(
    graph: InspectionGraph,
    paths: Iterable[Path],
    verdicts: Iterable[Verdict],
    operating_point: OperatingPoint,
) -> Parity:
    """Compare the verdicts of a model file with the network it came from.

    Args:
        graph: the network in torch, with the calibration of the file.
        paths: the photos that were judged.
        verdicts: what the model file said of them.
        operating_point: that of the file.

    Raises:
        TrainingError: scores differ by more than 1e-4, or a verdict differs.
    """
    worst, changed, count = 0.0, 0, 0
    for path, verdict in zip(paths, verdicts, strict=True):
        score = _score(graph, path)
        worst = max(worst, abs(score - verdict.defect_score))
        changed += operating_point.judge(score) is not verdict.verdict
        count += 1
    if worst > TOLERANCE or changed:
        raise TrainingError(
            f"The model file and the network disagree: scores differ by up to {worst:.2g}, "
            f"{changed} of {count} verdicts differ",
            where="export",
            allowed=f"a difference of {TOLERANCE} and no changed verdict",
            hint="Do not use this model file. Please report the network and the versions.",
        )
    return Parity(count, worst, changed)


def _score(graph: InspectionGraph, path: Path) -> float:
    photo = torch.from_numpy(preprocess.read(path).copy())[None]
    with torch.no_grad():
        return float(graph(photo)[1][0])
