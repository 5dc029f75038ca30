"""The key `leakage` of metrics.json, and the sentences that belong beside the figures."""

from collections import Counter
from typing import Any

from okng.evaluation import Leakage, Scores
from okng.steps.leakage.matching import WAYS, Matches

_CHECKED = {
    "file": "photos that the model was trained on, byte by byte",
    "pixels": "pixel by pixel",
    "near": "turned or changed copies of them",
    "group": "their groups",
}
_UNKNOWN = (
    "Neither the model file nor a manifest beside it records which photos it was trained on: "
    "whether these photos were used in training is not known."
)
_UNKNOWN_THRESHOLD = (
    "Whether the photos that the threshold was chosen on were used in training is not known "
    "either: a threshold chosen on training photos promises too much."
)


def leakage(matches: Matches, reported: Scores, *, set_aside: bool) -> Leakage:
    """Reported photos that show what training used.

    Args:
        matches: between these photos and those of the training.
        reported: scores of the reported photos.
        set_aside: whether all of them are test photos of the run, unchanged.
    """
    if matches.origin is None:
        return Leakage(photos=0, checked=(), paths=(), found={}, not_checked={}, set_aside=False)
    paths = [path for path in reported.table["path"] if path in matches.ways]
    counts = Counter(matches.ways[path] for path in paths)
    return Leakage(
        photos=len(paths),
        checked=tuple(w for way, w in _CHECKED.items() if way not in matches.not_checked),
        paths=tuple(paths),
        found={way: counts[way] for way in WAYS},
        not_checked=dict(matches.not_checked),
        own_test=sum(path in matches.tested for path in reported.table["path"]),
        set_aside=set_aside,
    )


def cautions(matches: Matches, *, chosen: bool, own_test: int = 0) -> list[str]:
    """What was not searched for, and which photos add no new part, in sentences.

    Args:
        matches: of the photos with those of training.
        own_test: reported photos that show parts of the run's own test.
        chosen: whether a threshold was chosen on photos of this evaluation.
    """
    if matches.origin is None:
        return [_UNKNOWN, *([_UNKNOWN_THRESHOLD] if chosen else [])]
    sentences = not_looked(matches.not_checked)
    if own_test:
        show = "1 photo shows a part" if own_test == 1 else f"{own_test} photos show parts"
        sentences.append(
            f"{show} of the run's own test. The model did not learn from these parts, but they are "
            "no new ones beside that test."
        )
    return sentences


def not_looked(reasons: Any) -> list[str]:
    """The warning where changed copies were not searched for."""
    if "near" not in reasons:
        return []
    return [f"Turned or changed copies of training parts were NOT looked for: {reasons['near']}."]
