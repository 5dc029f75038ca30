"""From the figures of a test to a decision and its next steps, in plain sentences.

A limit is met where the one-sided 95 % bound does not exceed it, and not met where the measured
rate does. Anything between is not proven. Without a limit nothing is met: what the test proves is
stated, and what a proof of 1 % would take.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from okng.evaluation.decision.evidence import Evidence, Side, evidence_of
from okng.evaluation.results import Message, message
from okng.evaluation.results.provenance import DecisionResult, LimitState
from okng.evaluation.statistics.sample_size import parts_needed
from okng.wording import Language, language, mark, percent_in_short, translated

GOAL = 0.01
"""Escape rate that a proof is planned for where no limit was given."""
_MOST_ALLOWED = 20  # escapes seen, beyond which more parts are not the way out
_RATES = {"escape_rate": "escape", "overkill_rate": "overkill"}
_ERRORS = {"escape_rate": "escapes", "overkill_rate": "overkills"}
KINDS = {"escape_rate": "defective", "overkill_rate": "good"}


class State(StrEnum):
    """Whether the asked-for rates are proven."""

    MET = "met"
    OPEN = "not proven"
    FAILED = "not met"
    NO_EVIDENCE = "no evidence"


class Limit(NamedTuple):
    """One rate that was asked for, and whether the test proves it."""

    name: str
    limit: float
    state: State


class Decision(NamedTuple):
    """Whether the inspector may be used, as far as this test shows.

    Attributes:
        state: of all limits together.
        messages: what was measured, what it proves, and what a proof needs; the first one is
            whole by itself.
        limits: the rates that were asked for.
    """

    state: State
    messages: tuple[Message, ...]
    limits: tuple[Limit, ...] = ()

    @property
    def title(self) -> str:
        """The state in a word or two, in the chosen language."""
        return translated(_TITLES[self.state])

    @property
    def sentences(self) -> tuple[str, ...]:
        """The conclusions in the chosen language."""
        return tuple(each.text() for each in self.messages)

    @property
    def line(self) -> str:
        """State and first sentence: what a terminal shows."""
        return f"{self.title.upper()}: {self.sentences[0]}"


def decide(metrics: Mapping[str, Any]) -> Decision:
    """Decide by the figures that stand first, against the limits of the section `report`.

    Args:
        metrics: content of metrics.json.
    """
    leaked = metrics["leakage"]["photos"]
    if leaked:
        seen = message("leaked", leaked=leaked, photos=metrics["photos"])
        return Decision(State.NO_EVIDENCE, (seen,))
    evidence = evidence_of(metrics)
    if metrics["ok_class"] is None:
        return _of_types(metrics, evidence)
    if not evidence.sides:
        return Decision(State.NO_EVIDENCE, (message("nothing_judged"),))
    asked = asked_for(metrics)
    limits = tuple(_limit(name, limit, evidence) for name, limit in asked.items())
    state = _joined(limits)
    return Decision(state, tuple(_conclusions(evidence, asked, state)), limits)


_TITLES = {
    State.MET: mark("Proven"),
    State.OPEN: mark("Not proven"),
    State.FAILED: mark("Not met"),
    State.NO_EVIDENCE: mark("No evidence"),
}


def decision_result(metrics: Mapping[str, Any]) -> DecisionResult:
    """The section `decision` of metrics.json."""
    decision = decide(metrics)
    with language(Language.EN):
        title = decision.title
    return DecisionResult(
        state=decision.state.value,
        title=title,
        messages=decision.messages,
        limits=tuple(
            LimitState(rate=name, limit=limit, state=state.value)
            for name, limit, state in decision.limits
        ),
    )


def asked_for(metrics: Mapping[str, Any]) -> dict[str, float]:
    """The limits that were given, by the name of the rate."""
    report = metrics.get("report") or {}
    asked = {"escape_rate": report.get("require_escape"),
             "overkill_rate": report.get("require_overkill")}  # fmt: skip
    return {name: float(limit) for name, limit in asked.items() if limit is not None}


def counted(side: Side) -> Message:
    """What was counted on one side: 3 of 14 defective photos (9 parts) escaped."""
    code = f"{_ERRORS[side.name]}_counted"
    if side.photos != side.parts:
        code += "_photos"
    return message(code, errors=side.errors, photos=side.photos, parts=side.parts)


def _limit(name: str, limit: float, evidence: Evidence) -> Limit:
    side = next((side for side in evidence.sides if side.name == name), None)
    if side is None:
        return Limit(name, limit, State.OPEN)
    if side.bound <= limit:
        return Limit(name, limit, State.MET)
    return Limit(name, limit, State.FAILED if side.value > limit else State.OPEN)


def _joined(limits: tuple[Limit, ...]) -> State:
    states = {limit.state for limit in limits}
    if State.FAILED in states:
        return State.FAILED
    return State.MET if states == {State.MET} else State.OPEN


def _conclusions(evidence: Evidence, asked: dict[str, float], state: State) -> Iterator[Message]:
    sides = [s for s in evidence.sides if s.name in asked] or evidence.sides[:1]
    first = sides[0]
    unproven = state is State.OPEN and not first.errors
    code = "no_errors_prove" if unproven else "errors_bound"
    if evidence.folded:
        code += "_folded"
    yield message(code, counted=counted(first), bound=first.bound, all_parts=evidence.parts)
    for side in sides[1:]:
        yield message("errors_bound", counted=counted(side), bound=side.bound)
    if not asked:
        yield from _without_limit(first)
    for name, limit in asked.items():
        yield _against(name, limit, evidence)


def _without_limit(side: Side) -> Iterator[Message]:
    if side.name == "escape_rate" and side.bound > GOAL:
        yield _needed(side, GOAL)
    yield message(f"no_limit_{_RATES[side.name]}")


def _against(name: str, limit: float, evidence: Evidence) -> Message:
    rate = _RATES[name]
    side = next((side for side in evidence.sides if side.name == name), None)
    if side is None:
        return message(f"{rate}_untested", limit=limit)
    if side.bound <= limit:
        return message(f"{rate}_met", limit=limit)
    if side.value > limit:
        return message(f"{rate}_not_met", limit=limit, value=side.value)
    return message(f"{rate}_not_proven", limit=limit, needed=_needed(side, limit))


def parts_to_go(side: Side, goal: float) -> int | None:
    """How many more parts without a further error would prove a rate; None if no number would."""
    if side.value > goal or side.errors > _MOST_ALLOWED:
        return None
    # Each error seen counts as a part of its own, which is the careful reading.
    return max(1, parts_needed(goal, allowed=side.errors) - side.parts)


def _needed(side: Side, goal: float) -> Message:
    more = parts_to_go(side, goal)
    if more is None:
        return message(f"{_ERRORS[side.name]}_too_many", goal=goal, value=side.value)
    further = "_further" if side.errors else ""
    return message(f"{_RATES[side.name]}_proof_needs{further}", goal=goal, more=more)


def _of_types(metrics: Mapping[str, Any], evidence: Evidence) -> Decision:
    rate = evidence.figures["accuracy"]
    if rate["value"] is None:
        return Decision(State.NO_EVIDENCE, (message("nothing_judged"),))
    named = message(
        "types_named_folded" if evidence.folded else "types_named",
        right=round(rate["value"] * rate["n"]),
        photos=rate["n"],
        low=rate.get("lower_one_sided", rate["low"]),
    )
    worst = worst_type(metrics)
    lowest = (
        [] if worst is None else [message("worst_type", name=worst[0], recall=worst[1]["value"])]
    )
    return Decision(State.OPEN, (named, *lowest, message("no_ok_class")))


def worst_type(metrics: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
    """The type with the lowest recall, and its rate; None where no type was tested."""
    recall = (metrics.get("types") or {}).get("recall") or {
        name: {"value": row["recall"] if row["support"] else None, "low": None, "high": None,
               "n": int(row["support"]), "method": "too few parts for an interval"}
        for name, row in metrics["classification_report"].items()
    }  # fmt: skip
    known = {
        name: rate
        for name, rate in recall.items()
        if rate["value"] is not None and name != metrics["ok_class"]
    }
    return min(known.items(), key=lambda pair: pair[1]["value"]) if known else None


def in_short(rate: float) -> str:
    """A rate as people require it: 1 %, 0.5 %."""
    return percent_in_short(rate)
