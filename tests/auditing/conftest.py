"""Generated photos with planted copies, audited once for all tests that look at them."""

from pathlib import Path
from typing import NamedTuple

import pytest

from okng.auditing import Examination, examine
from okng.dataset import add_digests, find_photos
from okng.events import Silent
from okng.testing import Defect, RecordingProgress, copy_photo, draw_part, encode, write_folder

PARTS, COPIED, SIZE = 16, 6, 128


class Planted(NamedTuple):
    """A folder, which photos of it show one part, and what the audit says of it."""

    root: Path
    pairs: set[frozenset[str]]
    examined: Examination


@pytest.fixture
def listener() -> RecordingProgress:
    """Somebody who is told everything."""
    return RecordingProgress()


@pytest.fixture(scope="session")
def copied_photos(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[frozenset[str]]]:
    """16 good and 16 defective parts; of 6 each also a turned, sheared, zoomed, darker copy."""
    root = write_folder(tmp_path_factory.mktemp("copied"), good=PARTS, defective=PARTS, size=SIZE)
    pairs = set()
    for seed in (*range(COPIED), *range(PARTS, PARTS + COPIED)):
        label = "ok" if seed < PARTS else "defective"
        kind = None if seed < PARTS else tuple(Defect)[(seed - PARTS) % len(Defect)]
        copy = copy_photo(draw_part(seed, kind, size=SIZE), 100 + seed)
        name = f"{label}/part{seed:04d}_copy.jpg"
        (root / name).write_bytes(encode(copy.photo, quality=70 + seed % 20))
        pairs.add(frozenset({name, f"{label}/part{seed:04d}_0.jpg"}))
    return root, pairs


@pytest.fixture(scope="session")
def planted(copied_photos: tuple[Path, set[frozenset[str]]]) -> Planted:
    """These photos after an audit."""
    root, pairs = copied_photos
    return Planted(root, pairs, examine(add_digests(find_photos(root)), Silent()))
