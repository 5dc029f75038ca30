"""Made-up evidence, so that each check can be held to what was planted."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from okng.auditing.evidence import Evidence
from okng.auditing.image_statistics import Facts
from okng.dataset import Dataset, Photo

PLAIN = Facts(
    size=9000, width=300, height=300, file_format="JPEG", mode="L", bits=8, orientation=1,
    camera="Acme One", pixels="", brightness=0.5, contrast=0.2, red=0.333333, blue=0.333333,
    sharpness=0.1, dark=0.0, bright=0.0,
)  # fmt: skip
Make = Callable[..., Evidence]


@pytest.fixture
def make() -> Make:
    """Evidence of photos that are all alike, but for what a test changes by path."""

    def made(
        photos: list[Photo], changed: Mapping[str, Mapping[str, Any]] | None = None, **rest: Any
    ) -> Evidence:
        facts = {photo.path: replace(PLAIN, pixels=photo.sha256 or photo.path) for photo in photos}
        for path, values in (changed or {}).items():
            facts[path] = replace(facts[path], **values)
        classes = tuple(sorted({photo.label for photo in photos}, key=lambda n: (n != "ok", n)))
        dataset = Dataset(Path("root"), tuple(photos), classes, "ok")
        return Evidence(dataset, facts, **rest)

    return made


@pytest.fixture
def clean() -> list[Photo]:
    """70 good and 70 defective photos of as many parts, in three splits."""
    splits = ["train"] * 40 + ["val"] * 15 + ["test"] * 15
    return [
        Photo(f"{label}/{number:03d}.jpg", label, f"{label}{number}", "", split)
        for label in ("ok", "ng")
        for number, split in enumerate(splits)
    ]
