"""okng.auditing.checks.drift: splits of other light, size or camera are told, chance is not."""

from collections.abc import Callable

import numpy as np

from okng.auditing.checks.drift import Drift
from okng.auditing.evidence import Evidence
from okng.auditing.findings import Finding
from okng.dataset import Photo

Make = Callable[..., Evidence]


def check(evidence: Evidence) -> list[Finding]:
    """The findings of the check."""
    return list(Drift().run(evidence).findings)


def test_other_light_in_the_test(make: Make, clean: list[Photo]) -> None:
    """How far, and in which split."""
    rng = np.random.default_rng(0)
    light = {"train": 0.5, "val": 0.5, "test": 0.6}
    changed = {p.path: {"brightness": light[p.split] + rng.normal(0, 0.05)} for p in clean}
    (found,) = check(make(clean, changed))

    assert found.what.startswith("The brightness of the test split differs")


def test_another_camera_for_some_photos(make: Make, clean: list[Photo]) -> None:
    """EXIF names a camera that training never shows, on a third of the photos of the test."""
    tested = [p.path for p in clean if p.split == "test"]
    (found,) = check(make(clean, {path: {"camera": "Other Two"} for path in tested[::3]}))

    assert (
        "10 of 30 photos of the test split have a camera that does not occur in training"
        in found.what
    )
    assert "Other Two" in found.what
    assert "Acme One" in found.what


def test_photos_without_exif(make: Make, clean: list[Photo]) -> None:
    """A camera that nobody wrote down differs from one that was."""
    (found,) = (
        Drift()
        .run(make(clean, {p.path: {"camera": ""} for p in clean if p.split == "val"}))
        .findings
    )

    assert "val split have a camera that does not occur in training: unknown" in found.what
    assert check(make(clean, {p.path: {"camera": ""} for p in clean})) == []


def test_another_size(make: Make, clean: list[Photo]) -> None:
    """The resolution of a split."""
    (found,) = (
        Drift()
        .run(make(clean, {p.path: {"width": 512} for p in clean if p.split == "test"}))
        .findings
    )

    assert "512 x 300" in found.what


def test_every_photo_of_its_own_size_is_no_drift(make: Make, clean: list[Photo]) -> None:
    """Cut-outs have all sizes, in every split."""
    assert check(make(clean, {p.path: {"width": 300 + n} for n, p in enumerate(clean)})) == []


def test_chance_is_not_reported(make: Make, clean: list[Photo]) -> None:
    """Three photos differ from others by their nature."""
    few = [p for p in clean if p.split == "train"] + [p for p in clean if p.split == "test"][:3]
    rng = np.random.default_rng(1)

    assert not any(
        Drift()
        .run(make(few, {p.path: {"brightness": rng.normal(0.5, 0.05)} for p in few}))
        .findings
        for _ in range(30)
    )


def test_without_splits_there_is_no_drift(make: Make) -> None:
    """Nothing to compare."""
    photos = [Photo(f"{c}/{n}", c, f"{c}{n}") for c in ("ok", "ng") for n in range(5)]

    assert check(make(photos, {"ok/1": {"brightness": 0.9}})) == []
