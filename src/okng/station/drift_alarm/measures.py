"""What is measured of each part, and which change of it is worth an alarm."""

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from okng.inference import Inspection
from okng.station.camera.conditions import Floats, PhotoConditions, shift_between
from okng.verdict import Judgement, log_odds

_DARKEST, _FLATTEST = 0.004, 1e-4
"""One grey level, and the sharpness of a plain photo: nothing below has a logarithm of use."""


class Measure(StrEnum):
    """A number of each part."""

    BRIGHTNESS = "brightness"
    SHARPNESS = "sharpness"
    RIGHT = "right"
    DOWN = "down"
    SCORE = "score"
    UNFAMILIARITY = "unfamiliarity"
    NG_RATE = "ng-rate"


class Reference(StrEnum):
    """What the parts are compared with."""

    OWN = "own"
    """The first parts of this station."""
    TRAINING = "training"
    """The photos of the model's test and validation."""


SOUGHT: Mapping[Measure, float] = {
    Measure.BRIGHTNESS: -math.log(0.85),  # 15 % darker, or as much brighter
    Measure.SHARPNESS: -math.log(0.70),  # a blur of 2 pixels leaves 45 % of castings, 39 % of cells
    Measure.RIGHT: 0.04,  # sides of the photo; training moves photos by 0.03
    Measure.DOWN: 0.04,
    Measure.SCORE: 1.0,  # log-odds: at 0.1 the score becomes 0.23
    Measure.UNFAMILIARITY: 0.25,  # the mean of familiar parts is 0.5
}
"""The change that is to be found soon; half of it is not to be reported, however long it lasts."""


class Measured(NamedTuple):
    """The numbers of one part.

    Attributes:
        time_us: when the photo was received, in microseconds since 1970, UTC.
        values: brightness and sharpness as logarithms, places in sides of the photo, the score of
            an OK part as log-odds; what cannot be measured is left out.
        rejected: whether the verdict was NG.
    """

    time_us: int
    values: Mapping[Measure, float]
    rejected: bool


def measured(
    inspection: Inspection, conditions: PhotoConditions, place: Floats | None, time_us: int
) -> Measured:
    """The numbers of an inspection.

    Args:
        inspection: of the engine; its verdict is not ERROR.
        conditions: of its photo.
        place: mean of earlier photos, float64 (128, 128), against which the place is measured;
            None where there is none yet.
        time_us: when the photo was received.
    """
    verdict = inspection.verdict
    values = {
        Measure.BRIGHTNESS: math.log(max(conditions.brightness, _DARKEST)),
        Measure.SHARPNESS: math.log(max(conditions.sharpness, _FLATTEST)),
        Measure.UNFAMILIARITY: verdict.unfamiliarity,
    }
    if verdict.verdict is Judgement.OK:  # else a batch of bad parts would look like a change
        values[Measure.SCORE] = log_odds(verdict.defect_score)
    if place is not None and conditions.grey is not None:
        shift = shift_between(conditions.grey, place)
        if shift is not None:
            values[Measure.RIGHT], values[Measure.DOWN] = shift
    known = {measure: value for measure, value in values.items() if math.isfinite(value)}
    return Measured(time_us, known, verdict.verdict is Judgement.NG)
