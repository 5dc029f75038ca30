"""Documents beside a model file: shown only where they are about this very training."""

import json
import shutil
from pathlib import Path

import pytest

from okng import modelfile
from okng.modelfile import ModelFile, OperatingPointChange, change_operating_point
from okng.station.documents import Document, Documents
from okng.testing.station.documents import write_documents


@pytest.fixture
def given(exported: Path, tmp_path: Path) -> Path:
    """A model file in its run folder, with a report and a certificate."""
    path = Path(shutil.copy(exported, tmp_path / "inspector.onnx"))
    write_documents(path)
    return path


def _added(path: Path) -> tuple[Documents, ModelFile]:
    documents, file = Documents(), modelfile.read(path)
    documents.add(path, file)
    return documents, file


def test_documents_of_a_run_folder_are_found(given: Path) -> None:
    """Those that are there, and no others."""
    documents, file = _added(given)
    expected = {name: given.parent / name for name in (Document.REPORT, Document.CERTIFICATE)}

    assert documents.of(file.metadata) == expected


def test_a_changed_threshold_keeps_the_report(given: Path, tmp_path: Path) -> None:
    """All but the certificate: it is of the verdicts at one operating point."""
    documents, _ = _added(given)
    copy = Path(shutil.copy(given, tmp_path / "copy.onnx"))
    after = change_operating_point(copy, OperatingPointChange("new lamp", threshold=0.3)).after

    assert list(documents.of(after.metadata)) == [Document.REPORT]


def test_another_certificate_is_not_shown(given: Path) -> None:
    """Nor one that was changed: its digest is sealed into the model file."""
    documents, file = _added(given)
    (given.parent / "certificate.json").write_text('{"photos": 91}')

    assert list(documents.of(file.metadata)) == [Document.REPORT]


def test_the_report_of_another_training_is_not_shown(given: Path) -> None:
    """A later training into the same folder has replaced the report."""
    documents, file = _added(given)
    metrics = json.loads((given.parent / "metrics.json").read_text())
    metrics["model"]["created"] = "2020-01-01T00:00:00Z"
    (given.parent / "metrics.json").write_text(json.dumps(metrics))

    assert list(documents.of(file.metadata)) == [Document.CERTIFICATE]


@pytest.mark.parametrize("content", [None, "", "[]", '{"model": 3}', "[" * 100_000])
def test_a_report_without_sound_figures_is_not_shown(given: Path, content: str | None) -> None:
    """Nobody can tell what they are about."""
    documents, file = _added(given)
    metrics = given.parent / "metrics.json"
    metrics.unlink() if content is None else metrics.write_text(content)

    assert list(documents.of(file.metadata)) == [Document.CERTIFICATE]


def test_a_model_from_elsewhere_has_no_documents(given: Path) -> None:
    """One that came by the API was not given in a folder."""
    assert Documents().of(modelfile.read(given).metadata) == {}
