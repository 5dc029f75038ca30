"""Verdicts of two models on the same parts, for tests of the gate."""

from pathlib import Path

import numpy as np

from okng import modelfile
from okng.evaluation import write_metrics
from okng.evaluation.gate import Evidence, Paired, judge_gate
from okng.modelfile import ModelFile
from okng.runs.layout import RunFolder


def paired(parts: int = 500, **changes: tuple[int, int]) -> Paired:
    """So many good and so many defective parts, which both models judge right.

    Args:
        parts: of each class, one photo each.
        **changes: `escaped`, `rejected` or `review`: how many of the champion, of the challenger.
    """
    defective = np.repeat([False, True], parts)
    sides = [np.where(defective, "NG", "OK").astype("<U6") for _ in range(2)]
    for name, counts in changes.items():
        for side, count in zip(sides, counts, strict=True):
            begin = parts if name == "escaped" else 0
            side[begin : begin + count] = {"escaped": "OK", "rejected": "NG"}.get(name, "REVIEW")
    return Paired(defective, np.arange(2 * parts), *sides)


def write_gate(challenger: Path, champion: ModelFile, *, escaped: int = 0) -> None:
    """Judge a challenger, and leave `gate.json` beside it, as `okng retrain` does.

    Args:
        challenger: its model file, in a run folder.
        champion: that it may replace.
        escaped: escapes of the challenger alone, for which it is refused.
    """
    digest = modelfile.read(challenger).digest
    evidence = Evidence(paired(escaped=(0, escaped)))
    gate = judge_gate(evidence, champion=champion.digest, challenger=digest)
    write_metrics(gate, RunFolder(challenger.parent).gate)
