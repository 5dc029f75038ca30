"""The key `leakage` of metrics.json, and the sentences that belong beside the figures."""

from collections import Counter
from collections.abc import Mapping

from okng.evaluation import Leakage, Scores
from okng.evaluation.results import Message, message
from okng.steps.leakage.matching import WAYS, Matches

_CHECKED = {
    "file": "photos that the model was trained on, byte by byte",
    "pixels": "pixel by pixel",
    "near": "turned or changed copies of them",
    "group": "their groups",
}


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


def cautions(matches: Matches, *, chosen: bool, own_test: int = 0) -> list[Message]:
    """What was not searched for, and which photos add no new part.

    Args:
        matches: of the photos with those of training.
        own_test: reported photos that show parts of the run's own test.
        chosen: whether a threshold was chosen on photos of this evaluation.
    """
    if matches.origin is None:
        unknown = message("training_photos_unknown")
        return [unknown, *([message("threshold_photos_unknown")] if chosen else [])]
    searched = not_searched(matches.not_checked)
    return [*searched, *([message("own_test", photos=own_test)] if own_test else [])]


def not_searched(reasons: Mapping[str, str] | None) -> list[Message]:
    """The warning where changed copies were not searched for."""
    if not reasons or "near" not in reasons:
        return []
    return [message("copies_not_searched", reason=reasons["near"])]
