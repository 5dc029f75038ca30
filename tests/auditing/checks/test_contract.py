"""The contract of every check of the audit."""

import json
import pkgutil
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from okng.auditing import checks
from okng.auditing.check import Check
from okng.auditing.defects import Defect
from okng.auditing.evidence import NOT_MEASURED, Evidence, NearResult, Need
from okng.auditing.findings import Findings, Pair
from okng.auditing.run_checks import run_check
from okng.dataset import LeftOut, OkChoice, Photo, Reason, Unreadable
from okng.wording import finding_in_words, language

Make = Callable[..., Evidence]
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


EXPECTED: dict[str, list[tuple[str, str]]] = {
    "leaks": [("leaks", "serious")],
    "label_conflicts": [("label_conflicts", "serious")],
    "near_duplicates": [
        ("near_duplicates", "notice"),
        ("near_duplicates", "notice"),
        ("near_duplicates", "notice"),
    ],
    "ok_class": [("ok_class", "notice")],
    "counts": [("counts", "notice")],
    "exact_duplicates": [("exact_duplicates", "notice")],
    "unreadable": [("unreadable", "notice")],
    "left_out": [("left_out", "serious"), ("left_out", "notice")],
    "formats": [
        ("formats", "notice"),
        ("formats", "notice"),
        ("formats", "notice"),
        ("orientation", "notice"),
    ],
    "exposure": [("exposure", "notice"), ("exposure", "notice")],
    "drift": [("drift", "notice"), ("drift", "notice")],
    "defect_sizes": [("defect_sizes", "notice")],
    "shortcuts": [("shortcuts", "serious")],
    "suspicious_labels": [("suspicious_labels", "notice")],
}
"""Findings on the spoilt photos by id of the check: name and severity."""


def by_id(check: Check) -> str:
    """The name of a case."""
    return check.id


def test_every_module_has_its_check_in_the_registry() -> None:
    """No check is forgotten, and no id is used twice."""
    modules = {f"{checks.__name__}.{item.name}" for item in pkgutil.iter_modules(checks.__path__)}

    assert {type(check).__module__ for check in checks.CHECKS} == modules
    assert len({check.id for check in checks.CHECKS}) == len(checks.CHECKS) == len(modules) > 12


@pytest.mark.parametrize("check", checks.CHECKS, ids=by_id)
def test_what_is_wrong_is_reported(check: Check, make: Make, clean: list[Photo]) -> None:
    """Each check reports what was spoilt, as serious as it is, with evidence from these photos.

    Its sentences come from code and values, so they are there in German, too.
    """
    evidence = spoilt(make, clean)
    paths = {p.path for p in evidence.dataset.photos} | {"ok/bad.jpg"}
    findings = check.run(evidence).findings

    assert [(f.check, f.severity.value) for f in findings] == EXPECTED[check.id]
    for finding in findings:
        assert finding.what.endswith(".")
        assert finding.advice.endswith(".")
        stored = json.loads(json.dumps(finding.model_dump()))
        assert finding_in_words(stored) == (finding.what, finding.advice)
        with language("de"):
            german = finding.in_words()
        assert german.what != finding.what
        assert german.advice != finding.advice
        assert {
            *finding.photos,
            *(p.a for p in finding.pairs),
            *(p.b for p in finding.pairs),
        } <= paths


@pytest.mark.parametrize("check", checks.CHECKS, ids=by_id)
def test_clean_photos_have_no_finding(check: Check, make: Make, clean: list[Photo]) -> None:
    """No check has a finding on photos without a fault."""
    assert list(check.run(make(clean)).findings) == []


@pytest.mark.parametrize("check", checks.CHECKS, ids=by_id)
def test_missing_evidence_is_a_reason(check: Check, make: Make, clean: list[Photo]) -> None:
    """A check whose evidence is missing is not made, and has neither findings nor rows."""
    evidence = replace(make(clean), facts={}, missing=dict.fromkeys(Need, "not here"))
    result = run_check(check, evidence)

    assert list(result.findings) == []
    if check.needs:
        assert result.reason in {"not here", NOT_MEASURED}
        assert result.rows is None
    else:
        assert result.checked


@pytest.mark.parametrize("check", checks.CHECKS, ids=by_id)
def test_rows_fit_the_findings(check: Check, make: Make, clean: list[Photo]) -> None:
    """A check has rows exactly where `audit.json` has a key of its name."""
    result = check.run(spoilt(make, clean))

    assert (result.rows is not None) == (check.id in Findings.model_fields)
