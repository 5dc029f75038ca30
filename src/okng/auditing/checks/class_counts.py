"""Too few photos or parts, and classes of unlike size."""

from collections import Counter

from okng.auditing.evidence import Evidence, about
from okng.auditing.findings import Finding, Severity, count_of
from okng.dataset import Dataset, rare_in_words, set_rare_aside
from okng.dataset.class_counts import FEWEST_PARTS, FEWEST_PHOTOS

FEW_PHOTOS = 60
FEW_PARTS = 30
_UNBALANCED = 10
_SHOWN = 8  # classes named in one sentence
_HALF = 0.5  # parts a photo, from which on copies make up most of a class


def check(evidence: Evidence) -> list[Finding]:
    """What limits every figure, however good the network is."""
    counts = Counter(photo.label for photo in evidence.dataset.photos)
    parts = {name: evidence.parts(name) for name in counts}
    rare = set_rare_aside(evidence.dataset)
    poor = {n: c for n, c in counts.items() if c < FEW_PHOTOS and n not in rare.rare}
    repeated = {
        name: number for name, number in counts.items() if parts[name] < min(number, FEW_PARTS)
    }
    found = [_rare(rare)] if rare.rare else []
    found += [_few_photos(poor)] if poor else []
    found += [_few_parts(repeated, parts)] if repeated else []
    (most, large), (least, small) = counts.most_common()[0], counts.most_common()[-1]
    if large > _UNBALANCED * small:
        found.append(_unbalanced(most, large, least, small))
    return found


def _rare(dataset: Dataset) -> Finding:
    return Finding(
        check="counts",
        severity=Severity.SERIOUS,
        what=rare_in_words(dataset),
        advice=f"Take {FEWEST_PHOTOS} photos of {FEWEST_PARTS} parts or more of each of them for a "
        f"class of its own, {FEW_PHOTOS} for a figure that means something.",
    )


def _few_photos(counts: dict[str, int]) -> Finding:
    """One finding for all poor classes: a hundred of them would hide the rest."""
    named = _listed([f"{name} {number}" for name, number in counts.items()])
    (name, number), *others = counts.items()
    return Finding(
        check="counts",
        severity=Severity.NOTICE,
        what=f"{len(counts)} classes have fewer than {FEW_PHOTOS} photos: {named}."
        if others
        else f"{name} has {count_of(number, 'photo')} only.",
        advice=f"Take {FEW_PHOTOS} or more of different parts: a test of n parts without an error "
        "proves an error rate below about 3/n.",
    )


def _few_parts(counts: dict[str, int], parts: dict[str, int]) -> Finding:
    named = _listed([f"{n:,} of {name} show {about(parts[name])}" for name, n in counts.items()])
    (name, number), *others = counts.items()
    return Finding(
        check="counts",
        severity=Severity.SERIOUS
        if any(parts[name] <= _HALF * number for name, number in counts.items())
        else Severity.NOTICE,
        what=f"The photos of {len(counts)} classes show few parts: {named}."
        if others
        else f"The {number:,} photos of {name} show only {about(parts[name])}.",
        advice="A network can memorise these parts. Photograph more parts, not more photos "
        "of the same ones.",
    )


def _listed(items: list[str]) -> str:
    more = f" and {len(items) - _SHOWN} more" if len(items) > _SHOWN else ""
    return ", ".join(items[:_SHOWN]) + more


def _unbalanced(most: str, large: int, least: str, small: int) -> Finding:
    return Finding(
        check="counts",
        severity=Severity.NOTICE,
        what=f"There are {large / small:.0f} times as many photos of {most} as of {least}.",
        advice="Training weighs them alike. Precision on the line depends on the real share of "
        "defects, not on this one.",
    )
