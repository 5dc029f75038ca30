"""The published casting photos hold 64 byte-identical pairs across train and test."""

from pathlib import Path

import pytest

from okng.audit import examine
from okng.dataset import add_digests, assign_splits, find_photos
from okng.progress import Silent

CASTINGS = Path(__file__).parents[3] / "shared" / "data" / "casting_data"
pytestmark = pytest.mark.real


def test_castings_leak_64_identical_photos() -> None:
    """Exactly these, all of good parts."""
    dataset = add_digests(find_photos(CASTINGS))
    shared = assign_splits(dataset, validation=0.15, test=0.15, seed=0)
    found = examine(shared, Silent(), near=False).findings
    across = {leak.a for leak in found.leaks if leak.a.startswith("test/")}

    assert len(dataset) == 7348
    assert len(across) == 64
    assert {Path(path).parts[1] for path in across} == {"ok_front"}
