"""okng.audit and okng.split: from photos on disk to findings and manifests."""

import csv
import importlib.util
import json
import shutil
from pathlib import Path

import pytest

import okng
from okng import config
from okng.dataset import find_photos
from okng.errors import ConfigError, DatasetError
from okng.steps.embedder import embedder
from okng.steps.prepare import audited
from okng.testing import (
    Defect,
    Layout,
    RecordingProgress,
    copy_photo,
    draw_part,
    encode,
    write_folder,
)


@pytest.fixture
def listener() -> RecordingProgress:
    """Somebody who is told everything."""
    return RecordingProgress()


@pytest.fixture
def leaking(tmp_path: Path) -> Path:
    """Train and test, with one equal and one contradicting copy."""
    root = write_folder(tmp_path / "data" / "photos", good=16, defective=16, size=40,
                        layout=Layout.SPLITS)  # fmt: skip
    first = min((root / "test" / "ok").iterdir())
    shutil.copy(first, root / "train" / "ok" / "leak.jpg")
    other = min((root / "train" / "defective").iterdir())
    shutil.copy(other, root / "train" / "ok" / "wrong.jpg")
    return root


def rows(manifest: Path) -> list[dict[str, str]]:
    """A manifest as it is read by others."""
    with manifest.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_audit_leaves_json_and_page(leaking: Path, tmp_path: Path) -> None:
    """With the keys that other people's scripts depend on; no photo is touched."""
    before = {p: p.read_bytes() for p in leaking.rglob("*.jpg")}
    found = okng.audit(leaking, out=tmp_path / "audit")
    document = json.loads((tmp_path / "audit" / "audit.json").read_text())

    assert {
        "unreadable", "exact_duplicates", "near_duplicates", "groups", "leaks", "label_conflicts",
        "suspicious_labels", "shortcuts", "summary",
    } <= set(document)  # fmt: skip
    assert len(document["exact_duplicates"]) == 2
    assert {"a", "b", "score"} == set(document["leaks"][0])
    assert found.report == tmp_path / "audit" / "audit.html"
    assert {p: p.read_bytes() for p in leaking.rglob("*.jpg")} == before


def test_fix_writes_a_manifest_that_train_takes(leaking: Path, tmp_path: Path) -> None:
    """Without copies and without labels that contradict each other, wherever it lies."""
    fixed = tmp_path / "elsewhere" / "clean.csv"
    fixed.parent.mkdir()
    okng.audit(leaking, fix=fixed, no_near=True)
    left = {Path(row["path"]).name for row in rows(fixed)}

    assert len(find_photos(fixed)) == 34 - 3
    assert "wrong.jpg" not in left
    assert "leak.jpg" not in left
    assert len({row["sha256"] for row in rows(fixed)}) == len(rows(fixed))
    assert okng.audit(fixed, no_near=True).findings.label_conflicts == []


def test_three_copies_become_one(tmp_path: Path) -> None:
    """The first stays."""
    root = write_folder(tmp_path / "photos", good=5, defective=5, size=32)
    original = min((root / "ok").iterdir())
    for number in range(2):
        shutil.copy(original, root / "ok" / f"z{number}.jpg")
    okng.audit(root, fix=tmp_path / "clean.csv", no_near=True)

    assert [Path(r["path"]).name for r in rows(tmp_path / "clean.csv") if r["label"] == "ok"] == [
        p.name for p in sorted((root / "ok").iterdir())[:5]
    ]


def test_no_near_still_measures(leaking: Path) -> None:
    """What takes long is left out, and said; all else is done."""
    summary = okng.audit(leaking, no_near=True).findings.summary

    assert set(summary.not_checked) == {"near_duplicates", "suspicious_labels"}
    assert {"formats", "exposure", "shortcuts", "exact_duplicates"} <= set(summary.checked)


def test_column_of_a_manifest_makes_groups(tmp_path: Path) -> None:
    """A part with two views, as the column of serial numbers tells."""
    root = write_folder(tmp_path / "photos", good=6, defective=6, size=32)
    photos = sorted(root.rglob("*.jpg"))
    lines = [f"{p.relative_to(tmp_path)},{p.parent.name},S{n // 2}" for n, p in enumerate(photos)]
    (tmp_path / "m.csv").write_text("\n".join(["path,label,serial", *lines]))
    found = okng.audit(tmp_path / "m.csv", group_by="serial", no_near=True)

    assert len(found.findings.groups) == 6
    assert {p.group for p in found.dataset.photos} == {f"S{n}" for n in range(6)}
    with pytest.raises(ConfigError, match=r"a column of the manifest \(path, label, serial\)"):
        okng.audit(tmp_path / "m.csv", group_by="seriall", no_near=True)


def test_found_and_given_groups_are_joined(tmp_path: Path) -> None:
    """A copy of one view of a part belongs to the part with all its views."""
    root = write_folder(tmp_path, good=10, defective=10, size=112)
    copy = copy_photo(draw_part(0, size=112), 5)
    (root / "ok" / "stray.jpg").write_bytes(encode(copy.photo))
    found = okng.audit(root, group_by=r"part(000[01])")

    assert ["ok/part0000_0.jpg", "ok/stray.jpg"] in found.findings.groups
    assert next(p.group for p in found.dataset.photos if "stray" in p.path) == "0000"


def test_split_writes_what_train_reads(leaking: Path, tmp_path: Path) -> None:
    """Columns of the design, paths from the manifest's own folder, no part on two sides."""
    target = tmp_path / "data" / "manifest.csv"
    assert okng.split(leaking, target, split="new", no_near=True) == [target]
    table = rows(target)

    assert list(table[0]) == ["path", "sha256", "label", "group", "split", "group_source"]
    assert table[0]["path"].startswith("photos/")
    assert len(find_photos(target)) == len(table) == 34
    places = {(r["group"], r["split"]) for r in table if r["group"]}
    assert len(places) == len({group for group, _ in places}) == 2


def test_kept_split_that_leaks_is_told(
    leaking: Path, tmp_path: Path, listener: RecordingProgress
) -> None:
    """It stays as it was given, but not without a word."""
    okng.split(leaking, tmp_path / "m.csv", no_near=True, progress=listener)

    assert any(s.startswith("AUDIT: 1 of 8 photos of the test split") for s in listener.sentences)
    assert "leak.jpg" in (tmp_path / "m.csv").read_text()


def test_folds_are_as_many_manifests(leaking: Path, tmp_path: Path) -> None:
    """Each photo is in the test of one of them."""
    written = okng.split(leaking, tmp_path / "m.csv", folds=3, no_near=True)
    tested = [r["path"] for file in written for r in rows(file) if r["split"] == "test"]

    assert [file.name for file in written] == ["m-fold1.csv", "m-fold2.csv", "m-fold3.csv"]
    assert len(tested) == len(set(tested)) == 34


def test_repair_tells_what_it_drops(
    leaking: Path, tmp_path: Path, listener: RecordingProgress
) -> None:
    """One training photo shows a part of the test."""
    okng.split(leaking, tmp_path / "m.csv", split="repair", no_near=True, progress=listener)

    assert "repaired: 1 photos of parts of a later split left out" in listener.sentences
    assert "leak.jpg" not in {Path(r["path"]).name for r in rows(tmp_path / "m.csv")}


def test_repair_that_leaves_too_little_offers_new(tmp_path: Path) -> None:
    """As on photos that are nearly all copies of those in the test."""
    root = write_folder(tmp_path / "p", good=8, defective=8, size=32, layout=Layout.SPLITS)
    for label in ("ok", "defective"):
        for number, path in enumerate(sorted((root / "train" / label).iterdir())):
            if number < 5:
                shutil.copy(path, root / "test" / label / path.name)
    with pytest.raises(DatasetError, match=r"too few training photos(.|\n)*`data.split` new"):
        okng.split(root, tmp_path / "m.csv", split="repair", no_near=True)


def test_cache_that_cannot_be_written_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listener: RecordingProgress
) -> None:
    """The audit says so and goes on, also without its embedding network."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("OKNG_CACHE", str(tmp_path / "file" / "cache"))
    monkeypatch.setattr("okng.steps.examine.embedder", lambda *_: None)
    root = write_folder(tmp_path / "p", good=6, defective=6, size=48)
    found = okng.audit(root, progress=listener)

    assert found.findings.near_duplicates == []
    assert any("cache cannot be used" in said for said in listener.sentences)


def test_embedding_network_without_its_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listener: RecordingProgress
) -> None:
    """Where the packaged weights are missing it is not made, and nothing fails."""
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if "efficientnet" in name else real(name)
    )

    assert embedder(tmp_path / "cache", listener) is None


@pytest.mark.slow
def test_turned_copies_in_training_spoil_no_headline(tmp_path: Path) -> None:
    """Near-duplicates of test photos in training: counted, and the figures without them beside."""
    root = write_folder(tmp_path / "p", good=16, defective=16, size=96, layout=Layout.SPLITS)
    for number in (3, 7):
        copy = copy_photo(draw_part(number, size=96), 40 + number)
        (root / "train" / "ok" / f"copy{number}.jpg").write_bytes(encode(copy.photo))
    run = okng.train(root, out=tmp_path / "run", model="cnn", image_size=32, epochs=1, filters=4,
                     depth=2, precision="float32")  # fmt: skip
    leakage = run.metrics["leakage"]

    assert leakage["paths"] == ["test/ok/part0003_0.jpg", "test/ok/part0007_0.jpg"]
    assert leakage["without_leaked"]["photos"] == run.metrics["photos"] - 2
    assert "near-duplicates" in leakage["checked"]
    assert "Do not quote these figures" in run.report.read_text()


@pytest.mark.slow
def test_many_files_are_listed_without_their_photos(tmp_path: Path) -> None:
    """100,000 files: paths are held, and nothing else."""
    import tracemalloc  # noqa: PLC0415 - slows everything down

    for label in ("ok", "ng"):
        (tmp_path / label).mkdir()
        for number in range(50_000):
            (tmp_path / label / f"{number:06d}.jpg").touch()
    tracemalloc.start()
    found = find_photos(tmp_path)
    size = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert len(found) == 100_000
    assert size < 150e6


def test_training_tells_defects_too_small_for_its_size(
    tmp_path: Path, listener: RecordingProgress
) -> None:
    """Before it learns, at the image size of the run; `okng audit` takes that of the default."""
    kinds = (Defect.BLOWHOLE, Defect.SCRATCH)
    write_folder(tmp_path, good=8, defective=16, defects=kinds, size=96, layout=Layout.MVTEC)
    chosen = config.resolve(config.load(None, {"image_size": 32, "no_near": True}))
    _, findings = audited(tmp_path, chosen, listener)
    told = [said for said in listener.sentences if said.startswith("AUDIT: At 32 px the smallest")]

    assert findings.defect_sizes is not None
    assert findings.defect_sizes.image_size == 32
    assert len(told) == 1
    assert "Use `data.image_size` 96" in told[0]
    by_default = okng.audit(tmp_path, no_near=True).findings.defect_sizes
    assert by_default is not None
    assert by_default.image_size == 192
