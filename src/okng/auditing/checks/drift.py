"""Drift: splits that were taken in other light, at other resolution or with another camera."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from okng.auditing.evidence import Evidence
from okng.auditing.findings import Finding, Severity
from okng.auditing.image_statistics import Facts

_FAR = 0.8  # standard deviations, a large effect after Cohen (1988)
_CERTAIN = 3.0  # standard errors; less may be chance
_STRANGE = 0.2  # share of photos with a camera or a size that training never shows
_FACTS = {"brightness": "brightness", "contrast": "contrast", "sharpness": "sharpness"}


def check(evidence: Evidence) -> list[Finding]:
    """Compare validation and test with training."""
    by_split = {
        split: [evidence.facts[p.path] for p in evidence.measured() if p.split == split]
        for split in ("train", "val", "test")
    }
    train = by_split["train"]
    others = {name: facts for name, facts in by_split.items() if name != "train" and facts}
    if not train:
        return []
    found = []
    for name, facts in others.items():
        found += [_light(name, word, key, train, facts) for key, word in _FACTS.items()]
        found += [_words(name, "a camera", *([f.camera for f in part] for part in (train, facts)))]
        sizes = ([f"{f.width} x {f.height}" for f in part] for part in (train, facts))
        found += [_words(name, "a size", *sizes)]
    return [finding for finding in found if finding]


def _light(
    split: str, word: str, key: str, train: Sequence[Facts], other: Sequence[Facts]
) -> Finding | None:
    ours, theirs = (np.array([getattr(f, key) for f in part]) for part in (train, other))
    spread = float(np.sqrt((ours.var() + theirs.var()) / 2))
    effect = abs(float(ours.mean() - theirs.mean())) / max(spread, 1e-6)
    if effect < max(_FAR, _CERTAIN * float(np.sqrt(1 / len(ours) + 1 / len(theirs)))):
        return None
    return Finding(
        check="drift",
        severity=Severity.NOTICE,
        what=f"The {word} of the {split} split differs from that of training by {effect:.1f} "
        "standard deviations.",
        advice="Good if the line will differ likewise: the figures then hold for it. Otherwise "
        "take `data.split` new.",
    )


def _words(split: str, what: str, train: Sequence[str], other: Sequence[str]) -> Finding | None:
    known = Counter(train)
    strange = [word for word in other if word not in known]
    single = sum(count == 1 for count in known.values()) / len(train)  # every photo its own size
    if len(strange) / len(other) < single + _STRANGE:
        return None
    return Finding(
        check="drift",
        severity=Severity.NOTICE,
        what=f"{len(strange)} of {len(other)} photos of the {split} split have {what} that "
        f"training never shows: {_some(strange)}; there it is {_some(train)}.",
        advice="Make sure that the line uses what training saw.",
    )


def _some(words: Sequence[str]) -> str:
    return ", ".join(word or "unknown" for word in sorted(set(words))[:3])
