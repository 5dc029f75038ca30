"""`resume` continues the run that it was given, with the photos that it began with, or refuses."""

import shutil
from pathlib import Path
from typing import Any

import pytest

import okng
from okng import modelfile
from okng.commands.train import Run
from okng.errors import ConfigError, DatasetError, TrainingError
from okng.testing import RecordingProgress

Swap = tuple[Path, Path]


@pytest.fixture
def stopped(run: Run, photos: Path, tmp_path: Path) -> Swap:
    """A run that was stopped before its training, and a copy of its photos."""
    folder, source = tmp_path / "run", tmp_path / "photos"
    shutil.copytree(run.folder, folder)
    shutil.copytree(photos, source)
    for name in ("inspector.onnx", "metrics.json", "report.html", "history.csv"):
        (folder / name).unlink()
    shutil.rmtree(folder / "models")
    return folder, source


def _first(source: Path, label: str) -> Path:
    return min((source / label).iterdir())


def _swap(source: Path) -> None:
    good, bad = _first(source, "ok"), _first(source, "defective")
    content = good.read_bytes()
    good.write_bytes(bad.read_bytes())
    bad.write_bytes(content)


def _add(source: Path) -> None:
    shutil.copy(_first(source, "ok"), source / "ok" / "zz_new.jpg")


def _remove(source: Path) -> None:
    _first(source, "ok").unlink()


def _relabel(source: Path) -> None:
    first = _first(source, "ok")
    first.rename(source / "defective" / f"was_ok_{first.name}")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_swap, r"2 changed \(defective/.*, ok/"),
        (_add, r"1 new \(ok/zz_new\.jpg\)"),
        (_remove, r"1 gone \(ok/"),
        (_relabel, r"1 new \(defective/was_ok_.*1 gone"),
    ],
)
def test_photos_that_changed_are_refused_with_counts(stopped: Swap, change: Any, told: str) -> None:
    """Old labels over new pixels would teach, and nobody would notice."""
    folder, source = stopped
    change(source)

    with pytest.raises(DatasetError, match=told) as caught:
        okng.train(source, out=folder, resume=True)

    assert "Put them back" in caught.value.message


@pytest.mark.slow
def test_labels_of_a_table_that_changed_are_refused(photos: Path, tmp_path: Path) -> None:
    """The paths are the same; the label is another one."""
    copy = shutil.copytree(photos, tmp_path / "photos")
    rows = [f"{p.relative_to(copy)},{p.parent.name}" for p in sorted(copy.rglob("*.jpg"))]
    source = copy / "table_for_resume.csv"
    source.write_text("\n".join(["path,label", *rows]))
    settings: dict[str, Any] = {"model": "cnn", "image_size": 32, "epochs": 1, "filters": 4,
                                "depth": 2, "no_near": True}  # fmt: skip
    okng.train(source, out=tmp_path / "run", **settings)
    (tmp_path / "run" / "report.html").unlink()
    source.write_text("\n".join(["path,label", rows[0].replace(",defective", ",ok"), *rows[1:]]))

    with pytest.raises(DatasetError, match="1 have another label"):
        okng.train(source, out=tmp_path / "run", resume=True, **settings)


def test_files_that_could_not_be_read_are_not_new(stopped: Swap) -> None:
    """A damaged photo is in audit.json, not in the manifest; it is no reason to refuse."""
    folder, source = stopped
    (source / "ok" / "broken.jpg").write_bytes(b"\xff\xd8 no photo")
    audit = folder / "audit.json"
    text = audit.read_text().replace(
        '"unreadable": []', '"unreadable": [{"path": "ok/broken.jpg", "reason": "cut off"}]'
    )
    audit.write_text(text)
    _add(source)

    with pytest.raises(DatasetError, match=r"1 new \(ok/zz_new"):
        okng.train(source, out=folder, resume=True)


def test_finished_run_stays_as_it_is(run: Run, photos: Path, tmp_path: Path) -> None:
    """A threshold that a person set is kept with its reason; no file is written anew."""
    folder = tmp_path / "run"
    shutil.copytree(run.folder, folder)
    modelfile.change_operating_point(
        folder / "inspector.onnx",
        modelfile.OperatingPointChange(threshold=0.31, reason="two escapes in week 14"),
    )
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}
    heard = RecordingProgress()

    again = okng.train(photos, out=folder, resume=True, progress=heard)

    assert {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()} == before
    assert modelfile.read(again.model_file).metadata.operating_point.threshold == 0.31
    assert any("finished" in sentence for sentence in heard.sentences)


@pytest.mark.slow
def test_threshold_set_before_the_report_is_kept(run: Run, photos: Path, tmp_path: Path) -> None:
    """A run that was stopped between its model file and its report publishes the file again."""
    folder = tmp_path / "run"
    shutil.copytree(run.folder, folder)
    modelfile.change_operating_point(
        folder / "inspector.onnx",
        modelfile.OperatingPointChange(threshold=0.31, reason="two escapes in week 14"),
    )
    (folder / "report.html").unlink()

    again = okng.train(photos, out=folder, resume=True)

    metadata = modelfile.read(again.model_file).metadata
    assert metadata.operating_point.threshold == 0.31
    assert metadata.history[0].reason == "two escapes in week 14"


def test_run_that_is_not_there_is_not_resumed(run: Run, photos: Path, tmp_path: Path) -> None:
    """A typo would cost minutes of training; the error lists the runs that are there."""
    with pytest.raises(TrainingError, match=r"no run to resume in .*typo") as caught:
        okng.train(photos, out=run.folder.parent / "typo", resume=True)

    assert str(run.folder) in caught.value.message
    assert not (run.folder.parent / "typo").exists()
    with pytest.raises(TrainingError, match="Which run to resume is not given"):
        okng.train(photos, resume=True)


def test_run_refused_for_its_tracker_leaves_no_folder(photos: Path, tmp_path: Path) -> None:
    """The corrected command would otherwise meet a folder that already holds a run."""
    with pytest.raises(TrainingError):
        okng.train(photos, out=tmp_path / "run", mlflow="http://127.0.0.1:9")

    assert not (tmp_path / "run").exists()


def test_run_refused_for_its_pdf_leaves_no_folder(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing can print, the command without --pdf must not meet its own folder."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match=r"report\.pdf"):
        okng.train(photos, out=tmp_path / "run", pdf=True)

    assert not (tmp_path / "run").exists()
