"""Control charts of a station, on generated shifts with and without drift."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from okng.modelfile import Moments
from okng.station.drift import (
    FEWEST,
    Averaged,
    Chart,
    Counted,
    Expected,
    mean_chart,
    ng_chart,
    score_chart,
    unfamiliarity_chart,
)

START = datetime(2026, 11, 1, 6, tzinfo=UTC)


def shifts(rates: list[float], parts: int = 400, seed: int = 0) -> list[Counted]:
    """Shifts of so many parts each, rejected by chance at these rates."""
    rng = np.random.default_rng(seed)
    return [
        Counted(START + number * timedelta(hours=8), parts, int(rng.binomial(parts, rate)))
        for number, rate in enumerate(rates)
    ]


def averages(means: list[float], deviation: float, seed: int = 0) -> list[Averaged]:
    """Shifts of 50 parts with these true means."""
    rng = np.random.default_rng(seed)
    return [
        Averaged(START + number * timedelta(hours=8), 50, rng.normal(mean, deviation, 50).mean())
        for number, mean in enumerate(means)
    ]


def test_steady_rate_stays_within_its_limits() -> None:
    """Against a given baseline about one shift in 370 lies outside by chance."""
    chart = ng_chart(shifts([0.02] * 2000), baseline=0.02)

    assert len(chart.outside) / 2000 <= 0.0027


def test_rate_that_triples_is_outside_within_two_shifts() -> None:
    """The shifts before it are not."""
    chart = ng_chart(shifts([0.02] * 20 + [0.06] * 2))
    begun = START + 20 * timedelta(hours=8)

    assert chart.outside
    assert all(point.begun >= begun for point in chart.outside)


def test_rate_that_falls_is_outside_too() -> None:
    """A line that rejects nothing any more may have lost its camera."""
    chart = ng_chart(shifts([0.05] * 10 + [0.0]))

    assert [point.value for point in chart.outside] == [0.0]


def test_line_that_varies_by_itself_has_wider_limits() -> None:
    """What varies from the start is no drift."""
    rates = [0.01, 0.05, 0.02, 0.06, 0.015]

    steady, varying = (ng_chart(shifts([*each, 0.05])) for each in ([0.03] * FEWEST, rates))

    assert steady.outside
    assert not varying.outside


def test_few_shifts_give_no_baseline() -> None:
    """A chart says that it knows too little, instead of guessing; empty shifts do not count."""
    empty = Counted(START, 0, 0)

    assert ng_chart([*shifts([0.02] * (FEWEST - 1)), empty]).baseline is None
    assert score_chart(averages([0.0] * (FEWEST - 1), 1.0)).points == ()
    assert len(ng_chart([*shifts([0.02] * FEWEST), empty]).points) == FEWEST


def test_rate_without_any_rejection_allows_the_first_one() -> None:
    """Five perfect shifts do not make one rejected part an alarm."""
    chart = ng_chart([*shifts([0.0] * FEWEST, parts=100), Counted(START, 100, 1)])

    assert chart.outside == ()


def test_slow_rise_of_unfamiliarity_is_seen_before_a_shift_stands_out() -> None:
    """The moving average adds up what each shift alone hides."""
    rng = np.random.default_rng(3)
    rising = [
        Averaged(START, 50, float(np.clip(rng.random(50) + 0.06, 0, 1).mean())) for _ in range(30)
    ]
    chart = unfamiliarity_chart(rising)
    alone = 3 * np.sqrt(1 / 12 / 50)

    first = next(number for number, point in enumerate(chart.points) if point.outside)
    assert first < 12
    assert all(abs(point.value - 0.5) < alone for point in chart.points[:first])


def test_familiar_camera_raises_no_alarm() -> None:
    """Uniform unfamiliarity for 2,000 shifts: about as many alarms as designed."""
    rng = np.random.default_rng(4)
    steady = [Averaged(START, 50, float(rng.random(50).mean())) for _ in range(2000)]

    assert len(unfamiliarity_chart(steady).outside) / 2000 < 0.004


def test_more_familiar_parts_are_no_finding() -> None:
    """Photos that training has seen have a low unfamiliarity."""
    assert unfamiliarity_chart([Averaged(START, 50, 0.1)] * 20).outside == ()


@pytest.mark.parametrize("drift", [-1.0, 1.0])
def test_score_that_moves_is_seen_against_the_first_shifts(drift: float) -> None:
    """Up or down; the first shifts are the norm."""
    steady = score_chart(averages([-3.0] * 40, 1.0))
    moved = score_chart(averages([-3.0] * 20 + [-3.0 + drift] * 20, 1.0))

    assert steady.outside == ()
    assert moved.outside
    assert np.sign(moved.outside[-1].charted + 3.0) == np.sign(drift)


def test_large_shift_counts_for_more_than_a_small_one() -> None:
    """Limits follow the number of parts of each shift."""
    few, many = (
        mean_chart([Averaged(START, parts, 0.6)], Chart.UNFAMILIARITY, Expected(0.5, 0.3, 0.0))
        for parts in (10, 1000)
    )

    assert few.outside == ()
    assert len(many.outside) == 1


def test_few_parts_of_the_test_make_wide_limits() -> None:
    """The baseline itself is uncertain, and no number of parts of the line changes that."""
    shifted = [Averaged(START, 10_000, -2.5)] * 50
    few, many = (
        score_chart(shifted, Expected.of(Moments(mean=-3.0, deviation=1.0, parts=parts)))
        for parts in (25, 2500)
    )

    assert few.outside == ()
    assert many.outside


def test_parts_like_those_of_the_test_raise_no_alarm() -> None:
    """Lines and tests of the same parts: 200 of each, 30 periods of 50 parts; few alarms."""
    rng = np.random.default_rng(5)
    alarms = 0
    for _ in range(200):
        test = rng.normal(-3, 1, 40)
        moments = Moments(mean=float(test.mean()), deviation=float(test.std(ddof=1)), parts=40)
        line = [Averaged(START, 50, float(rng.normal(-3, 1, 50).mean())) for _ in range(30)]
        alarms += bool(score_chart(line, Expected.of(moments)).outside)

    assert alarms / 200 < 0.03
