"""The page of figures: charts against the test of the model, or else against the period before."""

from okng.modelfile import BINS, HeldOut
from okng.records.queries.statistics import Histogram
from okng.serve.web.views.charts import chart_json, score_chart

NOW = Histogram((8, 2, *(0,) * (BINS - 2)), 0.01)
BEFORE = Histogram((0,) * BINS, None)


def _lines(held_out: HeldOut | None) -> dict[str, float | None]:
    chart = score_chart(NOW, BEFORE, held_out, [0.5])
    assert "scores" in chart_json(chart)
    return {line.label: line.values[0] for line in chart.lines}


def test_scores_stand_beside_those_of_the_test() -> None:
    """Good and defective parts apart, since the line has another share of them."""
    held_out = HeldOut(good=(3, 1, *(0,) * (BINS - 2)), defective=(*(0,) * (BINS - 1), 7))

    assert _lines(held_out) == {
        "this period": 0.8, "test, good parts": 0.75, "test, defective parts": 0.0,
    }  # fmt: skip


def test_an_old_model_is_compared_with_the_period_before() -> None:
    """A period without parts has no shares."""
    assert _lines(None) == {"this period": 0.8, "period before": None}
