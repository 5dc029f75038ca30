"""From the figures of a test to a decision and its next steps, in plain sentences.

A limit is met where the one-sided 95 % bound does not exceed it, and not met where the measured
rate does. Anything between is not proven. Without a limit nothing is met: what the test proves is
stated, and what a proof of 1 % would take.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from okng.evaluation.decision.evidence import Evidence, Side, evidence_of
from okng.evaluation.results.provenance import DecisionResult, LimitState
from okng.evaluation.rounding import percent
from okng.evaluation.statistics.sample_size import parts_needed

GOAL = 0.01
"""Escape rate that a proof is planned for where no limit was given."""
_MOST_ALLOWED = 20  # escapes seen, beyond which more parts are not the way out
_NAMES = {"escape_rate": "escape rate", "overkill_rate": "overkill rate"}
_DONE = {"escape_rate": "escaped", "overkill_rate": "were rejected"}
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
        title: the state in a word or two.
        sentences: what was seen, what it proves, and what a proof needs; the first one is whole by
            itself.
        limits: the rates that were asked for.
    """

    state: State
    title: str
    sentences: tuple[str, ...]
    limits: tuple[Limit, ...] = ()

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
        seen = (
            f"{leaked:,} of {metrics['photos']:,} test photos show parts that training or "
            "validation used. The figures are memory, not evidence, and prove nothing."
        )
        return Decision(State.NO_EVIDENCE, "No evidence", (seen,))
    evidence = evidence_of(metrics)
    if metrics["ok_class"] is None:
        return _of_types(metrics, evidence)
    if not evidence.sides:
        return Decision(State.NO_EVIDENCE, "No evidence", ("No photo could be judged.",))
    asked = asked_for(metrics)
    limits = tuple(_limit(name, limit, evidence) for name, limit in asked.items())
    state = _joined(limits)
    return Decision(state, _TITLES[state], tuple(_sentences(evidence, asked, state)), limits)


_TITLES = {State.MET: "Proven", State.OPEN: "Not proven", State.FAILED: "Not met",
           State.NO_EVIDENCE: "No evidence"}  # fmt: skip


def decision_result(metrics: Mapping[str, Any]) -> DecisionResult:
    """The section `decision` of metrics.json."""
    found = decide(metrics)
    return DecisionResult(
        state=found.state.value,
        title=found.title,
        sentences=found.sentences,
        limits=tuple(
            LimitState(rate=name, limit=limit, state=state.value)
            for name, limit, state in found.limits
        ),
    )


def asked_for(metrics: Mapping[str, Any]) -> dict[str, float]:
    """The limits that were given, by the name of the rate."""
    report = metrics.get("report") or {}
    asked = {"escape_rate": report.get("require_escape"),
             "overkill_rate": report.get("require_overkill")}  # fmt: skip
    return {name: float(limit) for name, limit in asked.items() if limit is not None}


def counted(side: Side) -> str:
    """What was seen on one side: 3 of 14 defective photos (9 parts) escaped."""
    kind, done = KINDS[side.name], _DONE[side.name]
    if side.errors == 1:
        done = done.replace("were", "was")
    if side.photos == side.parts:
        return f"{side.errors:,} of {side.photos:,} {kind} parts {done}"
    parts = "1 part" if side.parts == 1 else f"{side.parts:,} parts"
    return f"{side.errors:,} of {side.photos:,} {kind} photos ({parts}) {done}"


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


def _sentences(evidence: Evidence, asked: dict[str, float], state: State) -> Iterator[str]:
    where = f"of all {evidence.parts:,} parts judged out of fold, " if evidence.folded else ""
    sides = [s for s in evidence.sides if s.name in asked] or evidence.sides[:1]
    first = sides[0]
    words = f"{where}{counted(first)}"
    if state is State.OPEN and not first.errors:
        yield f"{_capital(words)}; that proves only “fewer than {percent(first.bound)}”."
    else:
        yield f"{_capital(words)}; at most {percent(first.bound)} at 95 % confidence."
    for side in sides[1:]:
        yield f"{_capital(counted(side))}; at most {percent(side.bound)} at 95 % confidence."
    if not asked:
        yield from _without_limit(first)
    for name, limit in asked.items():
        yield _against(name, limit, evidence)


def _without_limit(side: Side) -> Iterator[str]:
    if side.name == "escape_rate" and side.bound > GOAL:
        yield _needed(side, GOAL)
    example = (
        "`report.require_escape` 1%"
        if side.name == "escape_rate"
        else "`report.require_overkill` 5%"
    )
    yield f"No limit was given, as in {example}, so this report accepts nothing by itself."


def _against(name: str, limit: float, evidence: Evidence) -> str:
    required = f"Required: {_NAMES[name]} of at most {in_short(limit)}"
    side = next((side for side in evidence.sides if side.name == name), None)
    if side is None:
        return f"{required}. The test holds no {KINDS[name]} part, so this is not proven."
    if side.bound <= limit:
        return f"{required}: met."
    if side.value > limit:
        return f"{required}: not met, measured are {percent(side.value)}."
    return f"{required}: not proven. {_needed(side, limit)}"


def parts_to_go(side: Side, goal: float) -> int | None:
    """How many more parts without a further error would prove a rate; None if no number would."""
    if side.value > goal or side.errors > _MOST_ALLOWED:
        return None
    # Each error seen counts as a part of its own, which is the careful reading.
    return max(1, parts_needed(goal, allowed=side.errors) - side.parts)


def _needed(side: Side, goal: float) -> str:
    escapes, more = side.name == "escape_rate", parts_to_go(side, goal)
    if more is None:
        done = f"lets {percent(side.value)} escape" if escapes else f"rejects {percent(side.value)}"
        return f"No test proves {in_short(goal)} of an inspector that {done}: improve it first."
    what = "escape" if escapes else "rejection"
    end = f"a further {what}" if side.errors else "an escape" if escapes else "a rejection"
    return (
        f"To prove {in_short(goal)} you need {more:,} more {KINDS[side.name]} parts without {end}."
    )


def _of_types(metrics: Mapping[str, Any], evidence: Evidence) -> Decision:
    rate = evidence.figures["accuracy"]
    if rate["value"] is None:
        return Decision(State.NO_EVIDENCE, "No evidence", ("No photo could be judged.",))
    right = round(rate["value"] * rate["n"])
    where = " out of fold" if evidence.folded else ""
    low = rate.get("lower_one_sided", rate["low"])
    first = (
        f"{right:,} of {rate['n']:,} photos were named correctly{where}; at least {percent(low)} "
        "at 95 % confidence."
    )
    sentences = [first]
    worst = worst_type(metrics)
    if worst is not None:
        name, recall = worst
        sentences.append(
            f"The worst type is {name}: {percent(recall['value'])} are named correctly."
        )
    sentences.append("There is no class of good parts, so escapes and overkill are not defined.")
    return Decision(State.OPEN, "Not proven", tuple(sentences))


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
    """A rate as people ask for it: 1 %, 0.5 %."""
    return f"{100 * rate:g} %"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
