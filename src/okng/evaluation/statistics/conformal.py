"""Conformal risk control: a limit that holds for new parts, not only for those that were seen.

Angelopoulos, Bates, Fisch, Lei and Schuster (2022): with n parts drawn like those to come, a
threshold whose observed risk R satisfies (n R + 1) / (n + 1) <= limit keeps the expected risk
below the limit. One part is one piece of evidence: the risk of a part is the share of its photos
that are judged wrongly.
"""

import math
from dataclasses import dataclass

import numpy as np

from okng.evaluation.results import Message, message
from okng.evaluation.statistics.intervals import Bools, Floats, Groups


@dataclass(frozen=True)
class Promise:
    """Which thresholds keep a limit.

    Attributes:
        holds: bool (T,).
        limit: the limit as a sentence; None when there is none.
        unmet: what cannot be promised, and what can.
    """

    holds: Bools
    limit: Message | None = None
    unmet: tuple[Message, ...] = ()


def promise(what: str, rate: Floats, parts: float, limit: float | None) -> Promise:
    """Thresholds that keep a limit of a rate.

    With too few parts to promise the limit, those without any error on the parts that were seen
    are taken, or those with the fewest, and `unmet` says what can be promised.

    Args:
        what: escape or overkill, for the sentences.
        rate: of each threshold (T,), in [0, 1], each part counting once.
        parts: number of parts that the rate was counted on.
        limit: in (0, 1), or None for no limit.
    """
    if limit is None:
        return Promise(np.ones(len(rate), dtype=bool))
    # Conformal risk control (Angelopoulos et al., 2022): one more part counts as an error, the
    # worst that the next one can be. 1e-12 for rounding.
    holds = (parts * rate + 1) / (parts + 1) <= limit + 1e-12
    if holds.any():
        return Promise(holds, message(f"limit_{what}", limit=limit))
    least = float(rate.min())
    unmet = message(
        f"{what}_unpromised",
        parts=parts,
        limit=limit,
        possible=(parts * least + 1) / (parts + 1),
        needed=math.ceil(1 / limit - 1),  # parts at which not one error would keep the limit
    )
    return Promise(np.isclose(rate, least), message(f"fewest_{what}s"), (unmet,))


def part_weights(groups: Groups, is_defective: Bools) -> Floats:
    """Weights (N,) with which each part counts once, among the good and among the defective."""
    # an own number for the good and the defective photos of a part
    keys = np.unique(groups, return_inverse=True)[1] * 2 + is_defective
    return np.asarray(1 / np.bincount(keys)[keys])
