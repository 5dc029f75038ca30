"""Photos of another form: size, aspect, colour mode, bit depth, orientation, previews, alpha."""

import itertools
from collections import Counter
from collections.abc import Mapping

from okng.auditing.evidence import Evidence
from okng.auditing.findings import Finding, Severity

_RARE = 0.05
_ASPECT = 1.1
_GAP = 2.0  # largest values of two depths lie a factor of 4 apart, less some light


def check(evidence: Evidence) -> list[Finding]:
    """Forms that few photos have, mixed depths, and what files hold beside the photo."""
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
    return [
        *found,
        *_depths(evidence),
        *_aspects(evidence),
        *_turned(evidence),
        *_views(evidence),
        *_clear_parts(evidence),
    ]


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
    turned = [path for path, fact in evidence.facts.items() if 2 <= fact.orientation <= 8]
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


def _depths(evidence: Evidence) -> list[Finding]:
    """The bits that deep photos are scaled by, and whether they are of several depths."""
    peaks = {path: fact.peak for path, fact in evidence.facts.items() if fact.filled}
    if not peaks:
        return []
    counts = Counter(evidence.facts[path].filled for path in peaks)
    shares = ", ".join(f"{number} of {bits} bits" for bits, number in sorted(counts.items()))
    what = (
        f"{len(peaks)} photos have more than 8 bits; their values fill {evidence.dataset.depth} "
        "bits, by which all of them are scaled"
    )
    darker = _darker(peaks)
    if not darker:
        return [
            Finding(
                check="depth",
                severity=Severity.NOTICE,
                what=f"{what}: {shares}.",
                advice="The model file keeps this depth, and refuses photos on the line that "
                "exceed it.",
            )
        ]
    several = min(len(darker), len(peaks) - len(darker)) > _RARE * len(peaks)
    return [
        Finding(
            check="depth",
            severity=Severity.SERIOUS if several else Severity.NOTICE,
            what=f"{what}, but not all fill as many: {shares}. {len(darker)} come out darker.",
            advice="Where they are of another camera or setting, save all photos with the same "
            "depth; where they show a darker scene, leave them.",
            photos=darker,
        )
    ]


def _darker(peaks: Mapping[str, float]) -> list[str]:
    """Photos below the widest gap between largest values, where one is twice the other or more.

    Light changes gradually from photo to photo; another depth leaves a gap.
    """
    order = sorted(peaks, key=lambda path: peaks[path])
    steps = [
        (peaks[high] / max(peaks[low], 1.0), number)
        for number, (low, high) in enumerate(itertools.pairwise(order), start=1)
    ]
    widest, number = max(steps, default=(1.0, 0))
    return sorted(order[:number]) if widest >= _GAP else []


def _views(evidence: Evidence) -> list[Finding]:
    several = {path: fact.views for path, fact in evidence.facts.items() if fact.views > 1}
    if not several:
        return []
    return [
        Finding(
            check="pictures",
            severity=Severity.NOTICE,
            what=f"{len(several)} files hold {sum(several.values())} pictures (previews, frames, "
            "depth maps); the first full one of each is taken, the others are left out.",
            advice="Where another picture of the file is meant, save it as a file of its own.",
            photos=sorted(several),
        )
    ]


def _clear_parts(evidence: Evidence) -> list[Finding]:
    clear = sorted(path for path, fact in evidence.facts.items() if fact.clear_parts)
    if not clear:
        return []
    return [
        Finding(
            check="transparency",
            severity=Severity.NOTICE,
            what=f"{len(clear)} photos are transparent in parts, which are taken as black.",
            advice="Save them without transparency, as the line brings them.",
            photos=clear,
        )
    ]
