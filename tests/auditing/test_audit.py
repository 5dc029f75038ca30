"""What digests can show of a folder of photos."""

import json
import shutil
from pathlib import Path

from okng.auditing import examine
from okng.dataset import add_digests, assign_splits, find_photos
from okng.events import Silent
from okng.testing import Layout, write_folder


def _audited(root: Path) -> dict[str, object]:
    dataset = assign_splits(add_digests(find_photos(root)), validation=0.2, test=0.2, seed=0)
    examine(dataset, Silent(), near=False).findings.write(root / "audit.json")
    document: dict[str, object] = json.loads((root / "audit.json").read_text())
    return document


def test_planted_faults_are_found(tmp_path: Path) -> None:
    """A leak between splits, a label conflict and a broken file, and nothing else."""
    root = write_folder(tmp_path, good=16, defective=16, size=24, layout=Layout.SPLITS)
    original = next((root / "test" / "ok").iterdir())
    shutil.copy(original, root / "train" / "ok" / "leak.jpg")
    shutil.copy(original, root / "train" / "defective" / "conflict.jpg")
    (root / "train" / "ok" / "broken.jpg").write_bytes(b"")

    found = _audited(root)

    assert [f["path"] for f in found["unreadable"]] == ["train/ok/broken.jpg"]  # type: ignore[attr-defined]
    assert len(found["exact_duplicates"]) == 2  # type: ignore[arg-type]
    assert any(p["a"] == f"test/ok/{original.name}" for p in found["leaks"])  # type: ignore[attr-defined]
    assert {c["label_a"] for c in found["label_conflicts"]} | {  # type: ignore[attr-defined]
        c["label_b"]
        for c in found["label_conflicts"]  # type: ignore[attr-defined]
    } == {"ok", "defective"}


def test_clean_photos_have_no_faults(tmp_path: Path) -> None:
    """Nothing is reported where nothing is."""
    found = _audited(write_folder(tmp_path, good=8, defective=8, size=24))

    for name in ("unreadable", "exact_duplicates", "groups", "leaks", "label_conflicts"):
        assert found[name] == []


def test_what_was_not_checked_has_no_list(tmp_path: Path) -> None:
    """An empty list would say that there are none."""
    found = _audited(write_folder(tmp_path, good=8, defective=8, size=24))

    assert found["near_duplicates"] is None
    assert "near_duplicates" in found["summary"]["not_checked"]  # type: ignore[index]
