"""Photos of another form than the others: size, aspect, colour mode, bit depth, orientation."""

from collections import Counter

from okng.audit.evidence import Evidence
from okng.audit.findings import Finding, Severity

_RARE = 0.05
_ASPECT = 1.1


def check(evidence: Evidence) -> list[Finding]:
    """Forms that few photos have, and photos that are turned by EXIF."""
    photos = evidence.measured()
    if not photos:
        return []
    facts = [evidence.facts[photo.path] for photo in photos]
    forms = {
        "size": [f"{fact.width} x {fact.height} pixels" for fact in facts],
        "colour mode": [f"{fact.mode}, {fact.bits} bit" for fact in facts],
        "format": [fact.file_format for fact in facts],
    }
    paths = [photo.path for photo in photos]
    found = [finding for name, values in forms.items() for finding in _rare(name, values, paths)]
    return found + _aspects(evidence) + _turned(evidence)


def _rare(name: str, values: list[str], paths: list[str]) -> list[Finding]:
    counts = Counter(values)
    usual, number = counts.most_common(1)[0]
    odd = [path for path, value in zip(paths, values, strict=True) if counts[value] < number]
    if not odd or len(odd) > _RARE * len(paths):
        return []
    others = ", ".join(value for value, _ in counts.most_common()[1:4])
    return [
        Finding(
            check="formats",
            severity=Severity.NOTICE,
            what=f"{len(odd)} photos have another {name} than the rest ({usual}): {others}.",
            advice="Find out where they come from: another camera is another light as well.",
            photos=odd,
        )
    ]


def _aspects(evidence: Evidence) -> list[Finding]:
    shapes = [f.width / f.height for f in evidence.facts.values()]
    if max(shapes) < _ASPECT * min(shapes):
        return []
    return [
        Finding(
            check="formats",
            severity=Severity.NOTICE,
            what=f"Photos have aspect ratios from {min(shapes):.2f} to {max(shapes):.2f}; the "
            "network sees all of them as squares, so parts are stretched unlike.",
            advice="Crop all photos alike before training and on the line.",
        )
    ]


def _turned(evidence: Evidence) -> list[Finding]:
    turned = [path for path, fact in evidence.facts.items() if fact.orientation != 1]
    if not turned:
        return []
    return [
        Finding(
            check="orientation",
            severity=Severity.NOTICE,
            what=f"{len(turned)} photos are stored turned, with a note in EXIF on how to show "
            "them.",
            advice="okng turns them upright everywhere. Other programs may not: save them upright.",
            photos=turned,
        )
    ]
