"""Drift: splits taken with other lighting, another resolution or another camera."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from okng.auditing.check import Check, CheckResult
from okng.auditing.evidence import Evidence, Need
from okng.auditing.findings import Finding, Severity
from okng.auditing.image_statistics import Facts
from okng.wording import sentence

_FAR = 0.8  # standard deviations: a large effect after Cohen (1988)
_CERTAIN = 3.0  # standard errors; a smaller difference may be due to chance
_STRANGE = 0.2  # fraction of photos with a camera or a size that does not occur in training
_NAMED = 3  # cameras or sizes in one sentence
_FACTS = ("brightness", "contrast", "sharpness")


class Drift(Check):
    """Compares validation and test with training."""

    id = "drift"
    needs = (Need.FACTS,)

    def run(self, evidence: Evidence) -> CheckResult[None]:
        """One notice for each property that differs in a split."""
        by_split = {
            split: [evidence.facts[p.path] for p in evidence.measured() if p.split == split]
            for split in ("train", "val", "test")
        }
        train = by_split.pop("train")
        if not train:
            return CheckResult()
        findings: list[Finding | None] = []
        for split, facts in by_split.items():
            if facts:
                findings += [_measured(split, name, train, facts) for name in _FACTS]
                findings += [_camera(split, train, facts), _size(split, train, facts)]
        return CheckResult([finding for finding in findings if finding])


def _measured(
    split: str, name: str, train: Sequence[Facts], other: Sequence[Facts]
) -> Finding | None:
    ours, theirs = (np.array([getattr(f, name) for f in part]) for part in (train, other))
    spread = float(np.sqrt((ours.var() + theirs.var()) / 2))
    effect = abs(float(ours.mean() - theirs.mean())) / max(spread, 1e-6)
    if effect < max(_FAR, _CERTAIN * float(np.sqrt(1 / len(ours) + 1 / len(theirs)))):
        return None
    result = sentence("drift", property=name, split=split, effect=effect)
    return Finding.of("drift", Severity.NOTICE, result)


def _camera(split: str, train: Sequence[Facts], other: Sequence[Facts]) -> Finding | None:
    return _names("drift_camera", split, [f.camera for f in train], [f.camera for f in other])


def _size(split: str, train: Sequence[Facts], other: Sequence[Facts]) -> Finding | None:
    ours, theirs = ([f"{f.width} x {f.height}" for f in part] for part in (train, other))
    return _names("drift_size", split, ours, theirs)


def _names(code: str, split: str, train: Sequence[str], other: Sequence[str]) -> Finding | None:
    known = Counter(train)
    strange = [name for name in other if name not in known]
    # Where every photo has its own size, an unknown size means nothing.
    single = sum(count == 1 for count in known.values()) / len(train)
    if len(strange) / len(other) < single + _STRANGE:
        return None
    result = sentence(
        code,
        strange=len(strange),
        photos=len(other),
        split=split,
        there=sorted(set(strange))[:_NAMED],
        training=sorted(set(train))[:_NAMED],
    )
    return Finding.of("drift", Severity.NOTICE, result)
