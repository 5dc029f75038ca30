"""Checks formats, exposure and counts: photos unlike the others, and too few of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from okng.auditing.checks.class_counts import ClassCounts
from okng.auditing.checks.exposure import Exposure
from okng.auditing.checks.formats import Formats
from okng.auditing.checks.unreadable import UnreadableFiles
from okng.auditing.evidence import Evidence
from okng.auditing.findings import Finding, Severity
from okng.dataset import Photo, Unreadable
from okng.errors import PhotoFault

Make = Callable[..., Evidence]


def unreadable(evidence: Evidence) -> list[Finding]:
    """The findings of the check."""
    return list(UnreadableFiles().run(evidence).findings)


def counts(evidence: Evidence) -> list[Finding]:
    """The findings of the check."""
    return list(ClassCounts().run(evidence).findings)


def exposure(evidence: Evidence) -> list[Finding]:
    """The findings of the check."""
    return list(Exposure().run(evidence).findings)


def formats(evidence: Evidence) -> list[Finding]:
    """The findings of the check."""
    return list(Formats().run(evidence).findings)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"width": 310, "height": 310}, "another size"),
        ({"mode": "RGBA"}, "another colour mode"),
        ({"mode": "I;16", "bits": 16}, "I;16, 16 bit"),
        ({"file_format": "PNG"}, "another format"),
        ({"orientation": 6}, "stored rotated"),
    ],
)
def test_odd_form(make: Make, clean: list[Photo], changed: dict[str, Any], words: str) -> None:
    """One photo of 140 is told, with its path."""
    found = formats(make(clean, {"ok/007.jpg": changed}))

    assert [words in f.what for f in found] == [True]
    assert found[0].photos == ["ok/007.jpg"]


def test_mixed_aspects(make: Make, clean: list[Photo]) -> None:
    """The network would stretch them unlike."""
    changed = {p.path: {"width": 600} for p in clean[::2]}

    assert ["aspect" in f.what for f in formats(make(clean, changed))] == [True]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"sharpness": 1e-5}, "blurred"),
        ({"dark": 0.6}, "darker than the rest"),
        ({"bright": 0.5}, "brighter than the rest"),
    ],
)
def test_bad_exposure(make: Make, clean: list[Photo], changed: dict[str, Any], words: str) -> None:
    """Outliers among photos that differ a little."""
    rng = np.random.default_rng(0)
    facts: dict[str, dict[str, Any]] = {
        p.path: {"sharpness": 0.1 * np.exp(rng.normal(0, 0.2))} for p in clean
    }
    facts["ng/003.jpg"] |= changed
    (found,) = exposure(make(clean, facts))

    assert words in found.what
    assert found.photos == ["ng/003.jpg"]


def test_few_photos_and_unbalanced_classes(make: Make, clean: list[Photo]) -> None:
    """Both are said, and neither is a fault of the photos."""
    found = counts(make([*clean[:70], *clean[70:75]]))

    assert [f.what for f in found] == [
        "ng has only 5 photos.", "There are 14 times as many photos of ok as of ng.",
    ]  # fmt: skip
    assert {f.severity for f in found} == {Severity.NOTICE}


def test_many_small_classes_are_one_finding(make: Make, clean: list[Photo]) -> None:
    """The same advice is given once."""
    photos = [Photo(f"{name}/{n}", name, f"{name}{n}") for name in "abc" for n in range(9)]
    found = [f for f in counts(make(photos)) if "photos" in f.what]

    assert [f.what for f in found] == ["3 classes have fewer than 60 photos: a 9, b 9, c 9."]


def test_one_copy_among_eight_is_not_serious(make: Make, clean: list[Photo]) -> None:
    """Seven parts on eight photos: a notice."""
    photos = [Photo(f"ok/c{n}", "ok", f"c{n}", f"part:{max(1, n)}") for n in range(8)]
    found = [f for f in counts(make([*photos, *clean[70:]])) if "show only" in f.what]

    assert [f.severity for f in found] == [Severity.NOTICE]
    assert found[0].what == "The 8 photos of ok show only about 7 parts."


def test_few_parts_are_serious(make: Make, clean: list[Photo]) -> None:
    """Many photos of few parts can be learned by heart."""
    copies = [Photo(f"ok/c{n}", "ok", f"c{n}", f"part:{n % 7}") for n in range(70)]
    (found,) = counts(make([*copies, *clean[70:]]))

    assert found.severity is Severity.SERIOUS
    assert found.what == "The 70 photos of ok show only about 7 parts."


def test_depth_of_the_set_is_reported(make: Make, clean: list[Photo]) -> None:
    """Photos of one depth give a notice; light that differs from photo to photo is no mixture."""
    deep = {
        photo.path: {"bits": 16, "filled": 12 if number > 9 else 10, "peak": 900.0 + 20 * number}
        for number, photo in enumerate(clean)
    }
    (found,) = [f for f in formats(make(clean, deep)) if f.check == "depth"]

    assert found.severity is Severity.NOTICE
    assert "10 of 10 bits, 130 of 12 bits" in found.what
    assert not found.photos


def test_two_depths_are_serious(make: Make, clean: list[Photo]) -> None:
    """Half of the photos of 10 bits among those of 12 come out darker, and are listed."""
    deep = {
        photo.path: {"bits": 16, "filled": 10 if number < 70 else 12,
                     "peak": 1000.0 if number < 70 else 4000.0}
        for number, photo in enumerate(clean)
    }  # fmt: skip
    (found,) = [f for f in formats(make(clean, deep)) if f.check == "depth"]

    assert found.severity is Severity.SERIOUS
    assert found.photos == sorted(photo.path for photo in clean[:70])


def test_what_lies_beside_the_photo_is_counted(make: Make, clean: list[Photo]) -> None:
    """Files with several pictures and photos with transparent parts have a finding each."""
    first, second = clean[0].path, clean[1].path
    evidence = make(clean, {first: {"views": 3}, second: {"clear_parts": True}})
    found = {f.check: f for f in formats(evidence)}

    assert found["pictures"].photos == [first]
    assert "1 files contain 3 pictures" in found["pictures"].what
    assert found["transparency"].photos == [second]


def test_unknown_orientation_is_not_turned(make: Make, clean: list[Photo]) -> None:
    """EXIF orientation 0 means unknown: nothing is stored turned."""
    evidence = make(clean, {photo.path: {"orientation": 0} for photo in clean})

    assert "orientation" not in {f.check for f in formats(evidence)}


def test_each_way_out_is_a_finding(make: Make, clean: list[Photo]) -> None:
    """Damaged files are taken again, whole ones of an unread form are saved anew."""
    evidence = make(clean)
    lost = (
        Unreadable("a.jpg", "cut", PhotoFault.DAMAGED),
        Unreadable("b.tif", "five bands", PhotoFault.FORM),
        Unreadable("c.tif", "six bands", PhotoFault.FORM),
        Unreadable("d.tif", "4 pages", PhotoFault.PAGES),
    )
    evidence = replace(evidence, dataset=replace(evidence.dataset, unreadable=lost))
    found = unreadable(evidence)

    assert [len(finding.photos) for finding in found] == [1, 2, 1]
    assert "disk and camera" in found[0].advice
    assert "intact" in found[1].advice
    assert "Split" in found[2].advice
