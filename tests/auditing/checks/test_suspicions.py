"""okng.auditing.checks.suspicious_labels: wrong labels are found, on predictions that no copy vouches for."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from okng.auditing.checks.suspicious_labels import check, suspicious_labels
from okng.auditing.evidence import Evidence
from okng.dataset import Photo

Make = Callable[..., Evidence]


def embeddings(photos: list[Photo], wrong: set[str]) -> npt.NDArray[np.float32]:
    """Numbers that tell the classes, but for photos with the wrong label."""
    rng = np.random.default_rng(0)
    truth = np.array([[float((p.label == "ng") != (p.path in wrong))] for p in photos])
    return (truth + rng.normal(0, 0.1, (len(photos), 8))).astype(np.float32)


def test_wrong_labels_come_first(make: Make, clean: list[Photo]) -> None:
    """Two planted on either side."""
    wrong = {"ok/003.jpg", "ng/040.jpg"}
    found = suspicious_labels(make(clean, embeddings=embeddings(clean, wrong))) or []

    assert {s.path for s in found[:2]} == wrong
    assert len(found) <= 4
    assert all(s.label != s.likelier and s.probability < 0.5 for s in found[:2])


def test_right_labels_are_believed(make: Make, clean: list[Photo]) -> None:
    """Nothing is suspicious about clean photos."""
    evidence = make(clean, embeddings=embeddings(clean, set()))

    assert suspicious_labels(evidence) == []
    assert check(evidence) == []


def test_copies_do_not_vouch_for_each_other(make: Make, clean: list[Photo]) -> None:
    """A wrong label that all photos of a part share is found, though they all agree on it."""
    part = {f"ok/{n:03d}.jpg" for n in range(6)}
    photos = [replace(p, group="part:x") if p.path in part else p for p in clean]
    values = embeddings(photos, part)
    values[[p.path in part for p in photos]] += 3 * np.eye(8, dtype=np.float32)[0]
    found = suspicious_labels(make(photos, embeddings=values)) or []

    assert part <= {s.path for s in found}


def test_few_parts_are_not_judged(make: Make, clean: list[Photo]) -> None:
    """Nine parts of a class are too few to learn from; and nothing is without embeddings."""
    few = clean[:9] + clean[70:]

    assert suspicious_labels(make(few, embeddings=embeddings(few, set()))) is None
    assert suspicious_labels(make(clean)) is None
