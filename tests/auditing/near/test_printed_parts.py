"""okng.auditing.near: parts that all bear one print are told apart by what is their own."""

import numpy as np
import pytest

from okng.auditing.near.design.common import CommonDesign
from okng.auditing.near.design.flat import flattened, frame_shape
from okng.auditing.near.design.frames import in_turns
from okng.auditing.near.design.variations import without_variations
from okng.auditing.near.features import LocalFeatures, local_features
from okng.auditing.near.search import NearDuplicates, find_near_duplicates
from okng.auditing.near.store import Store
from okng.testing import Print, PrintLook, copy_photo, draw_printed

PARTS, COPIES, SIZE = 30, 20, 128
LOOK = PrintLook(contrast=0.95, grain=0.012, marks=2, noise=0.01)
SAME = np.array([[1.0, 0, 0], [0, 1, 0]])


@pytest.fixture(scope="module")
def described() -> list[LocalFeatures]:
    """30 parts with one embossed ring, and changed copies of the first 20."""
    parts = [draw_printed(n, Print.RING, style=LOOK, size=SIZE) for n in range(PARTS)]
    copies = [copy_photo(part, 40 + n, gamma=0.1) for n, part in enumerate(parts[:COPIES])]
    return [local_features(sample.photo) for sample in [*parts, *copies]]


def _ignored(steps: int = 1, facts: str = "") -> None:
    """Nobody watches."""


def searched(described: list[LocalFeatures], labels: list[str]) -> NearDuplicates:
    """Search among all."""
    digests = [f"digest{n:03d}" for n in range(len(described))]
    with Store(None) as store:
        for digest, features in zip(digests, described, strict=True):
            store.add(digest, "{}", features)
        return find_near_duplicates(digests, labels, store, advance=_ignored)


@pytest.mark.parametrize("one_class", [False, True])
def test_copies_are_found_among_parts_of_one_print(
    described: list[LocalFeatures], one_class: bool
) -> None:
    """At least 95 % of them, and no two parts together, with labels and without."""
    of = [*range(PARTS), *range(COPIES)]
    found = searched(described, ["ok" if one_class or n % 2 else "ng" for n in of])
    groups = [{of[number] for number in group} for group in found.groups]

    assert all(len(parts) == 1 for parts in groups)
    assert len(groups) >= 0.95 * COPIES
    assert found.own_agreement is not None


def test_what_is_left_is_the_parts_own() -> None:
    """The print of 12 others explains most of a photo; its rest is that of its copy alone."""
    still = PrintLook(contrast=0.95, grain=0.012, marks=2, noise=0.01, jitter=0)
    others = [draw_printed(n, Print.TEXT, style=still, size=192).photo for n in range(20, 32)]
    own = [draw_printed(n, Print.TEXT, style=still, size=192).photo for n in (0, 1)]
    noise = np.random.default_rng(0).normal(0, 1.5, own[0].shape)
    again = ((own[0] / 255) ** 1.2 * 230 + noise).clip(0, 255).astype(np.uint8)
    shape = frame_shape(local_features(own[0]).grey)
    flat = [flattened(local_features(p).grey, SAME, shape) for p in [*others, *own, again]]
    design = CommonDesign(flat[:12])
    first, other, copied = (design.left_of(photo) for photo in flat[12:])

    assert max(first.share, copied.share) < 0.3
    assert first.vector @ copied.vector > 0.8
    assert abs(first.vector @ other.vector) < 0.3


def test_frame_places_are_those_of_the_texture() -> None:
    """A half turn about the middle of the photo brings every pixel to its place."""
    grey = local_features(draw_printed(3, Print.LOGO, size=192).photo).grey
    turn = np.array([[-1.0, 0, 127.5], [0, -1, 127.5]])  # features: place p of 256 is p / 2
    plain = flattened(grey, SAME, frame_shape(grey)).pixels
    turned = flattened(np.ascontiguousarray(grey[::-1, ::-1]), turn, frame_shape(grey)).pixels

    assert np.corrcoef(plain.ravel(), turned.ravel())[0, 1] > 0.999


def test_references_come_from_all_classes_in_turn() -> None:
    """So that what one class shares is explained as well; a quarter of each class at most."""
    labels = ["a"] * 40 + ["b"] * 8
    drawn = [labels[n] for n in in_turns(range(48), labels, np.random.default_rng(0))]

    assert sorted(drawn[:2]) == sorted(drawn[2:4]) == ["a", "b"]
    assert drawn.count("a") == 10
    assert drawn.count("b") == 2


def test_common_variations_are_taken_away_and_copies_are_not() -> None:
    """A direction that all share goes; thirty copies of one part stay alike."""
    rng = np.random.default_rng(0)
    own = rng.normal(0, 1, (80, 200))
    own[:30] = own[0] + rng.normal(0, 0.3, (30, 200))
    mixed = own + np.outer(rng.normal(0, 0.6, 80), np.ones(200))
    unit = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    left = without_variations(unit.astype(np.float16)).astype(np.float32)
    alike = left @ left.T

    assert np.abs(alike[40:, 40:][~np.eye(40, dtype=bool)]).max() < 0.4
    assert alike[:30, :30].min() > 0.6
