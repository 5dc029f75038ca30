"""Verdicts of two models on the same parts, for tests of the gate."""

import numpy as np

from okng.evaluation.gate import Paired


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
