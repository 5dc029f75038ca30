"""Photos of another form: size, aspect, colour mode, bit depth, orientation, previews, alpha."""

import itertools
from collections import Counter
from collections.abc import Mapping

from okng.auditing.check import Check, CheckResult
from okng.auditing.evidence import Evidence, Need
from okng.auditing.findings import Finding, Severity

_RARE = 0.05  # fraction of photos up to which a form is an exception and not a second kind
_ASPECT = 1.1  # ratio of the largest aspect ratio to the smallest
_GAP = 2.0  # ratio of largest values: two bit depths differ by a factor of 4, less some lighting


class Formats(Check):
    """Rare forms of photos, mixed bit depths, and further contents of the files."""

    id = "formats"
    needs = (Need.FACTS,)

    def run(self, evidence: Evidence) -> CheckResult[None]:
        """One finding for each property that differs."""
        photos = evidence.measured()
        if not photos:
            return CheckResult()
        facts = [evidence.facts[photo.path] for photo in photos]
        forms = {
            "size": [f"{fact.width} x {fact.height} pixels" for fact in facts],
            "colour mode": [f"{fact.mode}, {fact.bits} bit" for fact in facts],
            "format": [fact.file_format for fact in facts],
        }
        paths = [photo.path for photo in photos]
        return CheckResult(
            [
                *(f for name, values in forms.items() for f in _rare(name, values, paths)),
                *_depths(evidence),
                *_aspects(evidence),
                *_turned(evidence),
                *_views(evidence),
                *_clear_parts(evidence),
            ]
        )


def _rare(name: str, values: list[str], paths: list[str]) -> list[Finding]:
    counts = Counter(values)
    common, number = counts.most_common(1)[0]
    odd = [path for path, value in zip(paths, values, strict=True) if counts[value] < number]
    if not odd or len(odd) > _RARE * len(paths):
        return []
    others = ", ".join(value for value, _ in counts.most_common()[1:4])
    return [
        Finding(
            check="formats",
            severity=Severity.NOTICE,
            what=f"{len(odd)} photos have another {name} than the rest ({common}): {others}.",
            advice="Find out where they come from: another camera often means another lighting.",
            photos=odd,
        )
    ]


def _aspects(evidence: Evidence) -> list[Finding]:
    # All photos, not splits: each is resized to a square by itself.
    shapes = [f.width / f.height for f in evidence.facts.values()]
    if max(shapes) < _ASPECT * min(shapes):
        return []
    return [
        Finding(
            check="formats",
            severity=Severity.NOTICE,
            what=f"Photos have aspect ratios from {min(shapes):.2f} to {max(shapes):.2f}; the "
            "network resizes all of them to squares, so parts are distorted by different amounts.",
            advice="Crop all photos to the same aspect ratio, before training and on the line.",
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
            what=f"{len(turned)} photos are stored rotated, with their orientation in EXIF.",
            advice="okng turns them upright. Other programs may not: save them upright.",
            photos=turned,
        )
    ]


def _depths(evidence: Evidence) -> list[Finding]:
    """The depth by which photos of more than 8 bits are scaled, and whether depths are mixed."""
    peaks = {path: fact.peak for path, fact in evidence.facts.items() if fact.filled}
    if not peaks:
        return []
    counts = Counter(evidence.facts[path].filled for path in peaks)
    shares = ", ".join(f"{number} of {bits} bits" for bits, number in sorted(counts.items()))
    what = (
        f"{len(peaks)} photos have more than 8 bits; their values use {evidence.dataset.depth} "
        "bits, and all of them are scaled by that depth"
    )
    darker = _darker(peaks)
    if not darker:
        return [
            Finding(
                check="depth",
                severity=Severity.NOTICE,
                what=f"{what}: {shares}.",
                advice="The model file stores this depth and rejects photos on the line that "
                "exceed it.",
            )
        ]
    several = min(len(darker), len(peaks) - len(darker)) > _RARE * len(peaks)
    return [
        Finding(
            check="depth",
            severity=Severity.SERIOUS if several else Severity.NOTICE,
            what=f"{what}, but some use fewer: {shares}. {len(darker)} become darker.",
            advice="If they are from another camera or setting, save all photos with the same "
            "depth; if they show a darker scene, keep them.",
            photos=darker,
        )
    ]


def _darker(peaks: Mapping[str, float]) -> list[str]:
    """Photos below the widest gap between the largest values, if it is a factor of 2 or more.

    Lighting changes gradually from photo to photo; another bit depth leaves a gap.
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
            what=f"{len(several)} files contain {sum(several.values())} pictures (previews, "
            "frames, depth maps); the first full one of each is used, the others are left out.",
            advice="To use another picture of a file, save it as a separate file.",
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
            what=f"{len(clear)} photos have transparent pixels, which become black.",
            advice="Save them without transparency, as the line delivers them.",
            photos=clear,
        )
    ]
