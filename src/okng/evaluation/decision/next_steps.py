"""What to do next after a test, the most urgent first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from okng.config import command
from okng.evaluation.decision.evidence import Evidence, evidence_of
from okng.evaluation.decision.rules import (
    GOAL,
    Decision,
    State,
    decide,
    parts_to_go,
)
from okng.wording import number, translated


def next_steps(metrics: Mapping[str, Any], serious: Sequence[str] = ()) -> tuple[str, ...]:
    """What to do next, the most urgent first; commands stand in backticks.

    Args:
        metrics: content of metrics.json.
        serious: serious findings of the audit.
    """
    return tuple(_steps(metrics, serious))


def _steps(metrics: Mapping[str, Any], serious: Sequence[str]) -> Iterator[str]:
    trained = metrics.get("settings") is not None
    if metrics["leakage"]["photos"]:
        yield (
            translated("Train again with `data.split` new, which shares whole parts out anew.")
            if trained
            else translated(
                "Photograph parts that were not used in training, and evaluate again with those."
            )
        )
        return
    if serious:
        text = translated("Repair the photos first: {finding}. See `audit.json`.")
        if len(serious) > 1:
            text = translated(
                "Repair the photos first: {finding} and {others} more. See `audit.json`."
            )
        yield text.format(finding=serious[0].rstrip("."), others=len(serious) - 1)
    decision, evidence = decide(metrics), evidence_of(metrics)
    if _any_wrong(metrics, evidence):
        yield translated(
            "Look at the wrong verdicts below: is the label right, and can a person see the "
            "defect in the photo? Take more photos of such parts, and train again."
        )
    if decision.state is State.MET:
        yield translated(
            "Sign below, and keep camera, light and position as section 3 describes them."
        )
        yield translated("Judge new photos: `okng predict inspector.onnx NEW`.")
        return
    yield from _proof(decision, evidence)
    yield translated(
        "Try it beside the line, a person deciding: `okng predict inspector.onnx NEW`."
    )


def _any_wrong(metrics: Mapping[str, Any], evidence: Evidence) -> bool:
    rate = evidence.figures["accuracy"]
    wrong = metrics["ok_class"] is None and rate["value"] is not None and rate["value"] < 1
    return bool(wrong or sum(side.errors for side in evidence.sides))


def _proof(decision: Decision, evidence: Evidence) -> Iterator[str]:
    open_limits = [limit for limit in decision.limits if limit.state is State.OPEN]
    wanted = open_limits[0] if open_limits else None
    name = wanted.name if wanted else "escape_rate"
    goal = wanted.limit if wanted else GOAL
    side = next((side for side in evidence.sides if side.name == name), None)
    more = None if side is None or side.bound <= goal else parts_to_go(side, goal)
    if more is None:
        return
    flag = "escape" if name == "escape_rate" else "overkill"
    limit = {f"require_{flag}": f"{100 * goal:g}%"}
    typed = command("okng evaluate inspector.onnx NEW", out="proof", **limit)
    text = (
        translated(
            "Photograph {more} more defective parts, each another part, and good ones beside them. "
            "Then `{command}`."
        )
        if flag == "escape"
        else translated(
            "Photograph {more} more good parts, each another part, and defective ones beside them. "
            "Then `{command}`."
        )
    )
    yield text.format(more=number(more, ","), command=typed)
