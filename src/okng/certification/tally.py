"""Adds up, photo by photo, where a setup and the reference differ."""

import math
from collections.abc import Sequence

import numpy as np

from okng.certification.certificate import Difference, Row
from okng.certification.judges import Answer
from okng.certification.setups import Setup
from okng.verdict import Floats, OperatingPoint, number_or_none

_NAMED = 100
"""Photos with another verdict that a row names; the count has all."""


class Tally:
    """One row of the certificate in the making.

    Args:
        setup: what is compared with the reference.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._photos = self._full = self._differing = 0
        self._score, self._unfamiliarity, self._worst = 0.0, 0.0, ""
        self._changed: list[Difference] = []

    def add(
        self, names: Sequence[str], reference: Sequence[Answer], answers: Sequence[Answer]
    ) -> None:
        """Compare the answers on frames that went through together."""
        self._photos += len(names)
        self._full += len(names) // self._setup.batch * self._setup.batch
        for name, expected, given in zip(names, reference, answers, strict=True):
            self._compare(name, expected, given)

    def _compare(self, name: str, expected: Answer, given: Answer) -> None:
        apart = _apart(expected.score, given.score)
        if apart > self._score:
            self._score, self._worst = apart, name
        unlike = _apart(expected.unfamiliarity, given.unfamiliarity)
        self._unfamiliarity = max(self._unfamiliarity, unlike)
        if expected.verdict == given.verdict:
            return
        self._differing += 1
        if len(self._changed) < _NAMED:
            self._changed.append(
                Difference(
                    photo=name,
                    reference=expected.verdict,
                    verdict=given.verdict,
                    score=number_or_none(expected.score),
                    difference=None if math.isnan(given.score - expected.score) else apart,
                )
            )

    def row(self) -> Row:
        """The finished row."""
        return Row(
            setup=self._setup,
            photos=self._photos,
            full_batches=self._full,
            differing=self._differing,
            largest_score_difference=self._score,
            largest_unfamiliarity_difference=self._unfamiliarity,
            worst_photo=self._worst,
            changed=tuple(self._changed),
        )


def _apart(expected: float, given: float) -> float:
    """Difference of two values in [0, 1]; 0 where one is no number, as the verdict then differs."""
    apart = abs(expected - given)
    return 0.0 if math.isnan(apart) else apart


def limit_distance(scores: Floats, unfamiliarities: Floats, point: OperatingPoint) -> Floats:
    """How far each photo (N,) is from the nearest limit of its verdict, in [0, 1].

    Args:
        scores: defect scores (N,); NaN where they decide nothing.
        unfamiliarities: (N,); NaN where the model file gives none.
        point: threshold, review band and limit of unfamiliarity.

    Returns:
        NaN for a photo with neither.
    """
    limits = [point.threshold, point.review_low, point.review_high]
    given = np.array([limit for limit in limits if limit is not None])
    near = np.abs(scores.astype(np.float64)[:, None] - given).min(axis=1)
    if point.unfamiliar_limit is None:
        return np.asarray(near)
    unlike = np.abs(unfamiliarities.astype(np.float64) - point.unfamiliar_limit)
    return np.asarray(np.fmin(near, unlike))  # the number, where one of both is NaN
