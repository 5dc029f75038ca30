"""What has changed about light, focus and position, by photos of known good parts.

Each pair is a photo of a part and an earlier photo of the same part, or of another good one. A
finding rests on the median of all pairs, so that one part that lies badly decides nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from okng.config.station import MastersSection
from okng.evaluation.results import Message, message
from okng.evaluation.statistics.distributions import chi_square_tail
from okng.records.canonical import decimal
from okng.records.payloads import CheckFinding
from okng.station.camera.conditions import PhotoConditions, ratio_of, shift_between

TOLERANCES = MastersSection()
"""How much light, focus and position may change where no setting says otherwise."""
DOUBT = 0.001
"""Probability with which unfamiliarities as high as these come from the training's camera."""
_RISE = 0.1  # of the mean unfamiliarity, below which a part is as unfamiliar as it was before


class ConditionPair(NamedTuple):
    """A photo of a known good part, and its reference.

    Attributes:
        now: of the photo.
        reference: of the earlier photo.
    """

    now: PhotoConditions
    reference: PhotoConditions


@dataclass(frozen=True, slots=True)
class CameraFinding:
    """One difference.

    Attributes:
        code: `camera_brighter`, `camera_darker`, `camera_sharper`, `camera_blurred`,
            `camera_shifted` or `camera_unfamiliar`.
        value: ratio to the reference (1 is no change), share of the side for a shift, mean in
            [0, 1] for unfamiliarity.
        reference: what it is compared with; 1 for a ratio.
    """

    code: str
    value: float
    reference: float

    def message(self) -> Message:
        """As a sentence, to be rendered in a language."""
        return message(self.code, value=self.value, reference=self.reference)

    def payload(self) -> CheckFinding:
        """As it stands on record."""
        return CheckFinding(
            code=self.code,
            value=decimal(self.value) or "",
            reference=decimal(self.reference) or "",
        )

    @classmethod
    def of_payload(cls, payload: CheckFinding) -> "CameraFinding":
        """The inverse of `payload`."""
        return cls(payload.code, float(payload.value), float(payload.reference or "nan"))


def changes_of(
    pairs: Sequence[ConditionPair], most: MastersSection = TOLERANCES
) -> tuple[CameraFinding, ...]:
    """What has changed about light, focus and position; empty without a pair.

    Args:
        pairs: photos of known good parts with their references.
        most: its tolerances are what may change without a finding.
    """
    if not pairs:
        return ()
    now, before = [pair.now for pair in pairs], [pair.reference for pair in pairs]
    light = ratio_of([each.brightness for each in now], [each.brightness for each in before])
    focus = ratio_of([each.sharpness for each in now], [each.sharpness for each in before])
    findings = [
        _changed(light, most.light_tolerance, "camera_brighter", "camera_darker"),
        _changed(focus, most.focus_tolerance, "camera_sharper", "camera_blurred"),
        _shifted(pairs, most.shift_tolerance),
    ]
    return tuple(each for each in findings if each is not None)


def unfamiliar(now: Sequence[float], before: Sequence[float] = ()) -> CameraFinding | None:
    """Whether known good parts look unlike the training's photos.

    In front of the training's camera the unfamiliarity of good parts is uniform in [0, 1], since it
    is a share of such parts. Fisher's sum of logarithms tests that.

    Args:
        now: unfamiliarity of each part; NaN is left out.
        before: of the same parts in the last check that passed; empty without one.
    """
    values = np.array([value for value in now if math.isfinite(value)])
    if not len(values):
        return None
    # The share rests on a finite number of parts: 1 stands for less than one in a thousand.
    # Fisher's method: under no change, -2 ln(1 - u) of each part is chi-square with 2 degrees.
    total = float(-2 * np.log(np.clip(1 - values, 1e-3, 1)).sum())
    earlier = [value for value in before if math.isfinite(value)]
    # uniform in [0, 1] for parts as in training: 0.5 on average
    reference = float(np.mean(earlier)) if earlier else 0.5
    rises = float(values.mean()) > reference + _RISE
    if chi_square_tail(total, 2 * len(values)) >= DOUBT or not rises:
        return None
    return CameraFinding("camera_unfamiliar", float(values.mean()), reference)


def _changed(ratio: float, most: float, more: str, less: str) -> CameraFinding | None:
    if 1 / (1 + most) <= ratio <= 1 + most:  # a ratio: half as bright is as far as twice as bright
        return None
    return CameraFinding(more if ratio > 1 else less, ratio, 1.0)


def _shifted(pairs: Sequence[ConditionPair], most: float) -> CameraFinding | None:
    shifts = [
        shift
        for now, before in pairs
        if now.grey is not None
        and before.grey is not None
        and (shift := shift_between(now.grey, before.grey)) is not None
    ]
    if not shifts:
        return None
    # (photos, 2) -> the median shift, in sides of the photo
    length = float(np.hypot(*np.median(np.array(shifts), axis=0)))
    return None if length <= most else CameraFinding("camera_shifted", length, 0.0)
