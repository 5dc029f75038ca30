"""A model file as OpenVINO IR: the same results, and metadata that Model API reads."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from okng import modelfile
from okng.cli.main import app
from okng.config import Runtime
from okng.errors import ModelFileError
from okng.inference.sessions import open_session
from okng.privacy import load_openvino
from okng.targets import write_openvino

pytest.importorskip("openvino")


@pytest.fixture
def core() -> Any:
    """OpenVINO's entry point."""
    return load_openvino().Core()


def _okng(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_both_files_give_the_results_of_the_model_file(
    exported: Path, tmp_path: Path, core: Any
) -> None:
    """Every output, on photos of any size and number."""
    file = modelfile.read(exported)
    written = write_openvino(file, tmp_path, "line")
    photos = np.random.default_rng(3).integers(0, 256, (3, 50, 70, 3), dtype=np.uint8)
    session = open_session(file.data, Runtime.OPENVINO, 1)
    wanted = session.run(photos, session.outputs)
    settings = {"INFERENCE_PRECISION_HINT": "f32"}
    given = core.compile_model(core.read_model(written[0]), "CPU", settings)({"photo": photos})

    assert [path.name for path in written] == ["line.xml", "line.bin"]
    assert {name: given[name].shape for name in wanted} == {
        name: values.shape for name, values in wanted.items()
    }
    assert all(np.abs(given[name] - wanted[name]).max() < 1e-6 for name in wanted)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["line.bin", "line.xml"]


def test_model_api_finds_task_labels_and_threshold(
    exported: Path, tmp_path: Path, core: Any
) -> None:
    """Under `model_info`; okng's own metadata and the digest of the model file beside it."""
    file = modelfile.read(exported)
    model = core.read_model(write_openvino(file, tmp_path, "line")[0])
    threshold = file.metadata.operating_point.threshold

    def info(*path: str) -> str:
        return str(model.get_rt_info(list(path)).astype(str))

    assert info("model_info", "model_type") == "Classification"
    assert info("model_info", "labels") == "ok dent"
    assert float(info("model_info", "confidence_threshold")) == threshold
    assert info("okng", "model_digest") == file.digest
    assert json.loads(info("okng", "metadata"))["classes"] == ["ok", "dent"]
    assert model.inputs[0].node.layout.to_string() == "[N,H,W,C]"


def test_files_that_differ_get_no_name(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left in the folder."""
    monkeypatch.setattr("okng.targets.openvino_ir._APART", -1.0)

    with pytest.raises(ModelFileError, match="other results than the model file"):
        write_openvino(modelfile.read(exported), tmp_path / "there", "line")
    assert list((tmp_path / "there").iterdir()) == []


def test_the_verb_names_both_files_and_the_precision(exported: Path, tmp_path: Path) -> None:
    """By itself OpenVINO computes in bfloat16 on some CPUs, and scores move."""
    result = _okng("export", exported, "--to", "openvino", "--out", tmp_path / "there")

    assert result.exit_code == 0
    assert result.stdout.split() == [
        str(tmp_path / "there" / f"inspector.{suffix}") for suffix in ("xml", "bin")
    ]
    assert "INFERENCE_PRECISION_HINT f32" in result.stderr


def test_without_openvino_the_extra_is_named(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence, exit code 2."""
    monkeypatch.setitem(sys.modules, "openvino", None)
    result = _okng("export", exported, "--to", "openvino", "--out", tmp_path)

    assert result.exit_code == 2
    assert "okng[openvino]" in result.stderr


def test_what_is_no_model_file_is_refused(tmp_path: Path) -> None:
    """Before OpenVINO sees a byte of it."""
    path = tmp_path / "no.onnx"
    path.write_bytes(b"no model")

    assert _okng("export", path, "--to", "openvino").exit_code == 4
