"""Sums of the drift alarm: rare false alarms, quick finds, and an end."""

import math

import numpy as np
import pytest

from okng.station.drift_alarm.cusum import CLIP, Limits, RateLimits, Sum, correlation_time

LIMIT = math.log(1_000_000)


def _values(seed: int, parts: int, mean: float = 0.0, deviation: float = 1.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, deviation, parts)


def _slow(seed: int, parts: int) -> np.ndarray:
    """Means of ten neighbours, as of a lamp that wanders; of the same deviation."""
    return np.convolve(_values(seed, parts + 9), np.ones(10) / math.sqrt(10), "valid")


def _alarms(limits: Limits | RateLimits, values: np.ndarray, limit: float = LIMIT) -> list[int]:
    """Numbers of the parts at which an alarm began."""
    up, down, begun = Sum(), Sum(), []
    for number, value in enumerate(values):
        steps = limits.steps(float(value))
        turned = [
            each.add(step, float(value), number, limit)
            for each, step in zip((up, down), steps, strict=True)
        ]
        if True in turned:
            begun.append(number)
    return begun


@pytest.mark.parametrize("seed", range(3))
def test_parts_in_control_raise_no_alarm(seed: int) -> None:
    """20,000 parts beside a limit of 1,000,000, after limits from 1,000 parts."""
    limits = Limits.fitted(_values(seed, 1000).tolist(), sought=1.0)

    assert _alarms(limits, _values(100 + seed, 20_000)) == []


def test_a_lower_limit_has_the_false_alarms_that_it_states() -> None:
    """With one in 1,000 parts stated, 20,000 parts have fewer than 20, and some."""
    limits = Limits.fitted(_values(0, 1000).tolist(), sought=1.0)

    found = len(_alarms(limits, _values(1, 20_000), limit=math.log(1000)))

    assert 0 < found <= 20


@pytest.mark.parametrize("sign", [1, -1])
def test_the_change_that_is_sought_is_found_within_fifty_parts(sign: int) -> None:
    """In both directions."""
    limits = Limits.fitted(_values(0, 1000).tolist(), sought=1.5)

    first = _alarms(limits, _values(1, 200, mean=sign * 1.5))[0]

    assert first < 50


def test_half_of_what_is_sought_may_last() -> None:
    """Values so alike that it is many deviations: no alarm for what nobody wants to hear of."""
    limits = Limits.fitted(_values(0, 1000, deviation=0.01).tolist(), sought=1.0)

    assert _alarms(limits, _values(1, 5000, mean=0.45, deviation=0.01)) == []
    assert _alarms(limits, _values(1, 100, mean=0.9, deviation=0.01)) != []


def test_values_without_any_spread_have_limits() -> None:
    """Such as the place of a part in a fixture, to the pixel."""
    limits = Limits.fitted([0.25] * 300, sought=0.04)

    assert _alarms(limits, np.full(1000, 0.25)) == []
    assert _alarms(limits, np.full(100, 0.30)) != []


def test_one_odd_part_is_no_drift() -> None:
    """However odd it is: a single part counts for a few deviations."""
    limits = Limits.fitted(_values(0, 1000).tolist(), sought=1.0)
    values = np.zeros(100)
    values[50] = 1e9

    assert _alarms(limits, values) == []
    most = limits.steps(limits.centre + CLIP * limits.deviation)
    assert limits.steps(1e9) == pytest.approx(most)


def test_neighbours_that_resemble_each_other_make_it_slower() -> None:
    """A lamp that wanders: the same spread, fewer independent parts, a smaller exponent."""
    free = _values(0, 2000)
    slow = _slow(0, 2000)

    alike = Limits.fitted(slow.tolist(), 1.0)

    assert correlation_time(free) < 1.5
    assert 5 < correlation_time(slow) < 20
    assert 0 < alike.up < Limits.fitted(free.tolist(), 1.0).up / 2
    assert (
        _alarms(alike, np.convolve(_values(5, 20_009), np.ones(10) / math.sqrt(10), "valid")) == []
    )


def test_an_alarm_ends_once_the_parts_are_as_before() -> None:
    """And begins again with the next change."""
    limits = Limits.fitted(_values(0, 1000).tolist(), sought=2.0)
    state, turned = Sum(), []
    values = np.concatenate([np.full(60, 2.0), np.zeros(100), np.full(60, 2.0)])
    for number, value in enumerate(values):
        turned.append(state.add(limits.steps(float(value))[0], float(value), number, LIMIT))

    kinds = [each for each in turned if each is not None]

    assert kinds == [True, False, True]
    assert turned.index(False) < 160


def test_an_alarm_has_its_begin_and_its_mean() -> None:
    """Since the first part without a break, which is when the change began."""
    limits = Limits.fitted(_values(0, 1000).tolist(), sought=2.0)
    state = Sum()
    for number, value in enumerate([*[-1.0] * 30, *[2.0] * 30]):
        state.add(limits.steps(value)[0], value, number, LIMIT)

    assert state.on
    assert (state.since_us, state.total / state.parts) == (30, 2.0)


def test_limits_from_moments_allow_for_their_error() -> None:
    """Moments of few parts leave the mean open, so more is allowed."""
    sure = Limits.stated(0.0, 1.0, 0.01, sought=1.0)
    unsure = Limits.stated(0.0, 1.0, 0.2, sought=1.0)

    assert unsure.allowance > sure.allowance
    assert _alarms(sure, _values(1, 20_000)) == []


def test_a_share_that_doubles_is_found() -> None:
    """One NG part in 50 becomes one in seven; the share of before raises no alarm."""
    draw = np.random.default_rng(0)
    limits = RateLimits.fitted(1000, 20)

    assert _alarms(limits, (draw.random(20_000) < 0.02).astype(float)) == []
    assert _alarms(limits, (draw.random(500) < 0.15).astype(float))[0] < 400


@pytest.mark.parametrize("counted", [0, 1000])
def test_a_share_of_none_or_all_has_limits(counted: int) -> None:
    """Where no part was NG, none less is no change; where all were, none more is."""
    limits = RateLimits.fitted(1000, counted)
    same, other = float(counted > 0), float(counted == 0)

    assert _alarms(limits, np.full(20_000, same)) == []
    assert _alarms(limits, np.full(100, other)) != []
