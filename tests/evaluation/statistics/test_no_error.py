"""A test without an error: one bound for every figure, and none where parts are few."""

import numpy as np
import pytest

from okng.evaluation.metrics.attribute_agreement import acceptance, kappa
from okng.evaluation.metrics.binary_rates import coefficients, rankings, shares
from okng.evaluation.statistics.no_error import no_error_bound


def _unequal_parts() -> tuple[np.ndarray, np.ndarray]:
    """Twenty good and twenty defective parts, one of each kind with a hundred photos."""
    sizes = [100, *[1] * 19] * 2
    groups = np.repeat(np.arange(40), sizes)
    return groups < 20, groups


def test_all_figures_rest_on_the_same_bound() -> None:
    """The effective number of parts counts for F1, Matthews, areas and kappa as for recall.

    A part with a hundred photos leaves about one and a half parts of twenty: recall may be as low
    as 0.07, and no other figure may promise more.
    """
    truth, groups = _unequal_parts()
    recall = shares(truth, truth, groups)["recall"].low
    bound = no_error_bound(truth, groups)
    areas = rankings(truth.astype(float), truth, groups)
    found = coefficients(truth, truth, groups)
    defective, good = truth.sum(), (~truth).sum()
    cells = np.array([[defective * (1 - bound.escape), good * bound.overkill,
                       defective * bound.escape, good * (1 - bound.overkill)]])  # fmt: skip

    assert recall == pytest.approx(0.074, abs=0.001)
    assert 1 - bound.escape == pytest.approx(recall)
    assert areas["roc_auc"].low == pytest.approx(recall)
    assert areas["average_precision"].low == pytest.approx(recall)
    assert found["f1"].low == pytest.approx(
        2 * cells[0, 0] / (2 * cells[0, 0] + cells[0, 1:3].sum())
    )
    assert shares(truth, truth, groups)["precision"].low == pytest.approx(recall)
    assert found["matthews"].low == pytest.approx(-0.853, abs=0.001)
    assert acceptance(truth, truth, groups).kappa.low == pytest.approx(kappa(cells)[0])


@pytest.mark.parametrize("errors", [0, 1])
def test_few_parts_have_a_value_and_no_interval(errors: int) -> None:
    """Nine parts of each kind: kappa from -0.98 to 1.00 helps nobody; shares stay exact."""
    truth = np.arange(18) < 9
    called = truth.copy()
    called[:errors] = False
    found = {
        **coefficients(truth, called, np.arange(18)),
        **rankings(called + np.linspace(0, 0.1, 18), truth, np.arange(18)),
        "kappa": acceptance(truth, called, np.arange(18)).kappa,
    }

    for name in ("f1", "matthews", "roc_auc", "average_precision"):
        assert found[name].value is not None
        assert (found[name].low, found[name].high) == (None, None)
        assert "too few parts for an interval" in found[name].method
    assert found["kappa"].low is None
    assert found["balanced_accuracy"].low is not None
    assert shares(truth, called, np.arange(18))["recall"].low is not None


def test_few_parts_are_not_proven_acceptable() -> None:
    """A bound that is not known does not hide one that is: nine parts prove no grade."""
    truth = np.arange(18) < 9
    found = acceptance(truth, truth, np.arange(18)).plain()
    rows = {row["figure"]: row for row in found["rows"]}

    assert found["grade"] == "acceptable"
    assert rows["kappa"]["grade_of_bound"] == "unknown"
    assert found["grade_of_bound"] == "unacceptable"
