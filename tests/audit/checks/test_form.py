"""okng.audit.checks.formats, exposure and counts: photos unlike the others, and too few of them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from okng.audit.checks import counts, exposure, formats
from okng.audit.evidence import Evidence
from okng.audit.findings import Severity
from okng.dataset import Photo

Make = Callable[..., Evidence]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"width": 310, "height": 310}, "another size"),
        ({"mode": "RGBA"}, "another colour mode"),
        ({"mode": "I;16", "bits": 16}, "I;16, 16 bit"),
        ({"file_format": "PNG"}, "another format"),
        ({"orientation": 6}, "stored turned"),
    ],
)
def test_odd_form(make: Make, clean: list[Photo], changed: dict[str, Any], words: str) -> None:
    """One photo of 140 is told, with its path."""
    found = formats.check(make(clean, {"ok/007.jpg": changed}))

    assert [words in f.what for f in found] == [True]
    assert found[0].photos == ["ok/007.jpg"]


def test_mixed_aspects(make: Make, clean: list[Photo]) -> None:
    """The network would stretch them unlike."""
    changed = {p.path: {"width": 600} for p in clean[::2]}

    assert ["aspect" in f.what for f in formats.check(make(clean, changed))] == [True]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"sharpness": 1e-5}, "blurred"),
        ({"dark": 0.6}, "too dark"),
        ({"bright": 0.5}, "too bright"),
    ],
)
def test_bad_exposure(make: Make, clean: list[Photo], changed: dict[str, Any], words: str) -> None:
    """Outliers among photos that differ a little."""
    rng = np.random.default_rng(0)
    facts: dict[str, dict[str, Any]] = {
        p.path: {"sharpness": 0.1 * np.exp(rng.normal(0, 0.2))} for p in clean
    }
    facts["ng/003.jpg"] |= changed
    (found,) = exposure.check(make(clean, facts))

    assert words in found.what
    assert found.photos == ["ng/003.jpg"]


def test_few_photos_and_unbalanced_classes(make: Make, clean: list[Photo]) -> None:
    """Both are said, and neither is a fault of the photos."""
    found = counts.check(make([*clean[:70], *clean[70:75]]))

    assert [f.what for f in found] == [
        "ng has 5 photos only.", "There are 14 times as many photos of ok as of ng.",
    ]  # fmt: skip
    assert {f.severity for f in found} == {Severity.NOTICE}


def test_few_parts_are_serious(make: Make, clean: list[Photo]) -> None:
    """Many photos of few parts can be learned by heart."""
    copies = [Photo(f"ok/c{n}", "ok", f"c{n}", f"part:{n % 7}") for n in range(70)]
    (found,) = counts.check(make([*copies, *clean[70:]]))

    assert found.severity is Severity.SERIOUS
    assert found.what == "The 70 photos of ok show only about 7 parts."
