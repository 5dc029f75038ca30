"""Copies of training photos among photos to judge, found without a training."""

import csv
import hashlib
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from okng.auditing.near.store import VERSION, Store
from okng.dataset import Dataset, add_digests, find_photos
from okng.events import Silent
from okng.modelfile import Digests, Traces
from okng.modelfile.traces import BYTES, pack, shortened, unpack
from okng.runs.layout import RunFolder
from okng.steps.leakage.fingerprints import keep_features, traces_of
from okng.steps.leakage.matching import find_matches
from okng.steps.leakage.origin import Known, Origin
from okng.testing import write_folder

CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "turned": lambda photo: photo.rotate(67, resample=Image.Resampling.BICUBIC),
    "mirrored": ImageOps.mirror,
    "relit": lambda photo: ImageEnhance.Brightness(photo).enhance(1.4),
}


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Photos of 24 good and 24 defective parts, all for training."""
    folder = tmp_path_factory.mktemp("training")
    return _all_in(write_folder(folder, good=24, defective=24, size=192), "train")


@pytest.fixture(scope="module")
def origin(training: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Origin:
    """What such a run leaves."""
    run = RunFolder(tmp_path_factory.mktemp("run"))
    keep_features(training, run, Silent())
    traces = traces_of(training, run, folds=False)
    return Origin(Known.of(traces.taught), Known.of(traces.chose), run, training)


def _all_in(folder: Path, split: str) -> Dataset:
    """The photos of a folder with their digests, all in one split."""
    with (folder / "all.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "label", "split"])
        for photo in sorted([*folder.rglob("*.jpg"), *folder.rglob("*.png")]):
            rows.writerow([photo.relative_to(folder), photo.parent.name, split])
    return add_digests(find_photos(folder / "all.csv"))


def test_changed_copies_are_found_and_new_parts_are_not(
    training: Dataset, origin: Origin, tmp_path: Path
) -> None:
    """A turned, a mirrored and a relit copy of each kind, among twenty parts never seen."""
    write_folder(tmp_path, good=10, defective=10, size=192, seed=5000)
    copies = set()
    for number, (name, change) in enumerate(CHANGES.items()):
        for photo in training.photos[number :: len(training) // 2]:
            target = tmp_path / photo.label / f"copy_{name}_{Path(photo.path).stem}.jpg"
            change(Image.open(training.root / photo.path)).save(target, quality=90)
            copies.add(target.relative_to(tmp_path).as_posix())
    found = find_matches(_all_in(tmp_path, "test"), {}, origin, Silent(), near=True)

    assert set(found.ways) == copies
    assert set(found.ways.values()) == {"near"}
    assert found.taught == copies
    assert not found.not_checked


def test_copies_of_test_photos_are_no_leak_and_no_new_parts(
    training: Dataset, origin: Origin, tmp_path: Path
) -> None:
    """The model has not seen the run's test; a mirrored copy of it is counted apart."""
    last = training.photos[-1].path
    photos = tuple(replace(p, split="test" if p.path == last else "train") for p in training.photos)
    manifest = replace(training, photos=photos)
    traces = traces_of(manifest, RunFolder(tmp_path / "none"), folds=False)
    later = Origin(Known.of(traces.taught), Known.of(traces.chose), origin.run, manifest)
    write_folder(tmp_path / "more", good=10, defective=10, size=192, seed=7000)
    copy = tmp_path / "more" / training.photos[-1].label / "copy.jpg"
    ImageOps.mirror(Image.open(training.root / last)).save(copy, quality=90)
    found = find_matches(_all_in(tmp_path / "more", "test"), {}, later, Silent(), near=True)

    assert found.ways == {}
    assert found.tested == {copy.relative_to(tmp_path / "more").as_posix()}


def test_other_format_is_found_by_the_model_file_alone(
    training: Dataset, origin: Origin, tmp_path: Path
) -> None:
    """A PNG of the same pixels has other bytes; no run folder is needed to find it."""
    first = training.photos[0]
    for number, photo in enumerate(training.photos[::8]):
        (tmp_path / photo.label).mkdir(exist_ok=True)
        Image.open(training.root / photo.path).save(tmp_path / photo.label / f"{number}.png")
    dataset = _all_in(tmp_path, "test")
    pixels = {p.path: _pixel_digest(tmp_path / p.path) for p in dataset.photos}
    alone = Origin(origin.taught, origin.chose)
    found = find_matches(dataset, pixels, alone, Silent(), near=True)

    assert first.sha256 not in {photo.sha256 for photo in dataset.photos}
    assert set(found.ways.values()) == {"pixels"}
    assert len(found.ways) == len(dataset)
    assert "run folder" in found.not_checked["near"]


def test_photos_of_one_part_are_found_with_the_one_that_is_known(
    training: Dataset, origin: Origin
) -> None:
    """The group carries it to the others of the same data set, and no further."""
    photos = [training.photos[0], *training.photos[1:3]]
    known = Origin(Known(frozenset({shortened(photos[0].sha256)})), Known())
    groups = ("a", "a", "b")
    grouped = [replace(photo, group=name) for photo, name in zip(photos, groups, strict=True)]
    dataset = Dataset(training.root, tuple(grouped), training.classes, training.ok_class)
    found = find_matches(dataset, {}, known, Silent(), near=False)

    assert found.ways == {photos[0].path: "file", photos[1].path: "group"}


def test_traces_take_eight_bytes_a_photo() -> None:
    """A thousand photos are 8,000 bytes, 10,668 as text; a damaged text is empty."""
    digests = [f"{number:064x}"[::-1] for number in range(1000)]
    packed = pack(digests)

    assert len(packed) == 10_668
    assert unpack(packed) == {bytes.fromhex(d)[:BYTES] for d in digests}
    assert unpack("no base64!") == frozenset()
    assert Traces().taught == Digests(files="", pixels="")


def _pixel_digest(path: Path) -> str:
    pixels = np.asarray(Image.open(path).convert("RGB"))
    return hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).hexdigest()


_OTHER_COLUMNS = "CREATE TABLE photos (digest TEXT PRIMARY KEY, facts TEXT NOT NULL)"
_FULL = "CREATE TRIGGER full BEFORE INSERT ON photos BEGIN SELECT RAISE(ABORT, 'disk full'); END"


@pytest.mark.parametrize("fault", [_OTHER_COLUMNS, _FULL])
def test_copies_are_found_without_a_cache(
    training: Dataset,
    origin: Origin,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
) -> None:
    """A cache of another version, and one that cannot be written, are replaced by a folder."""
    monkeypatch.setenv("OKNG_CACHE", str(tmp_path / "cache"))
    if fault is _FULL:
        with Store(tmp_path / "cache", training.depth):
            pass
    (tmp_path / "cache").mkdir(exist_ok=True)
    with sqlite3.connect(tmp_path / "cache" / f"audit-v{VERSION}.sqlite") as database:
        database.execute(fault)
    write_folder(tmp_path / "new", good=4, defective=4, size=192, seed=7000)
    photo = training.photos[0]
    target = tmp_path / "new" / photo.label / "copy.jpg"
    Image.open(training.root / photo.path).rotate(90).save(target, quality=90)

    found = find_matches(_all_in(tmp_path / "new", "test"), {}, origin, Silent(), near=True)
    assert list(found.ways) == [target.relative_to(tmp_path / "new").as_posix()]
