"""okng.auditing.checks.defect_sizes: defects that resizing leaves too few pixels of are told."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from okng.auditing.checks.defect_sizes import SMALLEST, SizesOfDefects
from okng.auditing.defects import Defect
from okng.auditing.evidence import Evidence
from okng.auditing.findings import Finding
from okng.dataset import Photo

Make = Callable[..., Evidence]


def check(evidence: Evidence) -> list[Finding]:
    """The findings of the check."""
    return list(SizesOfDefects().run(evidence).findings)


def disc(diameter: float) -> Defect:
    """A disc on a photo of 768 pixels."""
    return Defect(round(3.1416 * diameter**2 / 4), 768, 768)


@pytest.fixture
def masked(make: Make, clean: list[Photo]) -> Evidence:
    """Ten defects of 11 to 200 pixels on photos of 768 that become 192."""
    sizes = (11, 100, 100, 100, 100, 100, 100, 100, 100, 200)
    defects = {f"ng/{n:03d}.jpg": disc(size) for n, size in enumerate(sizes)}
    return make(clean, defects=defects, image_size=192)


def test_smallest_defect_and_its_remedy(masked: Evidence) -> None:
    """With the photo, both sizes, and the input that would show it as wide as it should be."""
    (found,) = check(masked)

    assert found.what == (
        "At 192 px the smallest defect (ng) is 2.7 px wide, on the photo 11 px. Under "
        f"{SMALLEST:g} px: 1 of 10 defects with a mask."
    )
    assert found.advice == (
        "Use `data.image_size` 576: the defect is then 8 px wide, and training and inference take "
        "9.0 times as long."
    )
    assert found.photos == ["ng/000.jpg"]


def test_nothing_is_told_where_all_can_be_seen(masked: Evidence) -> None:
    """The sizes stand in the findings all the same."""
    large = replace(masked, image_size=576)

    assert check(large) == []
    sizes = SizesOfDefects().run(large).rows
    assert sizes is not None
    assert sizes.overall.too_small == 0
    assert sizes.overall.smallest_resized == pytest.approx(8.25, abs=0.1)
    assert sizes.overall.median == pytest.approx(100, abs=0.1)


def test_no_input_is_large_enough(masked: Evidence) -> None:
    """The largest is named, and the way out is another photo."""
    speck = replace(masked, defects={"ng/000.jpg": Defect(50, 4000, 3000)})
    advice = check(speck)[0].advice

    assert advice.startswith("Use `data.image_size` 1024: the defect is then 2 px wide")
    assert advice.endswith("For more, photograph a smaller part of the scene, or crop the photos "
                           "to the part.")  # fmt: skip


def test_photo_itself_shows_no_more(masked: Evidence) -> None:
    """Then a larger input would only blow it up."""
    speck = replace(masked, defects={"ng/000.jpg": Defect(7, 192, 192)})

    assert check(speck)[0].advice.startswith("Photograph a smaller part")


def test_photos_that_were_left_out_are_not_told(masked: Evidence) -> None:
    """A repaired split may have dropped them."""
    left = replace(masked.dataset, photos=masked.dataset.photos[:70])

    assert SizesOfDefects().run(masked.restricted(left)).rows is None
