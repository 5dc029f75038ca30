"""Days of a plant under policies, and what machines are derived to give."""

import numpy as np
import prices
import pytest
import traces
from days import LOAD, Day, days, kinds_of, trials
from fleet import MINUTE
from scale import HANDLER, STATION, Speed, environment, instance, scales, speed, task

from okng.benchmark import Benchmark, BenchmarkRow, Latency, Stages
from okng.certification.certificate import Machine
from okng.config import Runtime

SPEED = Speed(vcpu_seconds=0.093, latency={1: 0.095, 2: 0.055})


def _benchmark(threads: int, p50_ms: float, per_second: float) -> Benchmark:
    row = BenchmarkRow(
        model="it.onnx", model_digest="0" * 64, precision="int8", runtime=Runtime.ONNXRUNTIME,
        threads=threads, latency=Latency(p50=p50_ms, p95=p50_ms, p99=p50_ms, photos=9),
        photos_per_second=per_second, photos_per_second_with_heatmaps=per_second,
        stages=Stages(decode=0, resize=0, network=p50_ms, rest=0, heatmap=0),
    )  # fmt: skip
    machine = Machine(cpu="a CPU", cores=2, system="Linux", versions={})
    return Benchmark(machine=machine, photos=9, width=64, height=64, rows=(row,))


def test_vcpu_seconds_come_from_both_cpus_busy() -> None:
    """200 photos/s on two vCPUs are 10 ms of one; latencies are those of a photo alone."""
    measured = speed(_benchmark(1, 9.0, 110.0), _benchmark(2, 6.0, 200.0))

    assert measured.vcpu_seconds == pytest.approx(0.010)
    assert measured.latency == {1: pytest.approx(0.009), 2: pytest.approx(0.006)}


def test_benchmarks_with_other_threads_are_refused() -> None:
    """The derivation would be wrong in silence."""
    with pytest.raises(SystemExit, match="--threads 1 and 2"):
        speed(_benchmark(2, 9.0, 110.0), _benchmark(2, 6.0, 200.0))


def test_verdicts_grow_with_vcpus() -> None:
    """1, 2 and 4 of them; an ml.c7i.large has two."""
    one, two, four = (task(vcpu, 4, SPEED).verdicts_per_second for vcpu in (1, 2, 4))

    assert one == pytest.approx(1 / (0.093 + STATION))
    assert (two, four) == pytest.approx((2 * one, 4 * one))
    assert instance(SPEED).verdicts_per_second == pytest.approx(two)


def test_an_environment_judges_one_photo_at_a_time() -> None:
    """By the latency with as many threads as vCPUs, and the time of the handler."""
    assert environment(2, SPEED).verdicts_per_second == pytest.approx(1 / (0.055 + HANDLER))


def test_prices_of_a_million_follow_from_prices_of_an_hour() -> None:
    """A task of one vCPU: 10 verdicts a second, 36,000 an hour."""
    of = task(1, 2, SPEED)

    assert of.dollars_per_million == pytest.approx(prices.fargate_hour(1, 2) / 36_000 * 1e6)
    assert len({each.name for each in scales(SPEED)}) == 6


@pytest.mark.parametrize("name", traces.TRACES)
def test_traces_are_days_with_the_peak_asked_for(name: str) -> None:
    """1,440 minutes, never above the peak."""
    rates = traces.TRACES[name](200.0)

    assert len(rates) == traces.DAY
    assert 0 <= rates.min() <= rates.max() <= 200.0


def test_times_follow_the_rates() -> None:
    """A Poisson process: as many photos in each hour as its rate says, in order."""
    rates = np.repeat([1.0, 10.0, 0.0, 5.0], 60)
    drawn = traces.times(rates, np.random.default_rng(0))
    hours = np.histogram(drawn, bins=4, range=(0, 4 * 3600))[0]

    assert np.all(np.diff(drawn) >= 0)
    assert hours.tolist() == pytest.approx([3600, 36_000, 0, 18_000], rel=0.06)


@pytest.mark.parametrize("variation", [0.0, 0.2, 1.0])
def test_times_of_photos_have_mean_and_variation(variation: float) -> None:
    """Gamma distributed; 0 gives equal ones."""
    drawn = traces.service(100_000, 0.02, variation, np.random.default_rng(0))

    assert drawn.mean() == pytest.approx(0.02, rel=0.02)
    assert drawn.std() == pytest.approx(0.02 * variation, rel=0.03)


def test_the_share_of_late_photos_counts_refused_ones() -> None:
    """Percentiles are those of accepted photos."""
    day = Day("it", np.array([0.0, 0.5, 2.0, np.inf]), dollars=1.0)

    assert (day.late, day.refused) == (0.5, 0.25)
    assert day.percentile(50) == 0.5


def test_policies_fit_the_same_peak() -> None:
    """The peak keeps the fixed fleets busy to the share that the others aim at."""
    kinds = kinds_of(SPEED, 3)
    fixed = [trial for trial in trials(kinds) if trial.name.endswith("fixed")]

    assert [trial.first for trial in fixed] == [3, 3]
    for trial in fixed:
        assert kinds.peak * trial.of.seconds / (3 * trial.of.slots) == pytest.approx(LOAD)


def test_a_day_is_cheaper_and_slower_with_fewer_machines() -> None:
    """Two hours of a plant that starts after one: fixed fleets do not wait, tracking pays less."""
    kinds = kinds_of(SPEED, 2)
    rates = np.repeat([0.05 * kinds.peak, kinds.peak], 60)
    by_name = {day.policy: day for day in days(kinds, rates, seed=0)}

    fixed, tracked = by_name["SageMaker, fixed"], by_name["SageMaker, target tracking"]
    assert fixed.late == 0
    assert tracked.late > 0
    assert tracked.dollars < fixed.dollars
    assert fixed.dollars == pytest.approx(2 * 2 * prices.ML_C7I_LARGE_HOUR)


def test_every_policy_gets_the_same_photos() -> None:
    """As many waits each; Lambda has no machines."""
    kinds = kinds_of(SPEED, 1)
    done = list(days(kinds, np.full(5, 1.0), seed=3))

    assert len({len(day.waits) for day in done}) == 1
    assert [day.machines is None for day in done] == [False] * 6 + [True]
    assert sum(len(day.waits) for day in done[:1]) == pytest.approx(5 * MINUTE, rel=0.2)
