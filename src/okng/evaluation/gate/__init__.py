"""The gate: may a challenger take the place of a champion?"""

from okng.evaluation.gate.evidence import Evidence, KnownEscape, MasterPhoto, Paired, paired_scores
from okng.evaluation.gate.judging import judge_gate

__all__ = [
    "Evidence",
    "KnownEscape",
    "MasterPhoto",
    "Paired",
    "judge_gate",
    "paired_scores",
]
