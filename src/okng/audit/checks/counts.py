"""Too few photos or parts, and classes of unlike size."""

from collections import Counter

from okng.audit.evidence import Evidence, about
from okng.audit.findings import Finding, Severity

FEW_PHOTOS = 60
FEW_PARTS = 30
_UNBALANCED = 10


def check(evidence: Evidence) -> list[Finding]:
    """What limits every figure, however good the network is."""
    counts = Counter(photo.label for photo in evidence.dataset.photos)
    found = [_few_photos(name, n) for name, n in counts.items() if n < FEW_PHOTOS]
    for name, number in counts.items():
        parts = evidence.parts(name)
        if parts < number and parts < FEW_PARTS:
            found.append(_few_parts(name, number, parts))
    (most, large), (least, small) = counts.most_common()[0], counts.most_common()[-1]
    if large > _UNBALANCED * small:
        found.append(_unbalanced(most, large, least, small))
    return found


def _few_photos(name: str, number: int) -> Finding:
    return Finding(
        check="counts",
        severity=Severity.NOTICE,
        what=f"{name} has {number} photos only.",
        advice=f"Take {FEW_PHOTOS} or more of different parts: a test of n parts without an error "
        "proves an error rate below about 3/n.",
    )


def _few_parts(name: str, number: int, parts: int) -> Finding:
    return Finding(
        check="counts",
        severity=Severity.SERIOUS,
        what=f"The {number:,} photos of {name} show only {about(parts)}.",
        advice="A network can learn these parts by heart. Photograph more parts, not more photos "
        "of the same ones.",
    )


def _unbalanced(most: str, large: int, least: str, small: int) -> Finding:
    return Finding(
        check="counts",
        severity=Severity.NOTICE,
        what=f"There are {large / small:.0f} times as many photos of {most} as of {least}.",
        advice="Training weighs them alike. Precision on the line depends on the real share of "
        "defects, not on this one.",
    )
