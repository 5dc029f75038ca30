"""May it be used, and what comes next: the same answer for report and terminal."""

from typing import Any

import numpy as np
import pytest

from okng.evaluation.decision import (
    State,
    decide,
    next_steps,
    with_bounds,
)
from okng.evaluation.statistics.intervals import proportion


def _metrics(
    escapes: int, defective: int, overkills: int = 0, good: int = 100, **changes: Any
) -> dict[str, Any]:
    """A test of so many parts, each on one photo."""
    truth = np.arange(defective + good) < defective
    called = truth.copy()
    called[:escapes] = False
    called[defective : defective + overkills] = True
    groups = np.arange(len(truth))
    sides = (("escape_rate", ~called[truth]), ("overkill_rate", called[~truth]))
    rates = {name: proportion(hits, np.arange(len(hits))) for name, hits in sides}
    right = proportion(truth == called, groups)
    rates |= dict.fromkeys(("accuracy", "recall", "specificity"), right)
    found: dict[str, Any] = {
        name: rate.plain() for name, rate in with_bounds(rates, truth, called, groups).items()
    }
    return found | {
        "photos": len(truth), "groups": len(truth), "ok_class": "ok",
        "leakage": {"photos": 0, "checked": ["near-duplicates"], "paths": []},
        "good": {"photos": good, "parts": good},
        "defective": {"photos": defective, "parts": defective},
        "classification_report": {}, "settings": {},
    } | changes  # fmt: skip


def _asked(**limits: float) -> dict[str, Any]:
    return {"report": {f"require_{name}": value for name, value in limits.items()}}


def test_without_a_limit_it_is_told_what_is_proven_and_what_not() -> None:
    """0 of 15 prove 18.1 %; 1 % takes 284 more parts, as the rule of three has it."""
    found = decide(_metrics(0, 15))

    assert found.state is State.OPEN
    assert found.line == (
        "NOT PROVEN: 0 of 15 defective parts escaped; that proves only “fewer than 18.1 %”."
    )
    assert "To prove 1 % you need 284 more defective parts without an escape." in found.sentences


@pytest.mark.parametrize(
    ("escapes", "defective", "state"),
    [(0, 299, State.MET), (0, 298, State.OPEN), (1, 400, State.OPEN), (1, 500, State.MET),
     (5, 400, State.FAILED)],
)  # fmt: skip
def test_limit_is_met_by_the_bound_and_missed_by_the_rate(
    escapes: int, defective: int, state: State
) -> None:
    """299 parts without an escape prove 1 %, 298 do not; 1.25 % measured is not met."""
    found = decide(_metrics(escapes, defective, **_asked(escape=0.01)))

    assert found.state is state
    assert found.limits[0].state is state


def test_both_limits_must_be_met() -> None:
    """An inspector that rejects everything lets nothing escape."""
    metrics = _metrics(0, 299, overkills=100, **_asked(escape=0.01, overkill=0.05))
    found = decide(metrics)

    assert [limit.state for limit in found.limits] == [State.MET, State.FAILED]
    assert found.state is State.FAILED


def test_a_side_that_was_not_tested_is_not_proven() -> None:
    """No good part says nothing of overkill."""
    metrics = _metrics(0, 299, good=0, **_asked(escape=0.01, overkill=0.05))
    metrics["overkill_rate"] = {"value": None, "low": None, "high": None, "n": 0, "method": ""}

    assert decide(metrics).state is State.OPEN


def test_leaked_figures_prove_nothing() -> None:
    """However good they are."""
    metrics = _metrics(0, 299, **_asked(escape=0.01))
    metrics["leakage"] = {"photos": 3, "checked": [], "paths": []}
    found = decide(metrics)

    assert found.state is State.NO_EVIDENCE
    assert "3 of 399 test photos" in found.line
    assert "`data.split` new" in next_steps(metrics)[0]


def test_further_escapes_are_counted_into_the_plan() -> None:
    """After one escape the next test must be larger: 473 parts with one escape prove 1 %."""
    found = decide(_metrics(1, 200))

    assert "To prove 1 % you need 273 more defective parts without a further escape." in (
        found.sentences
    )


def test_bad_inspector_is_sent_back_not_to_a_larger_test() -> None:
    """3 of 14 escaped: no test will prove 1 % of it."""
    metrics = _metrics(3, 14)

    assert any("improve it first" in sentence for sentence in decide(metrics).sentences)
    assert not any("Photograph" in step for step in next_steps(metrics))


def test_photos_of_few_parts_are_counted_as_parts() -> None:
    """14 photos of 9 parts: both numbers stand in the sentence."""
    metrics = _metrics(3, 14)
    metrics["defective"] = {"photos": 14, "parts": 9}

    assert "3 of 14 defective photos (9 parts) escaped" in decide(metrics).line


def test_serious_findings_of_the_audit_come_first() -> None:
    """Before more photos are taken, those that are there are repaired."""
    steps = next_steps(_metrics(0, 15), ["8 parts have two labels."])

    assert steps[0].startswith("Repair the photos first: 8 parts have two labels")
    assert "okng evaluate inspector.onnx NEW --out proof --require-escape 1%" in steps[1]


def test_types_are_named_correctly_or_not() -> None:
    """Without a class of good parts nothing is said of escapes."""
    metrics = _metrics(0, 10, good=10, ok_class=None)
    metrics["types"] = {"recall": {"a": {"value": 1.0, "n": 10}, "b": {"value": 0.9, "n": 10}}}
    found = decide(metrics)

    assert found.line.startswith(
        "NOT PROVEN: 20 of 20 photos were named correctly; at least 86.1 %"
    )
    assert "The worst type is b: 90.0 % are named correctly." in found.sentences
