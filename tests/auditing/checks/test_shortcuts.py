"""okng.auditing.checks.shortcuts: what tells the classes without a look at the part."""

from collections.abc import Callable

import numpy as np

from okng.auditing.checks.shortcuts import Shortcuts
from okng.auditing.evidence import Evidence
from okng.auditing.findings import Finding, Severity
from okng.dataset import Photo

Make = Callable[..., Evidence]


def check(evidence: Evidence) -> list[Finding]:
    """The findings of the check."""
    return list(Shortcuts().run(evidence).findings)


def test_light_of_another_day(make: Make, clean: list[Photo]) -> None:
    """Darker photos of defects: the area under the curve, and a serious finding."""
    rng = np.random.default_rng(0)
    changed = {
        p.path: {"brightness": 0.6 - 0.1 * (p.label == "ng") + rng.normal(0, 0.02)} for p in clean
    }
    evidence = make(clean, changed)
    (found,) = check(evidence)

    assert found.severity is Severity.SERIOUS
    assert "brightness alone predicts the class with an AUC of 1.00" in found.what
    assert (Shortcuts().run(evidence).rows or [])[0].name == "brightness"


def test_names_and_sizes_of_files_are_listed_only(make: Make, clean: list[Photo]) -> None:
    """A network does not see them; a person who looks for the cause does."""
    photos = [Photo(f"{p.label}/{p.label}_{n}.jpg", p.label, p.sha256) for n, p in enumerate(clean)]
    evidence = make(photos, {p.path: {"size": 9000 + 500 * (p.label == "ng")} for p in photos})
    found = {s.name: s.auc for s in Shortcuts().run(evidence).rows or []}

    assert found["file name"] == 1.0
    assert found["file size"] == 1.0
    assert found["brightness"] == 0.5
    assert check(evidence) == []


def test_every_fact_has_its_figure(make: Make, clean: list[Photo]) -> None:
    """From 0.5, chance, to 1."""
    found = Shortcuts().run(make(clean)).rows or []

    assert {"brightness", "contrast", "sharpness", "redness", "file size", "file name"} <= {
        s.name for s in found
    }
    assert all(0.5 <= s.auc <= 1 for s in found)


def test_few_photos_prove_nothing(make: Make) -> None:
    """Of three against three, chance tells the classes every tenth time."""
    photos = [Photo(f"{c}/{n}", c, f"{c}{n}") for c in ("ok", "ng") for n in range(3)]

    assert check(make(photos, {f"ok/{n}": {"brightness": 0.9} for n in range(3)})) == []


def test_rounding_errors_are_no_colour(make: Make, clean: list[Photo]) -> None:
    """Grey photos have equal shares of red, but for the last bits."""
    changed = {p.path: {"red": 1 / 3 + 1e-12 * (p.label == "ng")} for p in clean}

    assert check(make(clean, changed)) == []
