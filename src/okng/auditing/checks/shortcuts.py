"""Shortcuts: can something besides the part tell the classes?

A network takes whatever tells them: another light on the day the defects were photographed will
do. On the line that light is gone, and so is the accuracy.
"""

import re
from collections import Counter, defaultdict
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from okng.auditing.evidence import Evidence
from okng.auditing.findings import Finding, Severity, Shortcut
from okng.dataset import Photo

_SERIOUS, _NOTICE = 0.95, 0.75
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
_CERTAIN = 3.0  # standard errors above chance; less may be chance
_FOLDS = 5


def shortcuts(evidence: Evidence) -> list[Shortcut] | None:
    """The area under the ROC curve that each alone reaches, the highest first."""
    photos = evidence.measured()
    if not photos:
        return None
    labels = np.array([photo.label for photo in photos])
    found = {word: _auc(labels, evidence.column(name), evidence) for name, word in _FACTS.items()}
    found["file name"] = _auc_of_names(photos, labels, evidence)
    ranked = sorted(found.items(), key=lambda item: -item[1])
    return [Shortcut(name=name, auc=round(auc, 4)) for name, auc in ranked]


def check(evidence: Evidence) -> list[Finding]:
    """Shortcuts that a network could take. It does not see names and sizes of files."""
    unseen = {"file name", "file size"}
    least = max(_NOTICE, _beyond_chance(evidence))
    found = [s for s in shortcuts(evidence) or [] if s.auc >= least and s.name not in unseen]
    sides = "good and defective parts" if evidence.dataset.ok_class else "the types"
    return [
        Finding(
            check="shortcuts",
            severity=Severity.SERIOUS if shortcut.auc >= _SERIOUS else Severity.NOTICE,
            what=f"The {shortcut.name} alone tells the classes with an AUC of {shortcut.auc:.2f} "
            "(0.5 is chance, 1 is certain).",
            advice=f"Photograph {sides} in turn, in the same light. Compare the report's "
            "brightness baseline with the network.",
        )
        for shortcut in found
    ]


def _beyond_chance(evidence: Evidence) -> float:
    """The AUC that chance does not reach on so few parts (Hanley and McNeil, 1982)."""
    parts = [evidence.parts(name) for name in evidence.dataset.classes]
    first, rest = max(1, parts[0]), max(1, sum(parts[1:]))
    return 0.5 + _CERTAIN * float(np.sqrt((first + rest + 1) / (12 * first * rest)))


def _auc(
    labels: npt.NDArray[np.str_], values: npt.NDArray[np.float64], evidence: Evidence
) -> float:
    """How well one number tells a class from all others; of several classes, the one told best."""
    ok = evidence.dataset.ok_class
    names = [ok] if ok is not None else list(evidence.dataset.classes)
    best = 0.5
    for name in names:
        positive = labels == name
        if 0 < positive.sum() < len(labels):
            # Rounded, or the last bits of equal numbers would tell grey photos apart.
            auc = float(roc_auc_score(positive, values.round(6)))
            best = max(best, auc, 1 - auc)
    return best


def _auc_of_names(photos: list[Photo], labels: npt.NDArray[np.str_], evidence: Evidence) -> float:
    """The same for the words in a file name, as other photos with these words are labelled."""
    words = [re.sub(r"\d+", "#", PurePosixPath(photo.path).name) for photo in photos]
    ok = evidence.dataset.ok_class or evidence.dataset.classes[0]
    good = (labels == ok).astype(float)
    folds = np.arange(len(photos)) % _FOLDS
    scores = np.full(len(photos), good.mean())
    for fold in range(_FOLDS):
        sums: dict[str, float] = defaultdict(float)
        seen = Counter(word for word, f in zip(words, folds, strict=True) if f != fold)
        for word, value, f in zip(words, good, folds, strict=True):
            sums[word] += value if f != fold else 0
        for number in np.flatnonzero(folds == fold):
            if seen[words[number]]:
                scores[number] = sums[words[number]] / seen[words[number]]
    return _auc(labels, scores, evidence)
