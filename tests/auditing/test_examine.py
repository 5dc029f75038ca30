"""okng.auditing.run_checks: the whole audit of a folder with planted copies."""

import importlib.util
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from okng.auditing import examine, extract_features, full_audit, headline, with_splits
from okng.auditing.near.store import Store
from okng.dataset import add_digests, assign_splits, find_photos
from okng.errors import DatasetError
from okng.events import Silent
from okng.testing import draw_part, encode, write_folder

with Silent().stage("", 0) as SILENT:
    pass


def test_planted_copies_become_groups(planted: Any) -> None:
    """All of them, under turn, flip, shear, zoom, other light and JPEG; and nothing else."""
    assert {frozenset(group) for group in planted.examined.findings.groups} == planted.pairs


def test_headline_counts_parts(planted: Any) -> None:
    """In one sentence, overall and for each class."""
    said = headline(planted.examined)

    assert said == "These 44 photos show about 32 parts: 16 of ok, 16 of defective."


def test_what_was_checked_is_listed(planted: Any) -> None:
    """With the figures of the search, and why the rest was left out."""
    summary = planted.examined.findings.summary

    assert {"near_duplicates", "shortcuts", "formats", "exposure", "drift"} <= {*summary.checked}
    assert summary.not_checked == {"suspicious_labels": "no embedding network here"}
    assert summary.search.across_classes == 0
    assert summary.search.false_match_rate <= 1e-3


def test_no_split_takes_a_part_apart(planted: Any) -> None:
    """Whatever the seed."""
    for seed in range(5):
        shared = assign_splits(planted.examined.dataset, validation=0.2, test=0.2, seed=seed)
        assert with_splits(planted.examined, shared).findings.leaks == []


def test_leaks_of_a_given_split_are_told(planted: Any) -> None:
    """A copy in the test of a photo in training; what wtaken from the cache is not sought again."""
    photos = tuple(
        replace(p, split="test" if "copy" in p.path else "train")
        for p in planted.examined.dataset.photos
    )
    found = with_splits(planted.examined, replace(planted.examined.dataset, photos=photos)).findings

    assert {frozenset({pair.a, pair.b}) for pair in found.leaks} == planted.pairs
    assert all(0.2 < pair.score < 1 for pair in found.leaks)
    assert "12 of 12 photos of the test split" in found.serious[0].what


def test_second_audit_takes_what_is_known(
    copied_photos: Any, tmp_path: Path, listener: Any
) -> None:
    """No photo is described again, no pair compared; also when all files have other names."""
    root = tmp_path / "photos"
    shutil.copytree(copied_photos[0], root)
    first = examine(add_digests(find_photos(root)), Silent(), cache=tmp_path / "cache")
    for path in [p for p in root.rglob("*.jpg") if p.is_file()]:
        path.rename(path.with_name(f"x{path.name}"))
    again = examine(add_digests(find_photos(root)), listener, cache=tmp_path / "cache")

    assert "near" not in listener.done
    assert any("taken from the cache" in said for said in listener.sentences)
    named = {frozenset(p.replace("part", "xpart") for p in g) for g in first.findings.groups}
    assert {frozenset(g) for g in again.findings.groups} == named
    assert len(named) == 12


def test_photo_that_changes_is_left_out(tmp_path: Path) -> None:
    """Between the digest and the second look another photo was written over it; one vanished."""
    write_folder(tmp_path, good=6, defective=6, size=48)
    dataset = add_digests(find_photos(tmp_path))
    changed, gone = (dataset.photos[n].path for n in (0, 7))
    (tmp_path / changed).write_bytes(encode(draw_part(99, size=48).photo))
    (tmp_path / gone).unlink()
    with Store(None) as store:
        left, facts = extract_features.gather(dataset, store, SILENT)

    assert {u.path: u.reason for u in left.unreadable}.keys() == {changed, gone}
    assert "changed during the audit" in next(
        u.reason for u in left.unreadable if u.path == changed
    )
    assert len(left) == len(facts) == 10


def test_all_copies_of_a_vanished_photo_are_listed(tmp_path: Path) -> None:
    """None is lost without a word."""
    write_folder(tmp_path, good=6, defective=6, size=48)
    original = min((tmp_path / "ok").iterdir())
    copy = original.with_name("z.jpg")
    shutil.copy(original, copy)
    dataset = add_digests(find_photos(tmp_path))
    copy.unlink()
    original.unlink()
    with Store(None) as store:
        left, _ = extract_features.gather(dataset, store, SILENT)

    assert sorted(u.path for u in left.unreadable) == [f"ok/{original.name}", "ok/z.jpg"]


def test_folder_that_vanishes_is_an_error(tmp_path: Path) -> None:
    """A class without photos cannot be audited."""
    write_folder(tmp_path, good=4, defective=4, size=32)
    dataset = add_digests(find_photos(tmp_path))
    shutil.rmtree(tmp_path / "ok")
    with pytest.raises(DatasetError, match="ok has 0"):
        examine(dataset, Silent())


def test_identical_photos(tmp_path: Path) -> None:
    """Forty times the same photo under two labels: one part, half of the labels in doubt."""
    for label in ("ok", "ng"):
        (tmp_path / label).mkdir()
        for number in range(20):
            (tmp_path / label / f"{number}.jpg").write_bytes(encode(draw_part(1, size=48).photo))
    examined = examine(add_digests(find_photos(tmp_path)), Silent())
    found = examined.findings

    assert headline(examined) == (
        "These 40 photos show about one part: 1 of ok, 1 of ng (1 of them under two labels, "
        "counted in each)."
    )
    assert [len(group) for group in found.groups] == [40]
    assert len(found.exact_duplicates) == 39
    assert len(found.label_conflicts) == 20
    assert found.summary.parts == 1


def test_two_photos_are_refused(tmp_path: Path) -> None:
    """With the number that is needed, and why."""
    for label in ("ok", "ng"):
        (tmp_path / label).mkdir()
        (tmp_path / label / "1.jpg").write_bytes(encode(draw_part(1, size=48).photo))
    with pytest.raises(DatasetError, match=r"ok has 1, ng has 1(.|\n)*at least 3"):
        add_digests(find_photos(tmp_path))


def test_stopped_audit_keeps_what_it_measured(
    copied_photos: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C half way through: the next run describes only the other photos."""
    dataset = add_digests(find_photos(copied_photos[0]))
    described: list[str] = []
    original, stop_at = extract_features._extract, 20

    def counting(path: Path, photo: object) -> object:
        described.append(str(path))
        if len(described) == stop_at:
            raise KeyboardInterrupt
        return original(path, photo)  # type: ignore[arg-type]

    monkeypatch.setattr(extract_features, "_extract", counting)
    with pytest.raises(KeyboardInterrupt):
        examine(dataset, Silent(), cache=tmp_path)
    stopped, stop_at = len(described), 0
    described.clear()
    with Store(tmp_path) as store:
        left, _ = extract_features.gather(dataset, store, SILENT)

    assert len(left) == len(dataset)
    assert 0 < len(described) < len(dataset)
    assert stopped + len(described) >= len(dataset)


def test_bare_installation_does_what_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the extra: equal pixels, forms and exposure; the rest is listed with the reason."""
    write_folder(tmp_path, good=6, defective=6, size=48)
    photo = draw_part(1, size=48).photo
    for name, kind in (("a.png", "PNG"), ("b.bmp", "BMP")):
        (tmp_path / "ok" / name).write_bytes(encode(photo, kind))
    real = importlib.util.find_spec
    absent = {"cv2", "faiss", "sklearn", "cleanlab", "scipy"}
    monkeypatch.setattr(importlib.util, "find_spec", lambda n: None if n in absent else real(n))
    monkeypatch.setattr(full_audit, "gather_evidence", None)
    examined = examine(add_digests(find_photos(tmp_path)), Silent())
    found = examined.findings

    assert [{p.a, p.b} for p in found.exact_duplicates] == [{"ok/a.png", "ok/b.bmp"}]
    assert [found.near_duplicates, found.suspicious_labels, found.shortcuts] == [None] * 3
    assert set(found.summary.not_checked) == {
        "near_duplicates", "suspicious_labels", "shortcuts",
    }  # fmt: skip
    assert "okng[audit]" in found.summary.not_checked["near_duplicates"]
    assert headline(examined) == "14 photos; copies of one part were not searched for."
