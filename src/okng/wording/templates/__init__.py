"""Sentences by code, in English. A placeholder names its value and, after a colon, its format.

Formats are those of Python, and the names in `okng.wording.rendering`: percent, short, term, parts
and others. A sentence with other grammar is a code of its own: none is composed of halves.
"""

from okng.wording.plural import Template
from okng.wording.templates.agreement import AGREEMENT, COMPARISON, FOLDS, PROOF
from okng.wording.templates.camera import CONDITIONS
from okng.wording.templates.decision import COUNTED, DECISION
from okng.wording.templates.sample import SAMPLE, THRESHOLD
from okng.wording.templates.trust import HEATMAPS, ROBUSTNESS

TEMPLATES: dict[str, Template] = {
    **SAMPLE,
    **THRESHOLD,
    **AGREEMENT,
    **COMPARISON,
    **FOLDS,
    **PROOF,
    **ROBUSTNESS,
    **HEATMAPS,
    **COUNTED,
    **DECISION,
    **CONDITIONS,
}
"""Every sentence that results may hold."""
