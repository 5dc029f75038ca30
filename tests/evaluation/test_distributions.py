"""Distributions of a station are those of SciPy, without it."""

import subprocess
import sys

import numpy as np
import pytest
from scipy import special, stats

from okng.evaluation.statistics import distributions as own

CLOSE = 1e-9
TAILS = [0.00135, 0.005, 0.3, 0.5, 0.995, 0.99865]


@pytest.mark.parametrize("p", TAILS)
def test_normal_quantile(p: float) -> None:
    """On both sides."""
    assert own.normal_quantile(p) == pytest.approx(stats.norm.ppf(p), rel=CLOSE, abs=CLOSE)


def test_expit_does_not_overflow() -> None:
    """From 0 to 1, for any number."""
    x = np.array([-1000.0, -30.0, -1.0, 0.0, 2.0, 800.0])

    assert own.expit(x) == pytest.approx(special.expit(x), abs=1e-12)


@pytest.mark.parametrize(
    ("a", "b"), [(1, 1), (0.5, 0.5), (3, 998), (40, 1e5), (2.5, 0.5), (7e4, 3e4)]
)
def test_beta_cdf(a: float, b: float) -> None:
    """Around its mean, at its ends, and beyond them."""
    mean = a / (a + b)
    for x in (0.0, mean / 3, mean, min(2 * mean, 0.999), 1.0, 1.5):
        assert own.beta_cdf(x, a, b) == pytest.approx(stats.beta.cdf(x, a, b), rel=1e-8, abs=1e-12)


@pytest.mark.parametrize("p", TAILS)
@pytest.mark.parametrize(("a", "b"), [(1, 1000), (5, 996), (1000, 1), (500, 501), (30, 1e5)])
def test_beta_quantile(p: float, a: float, b: float) -> None:
    """As for the exact interval of a share."""
    assert own.beta_quantile(p, a, b) == pytest.approx(stats.beta.ppf(p, a, b), rel=CLOSE)


@pytest.mark.parametrize("freedom", [0.7, 1.0, 4.0, 33.3, 1e4])
def test_student(freedom: float) -> None:
    """Any degrees of freedom, both sides, in the shape of the values."""
    t = np.array([[-40.0, -2.5, -0.1], [0.0, 0.4, 60.0]])

    assert own.student_cdf(t, freedom) == pytest.approx(
        stats.t.cdf(t, freedom), rel=1e-8, abs=1e-13
    )
    for p in TAILS:
        assert own.student_quantile(p, freedom) == pytest.approx(
            stats.t.ppf(p, freedom), rel=1e-8, abs=1e-8
        )


@pytest.mark.parametrize("freedom", [2, 10, 200, 2000])
def test_chi_square_tail(freedom: int) -> None:
    """Small, usual and large sums."""
    for x in (0.0, freedom / 3, float(freedom), 1.5 * freedom, 5.0 * freedom):
        assert own.chi_square_tail(x, freedom) == pytest.approx(
            stats.chi2.sf(x, freedom), rel=1e-8, abs=1e-14
        )


@pytest.mark.parametrize("p", TAILS)
@pytest.mark.parametrize(("parts", "rate"), [(1, 0.5), (20, 0.01), (1000, 0.03), (200_000, 0.4)])
def test_binomial_quantile(p: float, parts: int, rate: float) -> None:
    """A whole number, the same one."""
    assert own.binomial_quantile(p, parts, rate) == stats.binom.ppf(p, parts, rate)


@pytest.mark.parametrize("p", TAILS)
@pytest.mark.parametrize(
    ("parts", "a", "b"), [(1, 0.5, 9.0), (50, 0.2, 3.0), (1000, 3.0, 90.0), (9000, 40.0, 200.0)]
)
def test_beta_binomial_quantile(p: float, parts: int, a: float, b: float) -> None:
    """A whole number, the same one."""
    assert own.beta_binomial_quantile(p, parts, a, b) == stats.betabinom.ppf(p, parts, a, b)


def test_a_station_loads_no_scipy() -> None:
    """The image of the station has none: it would not start."""
    code = (
        "import sys, okng.serve.running, okng.serve.app, okng.station; "
        "print({'scipy', 'sklearn', 'pandas', 'matplotlib', 'jsonschema'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.strip() == "set()"
