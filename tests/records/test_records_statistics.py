"""Statistics of a period are those of its inspections."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from okng.evaluation.statistics.intervals import clopper_pearson
from okng.records import InspectionRow, Kind, Records, Role
from okng.records.derived.tallies import Tally
from okng.records.payloads import Review
from okng.records.queries.exact_rate import exact_rate
from okng.testing.station.records import entry, inspection_row
from okng.verdict import log_odds

HOUR = 3_600_000_000
START = 1_700_000_000_000_000 // HOUR * HOUR


def _rows() -> list[InspectionRow]:
    rng = np.random.default_rng(0)
    return [
        inspection_row(
            time_us=START + n * 60_000_000,  # one a minute for five hours
            verdict=str(rng.choice(["OK", "NG", "REVIEW", "ERROR"], p=[0.7, 0.2, 0.05, 0.05])),
            latency_us=int(rng.lognormal(9, 0.5)),
            score_e9=int(rng.uniform() * 1e9),
            unfamiliarity_e9=int(rng.uniform() * 1e9) if n % 2 else None,
        )
        for n in range(300)
    ]


@pytest.mark.parametrize(("begin", "end"), [(0, 5 * HOUR), (HOUR // 7, 3 * HOUR + 17), (7, 99)])
def test_statistics_of_any_period_are_those_of_its_rows(
    tmp_path: Path, begin: int, end: int
) -> None:
    """Also where the period begins or ends within a quarter of an hour."""
    rows = _rows()
    inside = [row for row in rows if begin <= row.time_us - START < end]
    with Records(tmp_path / "r.sqlite") as records:
        for few in (rows[:5], rows[5:]):
            records.append(*few, inspection_row(role=Role.SHADOW, time_us=few[0].time_us)).result(
                10
            )
        result = records.statistics(START + begin, START + end, station="station-1")

    verdicts = Counter(row.verdict for row in inside)
    latency = np.array([row.latency_us for row in inside]) / 1000
    scores = np.array([row.score_e9 or 0 for row in inside]) / 1e9
    assert (result.counts.ok, result.counts.error) == (verdicts["OK"], verdicts["ERROR"])
    assert result.counts.total == len(inside)
    if not inside:
        assert (result.latency, result.counts.yield_rate) == (None, None)
        return
    assert result.latency is not None
    assert result.latency.mean == pytest.approx(latency.mean())
    assert result.latency.maximum == latency.max()
    exact = np.quantile(latency, [0.5, 0.95], method="inverted_cdf")
    assert (result.latency.p50, result.latency.p95) == pytest.approx(exact, rel=0.046)
    assert result.score.mean == pytest.approx(scores.mean())
    assert list(result.score.counts) == list(np.histogram(scores, 50, (0, 1))[0])
    assert sum(result.unfamiliarity.counts) == sum(r.unfamiliarity_e9 is not None for r in inside)


def test_mean_log_odds_are_those_of_ok_parts(tmp_path: Path) -> None:
    """Exact to a millionth, whatever commits and quarters add them up."""
    rows = _rows()
    odds = [log_odds((row.score_e9 or 0) / 1e9) for row in rows if row.verdict == "OK"]
    with Records(tmp_path / "r.sqlite") as records:
        for few in (rows[:100], rows[100:]):
            records.append(*few).result(10)
        result = records.statistics(START, START + 5 * HOUR)

    assert result.ok_scored == len(odds)
    assert result.ok_log_odds == pytest.approx(np.mean(odds), abs=1e-6)


def test_tallies_of_an_early_station_have_no_log_odds() -> None:
    """They count for everything else, and add to later ones."""
    late = Tally()
    late.add("OK", 1000, 500_000_000, None)
    early = json.loads(late.text())
    del early["sums"]["ok_scored"], early["sums"]["ok_log_odds_e6"]
    both = Tally.of(json.dumps(early), late.text())

    assert both.verdicts["OK"] == 2
    assert both.sums["ok_scored"] == 1


def test_a_series_adds_up_to_the_whole(tmp_path: Path) -> None:
    """Five hours of one inspection a minute are 60 in each."""
    with Records(tmp_path / "r.sqlite") as records:
        records.append(*_rows()).result(10)
        hours = records.series(START, START + 5 * HOUR, HOUR)

    assert [hour.counts.total for hour in hours] == [60] * 5
    assert [hour.since_us for hour in hours] == [START + n * HOUR for n in range(5)]


def test_errors_of_reviewed_parts_have_exact_intervals(tmp_path: Path) -> None:
    """One escape among three defective parts, no overkill among two good ones."""
    cases = [("OK", "NG"), ("NG", "NG"), ("NG", "NG"), ("OK", "OK"), ("OK", "OK"), ("REVIEW", "NG")]
    rows = [inspection_row(verdict=verdict, time_us=START + 1) for verdict, _ in cases]
    reviews = [
        entry(Kind.REVIEW, subject=row.id, payload=Review(truth=truth).text())
        for row, (_, truth) in zip(rows, cases, strict=True)
    ]
    with Records(tmp_path / "r.sqlite") as records:
        records.append(*rows, *reviews).result(10)
        rates = records.reviewed_rates(START, START + HOUR)

    assert (rates.escapes.value, rates.escapes.n) == (1 / 3, 3)
    assert (rates.overkill.value, rates.overkill.n, rates.reviewed) == (0, 2, 6)
    assert rates.overkill.high == pytest.approx(clopper_pearson(0, 2)[1], abs=1e-12)


@pytest.mark.parametrize("n", [1, 3, 40, 1000, 100_000])
def test_the_interval_is_that_of_scipy(n: int) -> None:
    """Without SciPy, the exact interval is the same to ten places."""
    for hits in {0, 1, n // 3, n - 1, n}:
        rate = exact_rate(hits, n)
        low = stats.beta.ppf(0.025, hits, n - hits + 1) if hits else 0.0
        high = stats.beta.ppf(0.975, hits + 1, n - hits) if hits < n else 1.0

        assert (rate.low, rate.high) == pytest.approx((low, high), abs=1e-10)
    assert exact_rate(0, 0).value is None
