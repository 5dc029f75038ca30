"""Classes with too few photos or parts, and classes of very different sizes."""

from collections import Counter

from okng.auditing.check import Check, CheckResult
from okng.auditing.evidence import Evidence, about
from okng.auditing.findings import Finding, Severity, count_of
from okng.dataset import Dataset, rare_in_words, set_rare_aside
from okng.dataset.class_counts import FEWEST_PARTS, FEWEST_PHOTOS

FEW_PHOTOS = 60
"""Photos of a class from which a metric has some meaning, see `okng.dataset.class_counts`."""
FEW_PARTS = 30
"""Parts of a class: a test of 30 parts without an error admits an error rate of 10 % (3 / n)."""
_UNBALANCED = 10  # times as many photos of the largest class as of the smallest
_SHOWN = 8  # classes named in one sentence
_HALF = 0.5  # parts per photo, below which copies are the majority of a class


class ClassCounts(Check):
    """Limits that the number of photos and parts sets to every metric."""

    id = "counts"
    in_summary = False

    def run(self, evidence: Evidence) -> CheckResult[None]:
        """One finding for each kind of shortage, not for each class."""
        counts = Counter(photo.label for photo in evidence.dataset.photos)
        parts = {name: evidence.parts(name) for name in counts}
        rare = set_rare_aside(evidence.dataset)
        poor = {n: c for n, c in counts.items() if c < FEW_PHOTOS and n not in rare.rare}
        repeated = {n: c for n, c in counts.items() if parts[n] < min(c, FEW_PARTS)}
        findings = [_rare(rare)] if rare.rare else []
        findings += [_few_photos(poor)] if poor else []
        findings += [_few_parts(repeated, parts)] if repeated else []
        (most, large), (least, small) = counts.most_common()[0], counts.most_common()[-1]
        # By photos, as a network is trained on photos.
        if large > _UNBALANCED * small:
            findings.append(_unbalanced(most, large, least, small))
        return CheckResult(findings)


def _rare(dataset: Dataset) -> Finding:
    return Finding(
        check="counts",
        severity=Severity.SERIOUS,
        what=rare_in_words(dataset),
        advice=f"A class of its own needs {FEWEST_PHOTOS} photos of {FEWEST_PARTS} parts or more; "
        f"meaningful metrics need {FEW_PHOTOS} photos.",
    )


def _few_photos(counts: dict[str, int]) -> Finding:
    """One finding for all such classes: a hundred findings would hide the rest."""
    named = _listed([f"{name} {number}" for name, number in counts.items()])
    (name, number), *others = counts.items()
    return Finding(
        check="counts",
        severity=Severity.NOTICE,
        what=f"{len(counts)} classes have fewer than {FEW_PHOTOS} photos: {named}."
        if others
        else f"{name} has only {count_of(number, 'photo')}.",
        advice=f"Take {FEW_PHOTOS} or more of different parts: a test of n parts without an error "
        "demonstrates an error rate below about 3/n.",
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
        advice="Training gives both classes the same weight. Precision on the line depends on the "
        "real fraction of defects, not on that of these photos.",
    )
