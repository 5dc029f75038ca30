"""Codes of the drift alarm, and the figures of its sentences."""

import math
from collections.abc import Mapping

from okng.error_codes import Code
from okng.station.drift_alarm.measures import Measure
from okng.station.drift_alarm.monitor import Finding

CODES: Mapping[Measure, Code] = {
    Measure.BRIGHTNESS: Code.DRIFT_BRIGHTNESS,
    Measure.SHARPNESS: Code.DRIFT_SHARPNESS,
    Measure.RIGHT: Code.DRIFT_RIGHT,
    Measure.DOWN: Code.DRIFT_DOWN,
    Measure.SCORE: Code.DRIFT_SCORE,
    Measure.UNFAMILIARITY: Code.DRIFT_UNFAMILIARITY,
    Measure.NG_RATE: Code.DRIFT_NG_RATE,
}
MEASURES: Mapping[str, Measure] = {code.value: measure for measure, code in CODES.items()}
_LOGARITHMS = frozenset({Measure.BRIGHTNESS, Measure.SHARPNESS})


def change_of(finding: Finding) -> float:
    """By how much a measure changed.

    Returns:
        Of brightness and sharpness the share, -0.2 for a fifth less; of places sides of the photo,
        of scores log-odds, of the others a difference of shares.
    """
    difference = finding.change.difference
    return math.expm1(difference) if finding.measure in _LOGARITHMS else difference


def values_of(finding: Finding) -> Mapping[str, str]:
    """The figures of an alarm, as it goes on record."""
    return {
        "change": f"{change_of(finding):.4f}",
        "since_us": str(finding.change.since_us),
        "reference": finding.reference.value,
    }
