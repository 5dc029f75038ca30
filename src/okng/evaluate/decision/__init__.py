"""May it be used, and what comes next? One answer for the report, the terminal and metrics.json."""

from okng.evaluate.decision.bounds import add_bounds, bound_of
from okng.evaluate.decision.evidence import Evidence, Side, evidence_of, too_few_parts
from okng.evaluate.decision.rules import (
    Decision,
    Limit,
    State,
    counted,
    decide,
    decision_facts,
    in_short,
    worst_type,
)
from okng.evaluate.decision.steps import next_steps

__all__ = [
    "Decision",
    "Evidence",
    "Limit",
    "Side",
    "State",
    "add_bounds",
    "bound_of",
    "counted",
    "decide",
    "decision_facts",
    "evidence_of",
    "in_short",
    "next_steps",
    "too_few_parts",
    "worst_type",
]
