"""The published casting photos: 7,348 photos, of about 118 castings, nearly all on both sides."""

from pathlib import Path

import pytest

from okng.auditing import examine
from okng.dataset import add_digests, assign_splits, find_photos
from okng.events import Silent

CASTINGS = Path(__file__).parents[3] / "shared" / "data" / "casting_data"
pytestmark = pytest.mark.real


@pytest.mark.slow
def test_castings_leak_64_identical_photos() -> None:
    """Exactly these, all of good parts."""
    dataset = add_digests(find_photos(CASTINGS))
    shared = assign_splits(dataset, validation=0.15, test=0.15, seed=0)
    found = examine(shared, Silent(), near=False).findings
    across = {leak.a for leak in found.leaks if leak.a.startswith("test/")}

    assert len(dataset) == 7348
    assert len(across) == 64
    assert {Path(path).parts[1] for path in across} == {"ok_front"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_castings_are_few_and_leak(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The figures of the issue: groups, leaking test photos, wrong labels, pairs across classes."""
    cache = tmp_path_factory.getbasetemp() / "castings"
    dataset = add_digests(find_photos(CASTINGS))
    found = examine(dataset, Silent(), cache=cache, seed=seed).findings
    leaking = {leak.a for leak in found.leaks if leak.a.startswith("test/")}
    wrong = {conflict.a for conflict in found.label_conflicts}

    assert len(found.exact_duplicates) == 64
    assert 90 <= found.summary.parts <= 165
    assert len(leaking) >= 700
    assert len(wrong) == 16
    assert {Path(path).parts[1] for path in wrong} == {"def_front"}
    assert {f"train/def_front/cast_def_0_{n}.jpeg" for n in (4073, 1016, 9965, 6988)} <= wrong
    assert found.summary.search is not None
    assert found.summary.search.false_match_rate is not None
    assert found.summary.search.false_match_rate <= 1e-3
