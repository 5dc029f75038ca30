"""May it be used, and what comes next? One answer for the report, the terminal and metrics.json."""

from okng.evaluation.decision.bounds import bound_of, with_bounds
from okng.evaluation.decision.evidence import (
    Evidence,
    Side,
    evidence_of,
    too_few_parts,
)
from okng.evaluation.decision.next_steps import next_steps
from okng.evaluation.decision.rules import (
    Decision,
    Limit,
    State,
    counted,
    decide,
    decision_result,
    in_short,
    worst_type,
)

__all__ = [
    "Decision",
    "Evidence",
    "Limit",
    "Side",
    "State",
    "bound_of",
    "counted",
    "decide",
    "decision_result",
    "evidence_of",
    "in_short",
    "next_steps",
    "too_few_parts",
    "with_bounds",
    "worst_type",
]
