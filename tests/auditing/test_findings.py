"""okng.audit: planted faults are found, clean photos have none, and the file says what was done."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from okng.auditing import (
    Conflict,
    Fault,
    Findings,
    Pair,
    examine,
)
from okng.dataset import Dataset, Photo, Unreadable, add_digests, assign_splits, find_photos
from okng.errors import DatasetError
from okng.events import Silent
from okng.testing import write_folder

CLEAN = tuple(
    Photo(f"{label}/{split}.jpg", label, f"{label}{split}", "", split)
    for label in ("ok", "ng")
    for split in ("train", "val", "test")
)


def find_faults(dataset: Dataset) -> Findings:
    """What digests alone can show."""
    return examine(dataset, Silent(), near=False).findings


def dataset(*photos: Photo, unreadable: tuple[Unreadable, ...] = ()) -> Dataset:
    """Clean photos, and those given."""
    return Dataset(Path("root"), (*CLEAN, *photos), ("ok", "ng"), "ok", unreadable)


def test_clean_photos_have_no_faults() -> None:
    """Nothing is found where nothing is."""
    found = find_faults(dataset()).model_dump(exclude={"version", "summary", "findings"})
    assert {name: rows for name, rows in found.items() if rows is not None} == {
        "unreadable": [], "left_out": [], "exact_duplicates": [], "groups": [], "leaks": [],
        "label_conflicts": [],
    }  # fmt: skip


def test_copies_stand_against_the_first() -> None:
    """Three equal files are two pairs, both with the first of them."""
    copies = [Photo(f"ok/copy{n}.jpg", "ok", "oktrain", "g", "train") for n in (1, 2)]
    assert find_faults(dataset(*copies)).exact_duplicates == [
        Pair(a="ok/train.jpg", b="ok/copy1.jpg", score=1.0),
        Pair(a="ok/train.jpg", b="ok/copy2.jpg", score=1.0),
    ]


def test_leaks_are_pairs_across_a_split() -> None:
    """Photos of validation and test stand beside the training photo of their group."""
    part = [Photo(f"ok/{s}_p", "ok", s, "part", s) for s in ("test", "train", "val")]
    inside = [Photo(f"ok/{n}", "ok", f"{n}", "inside", "test") for n in range(2)]
    late = [Photo(f"ng/{s}_q", "ng", f"q{s}", "late", s) for s in ("test", "val")]
    assert find_faults(dataset(*part, *inside, *late)).leaks == [
        Pair(a="ok/val_p", b="ok/train_p", score=1.0),
        Pair(a="ok/test_p", b="ok/train_p", score=1.0),
        Pair(a="ng/test_q", b="ng/val_q", score=1.0),
    ]


def test_groups_have_two_or_more() -> None:
    """Groups are listed by their paths, and a group of one is none."""
    photos = [
        Photo("ok/a", "ok", "1", "g"),
        Photo("ok/b", "ok", "2", "g"),
        Photo("ok/c", "ok", "3", "h"),
    ]
    found = find_faults(dataset(*photos))
    assert found.groups == [["ok/a", "ok/b"]]
    assert found.summary.groups == 1


def test_conflicting_labels() -> None:
    """The one that contradicts the others is named, beside one of them."""
    copies = [Photo(f"ok/{n}.jpg", "ok", "1", "sha256:1", "train") for n in range(2)]
    found = find_faults(dataset(*copies, Photo("ng/same.jpg", "ng", "1", "sha256:1", "train")))
    assert found.label_conflicts == [
        Conflict(a="ng/same.jpg", b="ok/0.jpg", label_a="ng", label_b="ok")
    ]


def test_labels_of_given_groups_may_differ() -> None:
    """A part may look good on one photo and show its defect on another."""
    views = [Photo("ok/a.jpg", "ok", "1", "part 7"), Photo("ng/b.jpg", "ng", "2", "part 7")]
    assert find_faults(dataset(*views)).label_conflicts == []


def test_unreadable_are_passed_on() -> None:
    """What could not be read stands in the findings with its reason."""
    found = find_faults(dataset(unreadable=(Unreadable("ok/x.jpg", "The file is empty"),)))
    assert found.unreadable == [Fault(path="ok/x.jpg", reason="The file is empty", fault="other")]
    assert found.summary.unreadable == 1


def test_without_digests_nothing_is_claimed() -> None:
    """Photos that were never read are refused, instead of called free of faults."""
    bare = replace(dataset(), photos=tuple(replace(photo, sha256="") for photo in CLEAN))
    with pytest.raises(DatasetError, match="no digests"):
        find_faults(bare)


def test_file_says_what_was_not_looked_for(tmp_path: Path) -> None:
    """`audit.json` has the stable keys, and tells which checks it does not hold."""
    find_faults(dataset()).write(tmp_path / "audit.json")
    document = json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))
    assert set(document) == {
        "version", "unreadable", "left_out", "exact_duplicates", "near_duplicates", "groups",
        "leaks",
        "label_conflicts",
        "suspicious_labels", "shortcuts", "defect_sizes", "findings", "summary",
    }  # fmt: skip
    assert set(document["summary"]["not_checked"]) == {
        "near_duplicates", "suspicious_labels", "shortcuts", "formats", "exposure", "drift",
    }  # fmt: skip
    assert all(document.get(name) is None for name in document["summary"]["not_checked"])


def test_odd_file_names_survive_in_json(tmp_path: Path) -> None:
    """Umlauts stay readable, and bytes that are no UTF-8 come back."""
    odd = Photo("ok/Größe\udcff.jpg", "ok", "oktrain", "g", "train")
    find_faults(dataset(odd)).write(tmp_path / "audit.json")
    text = (tmp_path / "audit.json").read_text(encoding="utf-8")
    assert "Größe" in text
    assert json.loads(text)["exact_duplicates"][0]["b"] == odd.path


def test_whole_way_from_a_folder(tmp_path: Path) -> None:
    """A copy planted under the other label of a generated folder is found, and does not leak."""
    write_folder(tmp_path, good=10, defective=10, size=48)
    original = min((tmp_path / "ok").iterdir())
    (tmp_path / "defective" / "planted.jpg").write_bytes(original.read_bytes())
    shared = assign_splits(add_digests(find_photos(tmp_path)), validation=0.2, test=0.2, seed=0)
    found = find_faults(shared)
    paths = {"defective/planted.jpg", f"ok/{original.name}"}
    assert [{pair.a, pair.b} for pair in found.exact_duplicates] == [paths]
    assert [{pair.a, pair.b} for pair in found.label_conflicts] == [paths]
    assert [set(group) for group in found.groups] == [paths]
    assert found.leaks == []
