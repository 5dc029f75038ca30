"""Classes with too few photos or parts, and classes of very different sizes."""

from collections import Counter

from okng.auditing.check import Check, CheckResult
from okng.auditing.evidence import Evidence
from okng.auditing.findings import Finding, Severity
from okng.dataset import rare_types, set_rare_aside
from okng.dataset.class_counts import FEWEST_PARTS, FEWEST_PHOTOS
from okng.wording import Sentence, sentence

FEW_PHOTOS = 60
"""Photos of a class from which a metric has some meaning, see `okng.dataset.class_counts`."""
FEW_PARTS = 30
"""Parts of a class: a test of 30 parts without an error admits an error rate of 10 % (3 / n)."""
_UNBALANCED = 10  # times as many photos of the largest class as of the smallest
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
        aside = rare_types(rare)
        findings = [_rare(aside)] if aside else []
        findings += [_few_photos(poor)] if poor else []
        findings += [_few_parts(repeated, parts)] if repeated else []
        (most, large), (least, small) = counts.most_common()[0], counts.most_common()[-1]
        # By photos, as a network is trained on photos.
        if large > _UNBALANCED * small:
            findings.append(_unbalanced(most, large, least, small))
        return CheckResult(findings)


def _rare(rare: Sentence) -> Finding:
    needed = {"fewest_photos": FEWEST_PHOTOS, "fewest_parts": FEWEST_PARTS, "advised": FEW_PHOTOS}
    return Finding.of("counts", Severity.SERIOUS, sentence(rare.code, **rare.values, **needed))


def _few_photos(counts: dict[str, int]) -> Finding:
    """One finding for all such classes: a hundred findings would hide the rest."""
    (name, photos), *others = counts.items()
    result = sentence("class_few_photos", name=name, photos=photos, fewest=FEW_PHOTOS)
    if others:
        rows = list(counts.items())
        result = sentence("classes_few_photos", number=len(rows), classes=rows, fewest=FEW_PHOTOS)
    return Finding.of("counts", Severity.NOTICE, result)


def _few_parts(counts: dict[str, int], parts: dict[str, int]) -> Finding:
    rows = [(name, photos, parts[name]) for name, photos in counts.items()]
    (name, photos, few), *others = rows
    result = sentence("class_few_parts", name=name, photos=photos, parts=few)
    if others:
        result = sentence("classes_few_parts", number=len(rows), classes=rows)
    copies = any(parts[name] <= _HALF * photos for name, photos in counts.items())
    return Finding.of("counts", Severity.SERIOUS if copies else Severity.NOTICE, result)


def _unbalanced(most: str, large: int, least: str, small: int) -> Finding:
    result = sentence("unbalanced", times=large / small, most=most, least=least)
    return Finding.of("counts", Severity.NOTICE, result)
