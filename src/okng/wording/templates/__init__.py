"""Sentences by code, in English. A placeholder names its value and, after a colon, its format.

Formats are those of Python, and the names in `okng.wording.rendering`: percent, short, term, parts
and others. A sentence with other grammar is a code of its own: none is composed of halves.
"""

from okng.wording.plural import Template
from okng.wording.templates.agreement import AGREEMENT, COMPARISON, FOLDS, PROOF
from okng.wording.templates.alarms import ALARMS
from okng.wording.templates.audit_labels import CLASSES, COPIES, LABELS
from okng.wording.templates.audit_page import AUDIT_LINES, HEADLINES, SEARCH
from okng.wording.templates.audit_photos import DEFECTS, EXPOSURE, FILES, FORMS
from okng.wording.templates.camera import CONDITIONS, PROPOSAL
from okng.wording.templates.decision import COUNTED, DECISION
from okng.wording.templates.gate import GATE
from okng.wording.templates.progress import PROGRESS
from okng.wording.templates.sample import SAMPLE, THRESHOLD
from okng.wording.templates.threshold_reason import REASONS, UNMET
from okng.wording.templates.trust import HEATMAPS, ROBUSTNESS

_PARTS = (
    SAMPLE,
    THRESHOLD,
    AGREEMENT,
    COMPARISON,
    FOLDS,
    PROOF,
    ROBUSTNESS,
    HEATMAPS,
    COUNTED,
    DECISION,
    CLASSES,
    COPIES,
    LABELS,
    EXPOSURE,
    FORMS,
    DEFECTS,
    FILES,
    HEADLINES,
    SEARCH,
    AUDIT_LINES,
    REASONS,
    UNMET,
    PROGRESS,
    CONDITIONS,
    PROPOSAL,
    ALARMS,
    GATE,
)
TEMPLATES: dict[str, Template] = {code: text for part in _PARTS for code, text in part.items()}
"""Every sentence that results may hold."""
if len(TEMPLATES) < sum(map(len, _PARTS)):
    raise ValueError("a code of a sentence is used twice")
