"""okng.auditing.checks.suspicious_labels: wrong labels are found, and copies confirm none."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from okng.auditing.checks.suspicious_labels import SuspiciousLabels
from okng.auditing.evidence import Evidence
from okng.auditing.findings import Finding
from okng.dataset import Photo

Make = Callable[..., Evidence]


def check(evidence: Evidence) -> list[Finding]:
    """The findings of the check."""
    return list(SuspiciousLabels().run(evidence).findings)


def embeddings(photos: list[Photo], wrong: set[str]) -> npt.NDArray[np.float32]:
    """Numbers that tell the classes, but for photos with the wrong label."""
    rng = np.random.default_rng(0)
    truth = np.array([[float((p.label == "ng") != (p.path in wrong))] for p in photos])
    return (truth + rng.normal(0, 0.1, (len(photos), 8))).astype(np.float32)


def test_wrong_labels_come_first(make: Make, clean: list[Photo]) -> None:
    """Two planted on either side."""
    wrong = {"ok/003.jpg", "ng/040.jpg"}
    found = SuspiciousLabels().run(make(clean, embeddings=embeddings(clean, wrong))).rows or []

    assert {s.path for s in found[:2]} == wrong
    assert len(found) <= 4
    assert all(s.label != s.likelier and s.probability < 0.5 for s in found[:2])


def test_right_labels_are_believed(make: Make, clean: list[Photo]) -> None:
    """Nothing is suspicious about clean photos."""
    evidence = make(clean, embeddings=embeddings(clean, set()))

    assert SuspiciousLabels().run(evidence).rows == []
    assert check(evidence) == []


def test_copies_do_not_vouch_for_each_other(make: Make, clean: list[Photo]) -> None:
    """A wrong label that all photos of a part share is found, though they all agree on it."""
    part = {f"ok/{n:03d}.jpg" for n in range(6)}
    photos = [replace(p, group="part:x") if p.path in part else p for p in clean]
    values = embeddings(photos, part)
    values[[p.path in part for p in photos]] += 3 * np.eye(8, dtype=np.float32)[0]
    found = SuspiciousLabels().run(make(photos, embeddings=values)).rows or []

    assert part <= {s.path for s in found}


def test_few_parts_are_not_judged(make: Make, clean: list[Photo]) -> None:
    """Nine parts of a class are too few to learn from; and nothing is without embeddings."""
    few = clean[:9] + clean[70:]

    assert SuspiciousLabels().run(make(few, embeddings=embeddings(few, set()))).rows is None
    assert SuspiciousLabels().run(make(clean)).rows is None
