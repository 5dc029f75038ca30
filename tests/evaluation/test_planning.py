"""How many parts a test needs."""

import pytest
from scipy import stats

from okng.errors import ConfigError
from okng.evaluation.statistics.sample_size import parts_needed, plan_test


@pytest.mark.parametrize(("rate", "parts"), [(0.05, 59), (0.01, 299), (0.005, 598), (0.001, 2995)])
def test_sizes_without_an_escape_are_the_known_ones(rate: float, parts: int) -> None:
    """The numbers that quality engineers know by heart."""
    assert parts_needed(rate) == parts


@pytest.mark.parametrize("allowed", [0, 1, 2])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_size_is_the_smallest_that_proves(allowed: int, confidence: float) -> None:
    """One part fewer proves nothing, after the exact binomial."""
    parts = parts_needed(0.013, confidence, allowed)

    assert stats.binom.cdf(allowed, parts, 0.013) <= 1 - confidence
    assert stats.binom.cdf(allowed, parts - 1, 0.013) > 1 - confidence


def test_plan_tells_who_passes() -> None:
    """The better the inspector, the likelier; more allowed errors help it."""
    table = plan_test(0.005)

    assert [row.parts for row in table] == [598, 947, 1258]
    assert all(row.passes_at_half < row.passes_at_tenth for row in table)
    assert table[0].passes_at_tenth < table[2].passes_at_tenth


def test_all_faults_are_told_at_once() -> None:
    """Rate and confidence."""
    with pytest.raises(ConfigError, match=r"max_escape is 0[^$]*confidence is 2"):
        plan_test(0, 2)
