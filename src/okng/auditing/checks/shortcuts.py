"""Shortcuts: properties other than the part that predict the class.

A network uses whatever predicts the class: for example another light on the day when the defects
were photographed. On the line that difference is gone, and the accuracy with it.
"""

import re
from collections import Counter, defaultdict
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt

from okng.auditing.check import Check, CheckResult, not_checked
from okng.auditing.evidence import NOT_MEASURED, Evidence, Need
from okng.auditing.findings import Finding, Severity, Shortcut
from okng.dataset import Photo
from okng.wording import sentence

_SERIOUS, _NOTICE = 0.95, 0.75  # AUC from which a shortcut is serious, or worth a notice
_FACTS = {
    "brightness": "brightness",
    "contrast": "contrast",
    "sharpness": "sharpness",
    "red": "redness",
    "blue": "blueness",
    "size": "file size",
    "width": "width in pixels",
    "height": "height in pixels",
}
_NOT_IN_PIXELS = frozenset({"file name", "file size"})  # a network has no access to these
_CERTAIN = 3.0  # standard errors above 0.5; a smaller AUC may be due to chance
_FOLDS = 5


class Shortcuts(Check):
    """How well single properties of the photos predict the class, as AUC."""

    id = "shortcuts"
    needs = (Need.SCIKIT_LEARN,)

    def run(self, evidence: Evidence) -> CheckResult[list[Shortcut]]:
        """Rows: all properties with their AUC, the highest first."""
        if not evidence.measured():
            return not_checked(NOT_MEASURED)
        rows = _shortcuts(evidence)
        least = max(_NOTICE, _beyond_chance(evidence))
        strong = [row for row in rows if row.auc >= least and row.name not in _NOT_IN_PIXELS]
        return CheckResult([_finding(row, evidence) for row in strong], rows)


def _shortcuts(evidence: Evidence) -> list[Shortcut]:
    photos = evidence.measured()
    labels = np.array([photo.label for photo in photos])
    aucs = {word: _auc(labels, evidence.column(name), evidence) for name, word in _FACTS.items()}
    aucs["file name"] = _auc_of_names(photos, labels, evidence)
    ranked = sorted(aucs.items(), key=lambda item: -item[1])
    return [Shortcut(name=name, auc=round(auc, 4)) for name, auc in ranked]


def _finding(shortcut: Shortcut, evidence: Evidence) -> Finding:
    code = "shortcut" if evidence.dataset.ok_class else "shortcut_types"
    severity = Severity.SERIOUS if shortcut.auc >= _SERIOUS else Severity.NOTICE
    result = sentence(code, property=shortcut.name, auc=shortcut.auc)
    return Finding.of("shortcuts", severity, result)


def _beyond_chance(evidence: Evidence) -> float:
    """The AUC that chance hardly exceeds with this number of parts (Hanley and McNeil, 1982)."""
    parts = [evidence.parts(name) for name in evidence.dataset.classes]
    first, rest = max(1, parts[0]), max(1, sum(parts[1:]))
    return 0.5 + _CERTAIN * float(np.sqrt((first + rest + 1) / (12 * first * rest)))


def _auc(
    labels: npt.NDArray[np.str_], values: npt.NDArray[np.float64], evidence: Evidence
) -> float:
    """AUC of one number for the OK class against the rest; without one, the best of all classes.

    Args:
        labels: (N,).
        values: (N,).
        evidence: the data set of these photos.
    """
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415 - an extra

    ok = evidence.dataset.ok_class
    names = [ok] if ok is not None else list(evidence.dataset.classes)
    best = 0.5
    for name in names:
        positive = labels == name
        if 0 < positive.sum() < len(labels):
            # Rounded, as red and blue of grey photos differ in their last bits only.
            auc = float(roc_auc_score(positive, values.round(6)))
            best = max(best, auc, 1 - auc)  # a low value is as good a shortcut as a high one
    return best


def _auc_of_names(photos: list[Photo], labels: npt.NDArray[np.str_], evidence: Evidence) -> float:
    """AUC of the file name without digits: its score is the fraction of good photos with that name.

    The fraction is computed on the other folds.
    """
    names = [re.sub(r"\d+", "#", PurePosixPath(photo.path).name) for photo in photos]
    ok = evidence.dataset.ok_class or evidence.dataset.classes[0]
    # Out of fold, as a unique file name would otherwise predict its own label.
    good = (labels == ok).astype(float)
    folds = np.arange(len(photos)) % _FOLDS
    scores = np.full(len(photos), good.mean())
    for fold in range(_FOLDS):
        sums: dict[str, float] = defaultdict(float)
        others = Counter(name for name, f in zip(names, folds, strict=True) if f != fold)
        for name, value, f in zip(names, good, folds, strict=True):
            sums[name] += value if f != fold else 0
        for number in np.flatnonzero(folds == fold):
            if others[names[number]]:
                scores[number] = sums[names[number]] / others[names[number]]
    return _auc(labels, scores, evidence)
