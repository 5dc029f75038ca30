"""Photos of another form: size, aspect, colour mode, bit depth, orientation, previews, alpha."""

import itertools
from collections import Counter
from collections.abc import Mapping

from okng.auditing.check import Check, CheckResult
from okng.auditing.evidence import Evidence, Need
from okng.auditing.findings import Finding, Severity
from okng.wording import sentence

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
            "other_size": [f"{fact.width} x {fact.height}" for fact in facts],
            "other_mode": [f"{fact.mode}, {fact.bits} bit" for fact in facts],
            "other_format": [fact.file_format for fact in facts],
        }
        paths = [photo.path for photo in photos]
        return CheckResult(
            [
                *(f for code, values in forms.items() for f in _rare(code, values, paths)),
                *_depths(evidence),
                *_aspects(evidence),
                *_turned(evidence),
                *_views(evidence),
                *_clear_parts(evidence),
            ]
        )


def _rare(code: str, values: list[str], paths: list[str]) -> list[Finding]:
    counts = Counter(values)
    common, number = counts.most_common(1)[0]
    odd = [path for path, value in zip(paths, values, strict=True) if counts[value] < number]
    if not odd or len(odd) > _RARE * len(paths):
        return []
    others = [value for value, _ in counts.most_common()[1:4]]
    result = sentence(code, photos=len(odd), common=common, others=others)
    return [Finding.of("formats", Severity.NOTICE, result, photos=odd)]


def _aspects(evidence: Evidence) -> list[Finding]:
    # All photos, not splits: each is resized to a square by itself.
    shapes = [f.width / f.height for f in evidence.facts.values()]
    if max(shapes) < _ASPECT * min(shapes):
        return []
    result = sentence("aspects", low=min(shapes), high=max(shapes))
    return [Finding.of("formats", Severity.NOTICE, result)]


def _turned(evidence: Evidence) -> list[Finding]:
    turned = [path for path, fact in evidence.facts.items() if 2 <= fact.orientation <= 8]
    if not turned:
        return []
    result = sentence("turned", photos=len(turned))
    return [Finding.of("orientation", Severity.NOTICE, result, photos=turned)]


def _depths(evidence: Evidence) -> list[Finding]:
    """The depth by which photos of more than 8 bits are scaled, and whether depths are mixed."""
    peaks = {path: fact.peak for path, fact in evidence.facts.items() if fact.filled}
    if not peaks:
        return []
    counts = Counter(evidence.facts[path].filled for path in peaks)
    rows = [(photos, bits) for bits, photos in sorted(counts.items())]
    darker = _darker(peaks)
    result = sentence(
        "depths_mixed" if darker else "depth",
        photos=len(peaks),
        depth=evidence.dataset.depth,
        depths=rows,
        darker=len(darker),
    )
    several = min(len(darker), len(peaks) - len(darker)) > _RARE * len(peaks)
    severity = Severity.SERIOUS if several else Severity.NOTICE
    return [Finding.of("depth", severity, result, photos=darker)]


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
    result = sentence("several_pictures", files=len(several), pictures=sum(several.values()))
    return [Finding.of("pictures", Severity.NOTICE, result, photos=sorted(several))]


def _clear_parts(evidence: Evidence) -> list[Finding]:
    clear = sorted(path for path, fact in evidence.facts.items() if fact.clear_parts)
    if not clear:
        return []
    result = sentence("transparent", photos=len(clear))
    return [Finding.of("transparency", Severity.NOTICE, result, photos=clear)]
