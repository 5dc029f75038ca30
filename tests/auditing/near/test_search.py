"""okng.auditing.near.search: planted copies are found, other parts of the design are not joined."""

from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from okng.auditing.near import linking
from okng.auditing.near import search as module
from okng.auditing.near.features import LocalFeatures, local_features
from okng.auditing.near.search import (
    DEFAULT_LIMITS,
    NearDuplicates,
    SearchLimits,
    find_near_duplicates,
)
from okng.auditing.near.store import Store
from okng.testing import Defect, Sample, copy_photo, draw_part

PARTS, COPIES = 14, 4


@pytest.fixture(scope="module")
def described() -> dict[str, LocalFeatures]:
    """Digest -> features of 14 parts, half of them defective, and copies of the first four."""
    parts = [draw_part(n, Defect.CHIPPED_EDGE if n % 2 else None, size=112) for n in range(PARTS)]
    copies = [copy_photo(parts[n], 70 + n) for n in range(COPIES)]
    photos = [sample.photo for sample in [*parts, *copies]]
    return {f"digest{n:02d}": local_features(photo) for n, photo in enumerate(photos)}


@pytest.fixture
def store(described: dict[str, LocalFeatures]) -> Store:
    """A store that knows them."""
    store = Store(None)
    for digest, features in described.items():
        store.add(digest, "{}", features)
    return store


def searched(
    store: Store,
    digests: list[str],
    stop_at: int = 10**9,
    limits: SearchLimits = DEFAULT_LIMITS,
) -> NearDuplicates:
    """Search; stopped like by Ctrl-C at a step."""
    turns = count()

    def advance(steps: int = 1, facts: str = "") -> None:
        if next(turns) >= stop_at:
            raise KeyboardInterrupt

    numbers = [int(digest[-2:]) for digest in digests]
    of = [n if n < PARTS else n - PARTS if n < PARTS + COPIES else 0 for n in numbers]
    labels = ["ng" if n % 2 else "ok" for n in of]
    return find_near_duplicates(digests, labels, store, advance=advance, limits=limits)


def test_copies_are_found_and_others_are_not(
    store: Store, described: dict[str, LocalFeatures]
) -> None:
    """Each copy with its own part, and no two parts together."""
    found = searched(store, list(described))

    assert sorted(found.groups) == [[n, n + PARTS] for n in range(COPIES)]
    assert all(0.3 < pair.score <= 1 for pair in found.pairs)
    assert found.dropped == []
    assert 0 < found.checked <= len(described) * 13


def photographed_anew(sample: Sample, seed: int) -> Sample:
    """The same part on another day: harder light from one side, and noise."""
    noise = np.random.default_rng(seed).normal(0, 0.06, sample.photo.shape[:2])[..., None]
    side = 1 + 0.4 * np.linspace(-1, 1, sample.photo.shape[1])[None, :, None]
    photo = (sample.photo / 255) ** 1.5 * side + noise
    return replace(sample, photo=(photo.clip(0, 1) * 255).astype(np.uint8))


@pytest.mark.parametrize(("asked", "sizes"), [(True, [31]), (False, [16, 15])])
def test_copies_of_two_photos_of_a_part_are_one_group(
    asked: bool,
    sizes: list[int],
    store: Store,
    described: dict[str, LocalFeatures],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each photo's copies crowd out the other's, so that crowds have to be asked once more."""
    part = draw_part(0, size=112)
    other = photographed_anew(part, 1)
    copies = [copy_photo(part, 100 + n) for n in range(15)]
    copies += [copy_photo(other, 200 + n) for n in range(15)]
    digests = list(described)[:PARTS]
    for number, sample in enumerate(copies, 30):
        digests.append(f"digest{number}")
        store.add(digests[-1], "{}", local_features(sample.photo))
    if not asked:
        monkeypatch.setattr(module, "crowd_links", lambda *_: [])

    assert [len(group) for group in searched(store, digests).groups] == sizes


def test_threshold_is_learned_from_the_classes(
    store: Store, described: dict[str, LocalFeatures]
) -> None:
    """With enough pairs across classes, in words."""
    threshold = searched(store, list(described)).threshold

    assert "pairs of photos of different classes" in threshold.reason
    assert threshold.false_match_rate is not None


def test_blank_photos_are_nobody_s_copies(described: dict[str, LocalFeatures]) -> None:
    """Photos without any feature among others, and nothing but such photos."""
    empty = local_features(draw_part(1, size=64).photo * 0)
    store = Store(None)
    digests = [*list(described)[:6], "blank90", "blank91"]
    for digest in digests:
        store.add(digest, "{}", described.get(digest, empty))

    assert searched(store, digests).groups == []
    assert searched(store, digests[-2:]).groups == []


def test_cores_change_nothing(
    store: Store, described: dict[str, LocalFeatures], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four threads find what one finds, with as many comparisons."""
    found = []
    for cores in (1, 4):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        found.append(searched(store, list(described)))

    assert found[0] == found[1]
    assert found[0].pairs


def test_stopped_search_goes_on(
    store: Store, described: dict[str, LocalFeatures], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next run compares only what is left, and comes to the same result."""
    limits = SearchLimits(batch=3, save_seconds=-1)
    whole = searched(store, list(described), limits=limits)
    batches = -(-len(described) // 3)
    with pytest.raises(KeyboardInterrupt):
        searched(store, list(described), stop_at=batches + 5, limits=limits)
    asked: list[int] = []
    original = linking.verified

    def noted(candidates: list[tuple[int, object]], *rest: object) -> object:
        asked.extend(number for number, _ in candidates)
        return original(candidates, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(linking, "verified", noted)
    again = searched(store, list(described), limits=limits)

    assert asked == list(range(12, len(described)))
    assert again.groups == whole.groups
    assert [pair.score for pair in again.pairs] == [pair.score for pair in whole.pairs]


def test_finished_search_leaves_no_state(store: Store, described: dict[str, LocalFeatures]) -> None:
    """The saved state of a search is removed when it is complete."""
    searched(store, list(described), limits=SearchLimits(save_seconds=-1))

    assert store._file.execute("SELECT count(*) FROM results").fetchone() == (0,)
