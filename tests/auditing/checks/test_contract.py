"""What every check of the audit promises, whichever it is."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from okng.auditing import checks
from okng.auditing.defects import Defect
from okng.auditing.evidence import Evidence, NearResult
from okng.auditing.findings import Finding, Pair, Severity
from okng.dataset import LeftOut, OkChoice, Photo, Reason, Unreadable

Make = Callable[..., Evidence]
CHECKS = [
    importlib.import_module(f"okng.auditing.checks.{found.name}")
    for found in pkgutil.iter_modules(checks.__path__)
]


LEFT_OUT = (
    LeftOut(Reason.MASK, "", "", 2, "ng/050_GT.png"),
    LeftOut(Reason.NO_PHOTO, "ok", ".mp4", 3),
)


def spoilt(make: Make, clean: list[Photo]) -> Evidence:
    """Photos with everything wrong that a check can find."""
    photos = [replace(p, split="") for p in clean if not p.path.startswith("ng/00")]
    for number, split in enumerate(("train", "val", "test")):
        photos += [
            Photo(f"ok/copy{number}.jpg", "ok", "same", "part:x", split),
            Photo(f"ng/other{number}.jpg", "ng", f"o{number}", "part:x", split),
        ]
        photos += [Photo(f"ok/{split}{n}.jpg", "ok", f"{split}{n}", "", split) for n in range(12)]
    photos += [Photo(f"ok/more{n}.jpg", "ok", f"m{n}") for n in range(700)]
    groups = [[p.path for p in photos if p.group], [f"ok/more{n}.jpg" for n in range(400)]]
    links = [Pair(a=a, b=b, score=0.5) for g in groups for a, b in pairwise(g)]
    dropped = [Pair(a="ok/001.jpg", b="ok/002.jpg", score=0.1)]
    near = NearResult(pairs=links, groups=groups, threshold=20, false_match_rate=0.0, reason="r",
                      checked=9, dropped=dropped)  # fmt: skip
    changed: dict[str, dict[str, Any]] = {
        p.path: {"brightness": 0.5 + 0.3 * (p.label == "ng")} for p in photos
    }
    changed |= {f"ok/test{n}.jpg": {"brightness": 0.9, "camera": "Other"} for n in range(12)}
    changed |= {"ok/030.jpg": {"width": 200, "orientation": 6}, "ok/031.jpg": {"mode": "RGBA"}}
    changed |= {"ok/032.jpg": {"sharpness": 1e-6}, "ok/033.jpg": {"dark": 0.9}}
    defects = {"ng/050.jpg": Defect(area=9, width=300, height=300)}
    evidence: Evidence = make(photos, changed, near=near, defects=defects, image_size=192)
    bad = Unreadable("ok/bad.jpg", "The file is empty")
    dataset = replace(
        evidence.dataset, unreadable=(bad,), ok_choice=OkChoice.NAME, left_out=LEFT_OUT
    )
    rng = np.random.default_rng(0)
    labels = np.array([[float(p.label == "ng")] for p in photos])
    for row in [n for n, p in enumerate(photos) if p.label == "ng"][:3]:
        labels[row] = 0
    values = (labels + rng.normal(0, 0.1, (len(photos), 8))).astype(np.float32)
    return replace(evidence, dataset=dataset, embeddings=values)


def test_there_are_checks() -> None:
    """A test over an empty list would prove nothing."""
    assert len(CHECKS) >= 12


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.rsplit(".", 1)[1])
def test_what_is_wrong_is_told(check: ModuleType, make: Make, clean: list[Photo]) -> None:
    """Findings with a severity, a sentence, advice that is one, and evidence from these photos."""
    evidence = spoilt(make, clean)
    paths = {p.path for p in evidence.dataset.photos} | {"ok/bad.jpg"}
    found: list[Finding] = check.check(evidence)

    assert found
    for finding in found:
        assert finding.severity in Severity
        assert finding.what[0].isupper() or finding.what[0].isdigit() or finding.check == "counts"
        assert finding.what.endswith(".")
        assert finding.advice.endswith(".")
        assert {
            *finding.photos,
            *(p.a for p in finding.pairs),
            *(p.b for p in finding.pairs),
        } <= paths


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.rsplit(".", 1)[1])
def test_clean_photos_are_left_in_peace(check: ModuleType, make: Make, clean: list[Photo]) -> None:
    """No check cries wolf."""
    assert check.check(make(clean)) == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.rsplit(".", 1)[1])
def test_without_measurements_nothing_fails(
    check: ModuleType, clean: list[Photo], make: Make
) -> None:
    """Where the extra is missing there are digests only."""
    assert check.check(replace(make(clean), facts={})) == []


def test_every_check_says_what_it_is() -> None:
    """A docstring of its own, and a function `check`."""
    for check in CHECKS:
        assert check.__doc__
        assert callable(check.check)
