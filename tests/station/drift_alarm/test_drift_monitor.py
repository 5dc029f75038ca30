"""The drift alarm of one product: it learns, then states what changed."""

import numpy as np
import pytest

from okng.modelfile import HeldOut, Moments
from okng.station.camera.conditions import conditions_of
from okng.station.drift_alarm import Measure, Measured, Monitor, Reference
from okng.station.drift_alarm.measures import measured
from okng.station.drift_alarm.monitor import Finding
from okng.testing.station.drift import inspection_of, line_photo

WANTED = 300


@pytest.fixture(scope="module")
def learned() -> str:
    """A monitor that has learned from 300 parts, as JSON."""
    monitor = Monitor.new(WANTED, 1_000_000, None)
    for number in range(WANTED):
        _take(monitor, line_photo(number), number)
    return monitor.model_dump_json()


def _take(
    monitor: Monitor, photo: np.ndarray, number: int, verdict: str = "OK", score: float = 0.01
) -> list[Finding]:
    inspection = inspection_of(number, verdict=verdict, score=score)
    return monitor.take(inspection, conditions_of(photo), number * 1_000_000)


def _found(stored: str, photos: list[np.ndarray], verdict: str = "OK") -> dict[Measure, float]:
    """Measure -> difference, of the changes that begin."""
    monitor = Monitor.model_validate_json(stored)
    found: dict[Measure, float] = {}
    for number, photo in enumerate(photos, WANTED):
        for each in _take(monitor, photo, number, verdict):
            if not each.change.over:
                found.setdefault(each.measure, each.change.difference)
    return found


def test_parts_as_before_raise_no_alarm(learned: str) -> None:
    """Also after the state was stored and read."""
    assert _found(learned, [line_photo(1000 + n) for n in range(300)]) == {}


def test_darker_photos_are_found(learned: str) -> None:
    """A fifth darker: within 50 parts, and by how much."""
    found = _found(learned, [line_photo(1000 + n, light=0.8) for n in range(50)])

    assert np.exp(found[Measure.BRIGHTNESS]) == pytest.approx(0.8, abs=0.03)


def test_blurred_photos_are_found(learned: str) -> None:
    """Two pixels out of focus."""
    found = _found(learned, [line_photo(1000 + n, blur=2) for n in range(50)])

    assert found[Measure.SHARPNESS] < -0.3
    assert Measure.BRIGHTNESS not in found


def test_moved_parts_are_found(learned: str) -> None:
    """By a twentieth of the side, to the right."""
    found = _found(learned, [line_photo(1000 + n, right=0.05) for n in range(50)])

    assert found[Measure.RIGHT] == pytest.approx(0.05, abs=0.015)
    assert Measure.DOWN not in found


def test_more_rejected_parts_are_found(learned: str) -> None:
    """Every second one is NG, where none was."""
    photos = [line_photo(1000 + n) for n in range(60)]

    assert _found(learned, photos, verdict="NG").get(Measure.NG_RATE, 0) > 0.5


def test_scores_are_compared_with_training_at_once() -> None:
    """Before the station has parts of its own: the model's own test is there."""
    held_out = HeldOut(
        good=(0,) * 50, defective=(0,) * 50,
        passed_log_odds=Moments(parts=400, mean=-6.0, deviation=1.0),
        good_unfamiliarity=Moments(parts=400, mean=0.5, deviation=0.29),
    )  # fmt: skip
    monitor = Monitor.new(WANTED, 1_000_000, held_out)

    found = [f for n in range(60) for f in _take(monitor, line_photo(n), n, score=0.05)]

    assert {(f.measure, f.reference) for f in found} == {(Measure.SCORE, Reference.TRAINING)}
    assert monitor.learns


def test_a_measure_that_most_parts_lack_is_not_watched() -> None:
    """Parts that lie turned differently have no place in common."""
    monitor = Monitor.new(200, 1_000_000, None)
    for number in range(200):
        monitor.add(Measured(number, {Measure.BRIGHTNESS: 0.0}, rejected=False))

    assert {each.measure for each in monitor.watched} == {Measure.BRIGHTNESS, Measure.NG_RATE}


def test_what_cannot_be_measured_is_left_out() -> None:
    """A plain photo has no place; a rejected part has no score of an OK part."""
    plain = conditions_of(np.zeros((64, 64, 3), np.uint8))
    part = measured(inspection_of(1, verdict="NG"), plain, np.zeros((128, 128)), 0)

    assert set(part.values) == {Measure.BRIGHTNESS, Measure.SHARPNESS, Measure.UNFAMILIARITY}
    assert part.rejected
