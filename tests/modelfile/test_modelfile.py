"""The model file says what it is, and nothing else passes for one."""

import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from okng import modelfile
from okng.commands.train import Run
from okng.errors import ConfigError, ModelFileError
from okng.inference import Inspector
from okng.modelfile import seals
from okng.verdict import OperatingPoint


def _unsealed(model: onnx.ModelProto, path: Path, **changes: object) -> Path:
    """A file as okng wrote it before there were seals, with other metadata."""
    kept = [entry for entry in model.metadata_props if entry.key != seals.KEY]
    del model.metadata_props[:]
    model.metadata_props.extend(kept)
    for entry in model.metadata_props:
        if entry.key == modelfile.KEY:
            document = json.loads(entry.value) | {"schema_version": 1} | changes
            entry.value = json.dumps(document)
    path.write_bytes(model.SerializeToString())
    return path


def _plain_onnx() -> onnx.ModelProto:
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    node = helper.make_node("Identity", ["x"], ["y"])
    return helper.make_model(helper.make_graph([node], "g", [value], [
        helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])]))  # fmt: skip


def test_metadata_tells_all(run: Run) -> None:
    """Classes, operating point, digest of the photos, figures with intervals, licence, versions."""
    metadata = modelfile.read(run.model_file).metadata

    assert metadata.classes == ("ok", "defective")
    assert metadata.ok_class == "ok"
    assert len(metadata.dataset_digest) == 64
    assert metadata.metrics["accuracy"]["low"] <= metadata.metrics["accuracy"]["value"]
    assert {"okng", "torch", "onnx"} <= set(metadata.versions)
    assert metadata.operating_point.policy == "lowest cost"


def test_other_tools_find_their_names(run: Run) -> None:
    """OpenVINO Model API and Ultralytics read these keys."""
    model = onnx.load(run.model_file)
    properties = {entry.key: entry.value for entry in model.metadata_props}

    assert properties["model_info model_type"] == "Classification"
    assert properties["model_info labels"] == "ok defective"
    assert properties["names"] == "{0: 'ok', 1: 'defective'}"
    assert properties["imgsz"] == "[48, 48]"
    assert model.opset_import[0].version >= 18


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x00" * 100])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    """A file of another kind ends in a clear error."""
    (tmp_path / "m.onnx").write_bytes(content)

    with pytest.raises(ModelFileError, match="not a model file of okng"):
        modelfile.read(tmp_path / "m.onnx")


def test_foreign_onnx_is_refused(tmp_path: Path) -> None:
    """ONNX without our metadata is no inspector."""
    onnx.save(_plain_onnx(), tmp_path / "m.onnx")

    with pytest.raises(ModelFileError, match="no metadata"):
        modelfile.read(tmp_path / "m.onnx")


def test_absent_file_is_told(tmp_path: Path) -> None:
    """A typo in the path."""
    with pytest.raises(ModelFileError, match="cannot be read"):
        modelfile.read(tmp_path / "m.onnx")


def test_external_data_is_never_loaded(tmp_path: Path, run: Run) -> None:
    """A tensor that points to another file is refused, before any engine sees it."""
    model = onnx.load(run.model_file)
    tensor = model.graph.initializer[0]
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")
    path = _unsealed(model, tmp_path / "m.onnx")

    with pytest.raises(ModelFileError, match="external data"):
        modelfile.read(path)


def test_unknown_schema_is_refused(tmp_path: Path, run: Run) -> None:
    """A file of a later version is not read by halves."""
    path = _unsealed(onnx.load(run.model_file), tmp_path / "m.onnx", schema_version=99)

    with pytest.raises(ModelFileError, match="schema 99"):
        modelfile.read(path)


def test_digest_that_differs_is_refused(run: Run) -> None:
    """A file that somebody changed is told."""
    actual = modelfile.read(run.model_file).digest

    assert modelfile.read(run.model_file, digest=actual).digest == actual
    with pytest.raises(ModelFileError, match="not the expected one"):
        modelfile.read(run.model_file, digest="0" * 64)


def test_sealing_writes_graph_and_metadata_alike(tmp_path: Path, run: Run) -> None:
    """Threshold and calibration cannot differ between the two."""
    path = tmp_path / "m.onnx"
    path.write_bytes(run.model_file.read_bytes())
    point = OperatingPoint(threshold=0.125)
    modelfile.seal(
        path, modelfile.read(path).metadata.model_copy(update={"operating_point": point})
    )
    constants = {t.name: onnx.numpy_helper.to_array(t) for t in onnx.load(path).graph.initializer}
    calibration = modelfile.read(path).metadata.calibration

    assert constants["threshold"] == np.float32(0.125)
    assert np.allclose(constants["calibration_scale"], calibration.scale)
    assert np.allclose(constants["calibration_bias"], calibration.bias)


@pytest.fixture
def own(run: Run, tmp_path: Path) -> Path:
    """A model file that may be changed."""
    return Path(shutil.copy(run.model_file, tmp_path / "own.onnx"))


def test_changed_threshold_keeps_its_history(own: Path) -> None:
    """What stood before, why and when, twice; and verdicts follow in file and graph."""
    first = modelfile.read(own).metadata.operating_point.threshold
    modelfile.change_operating_point(
        own, modelfile.OperatingPointChange(threshold=0.31, reason="two escapes in week 14")
    )
    before, after = modelfile.change_operating_point(
        own, modelfile.OperatingPointChange(threshold=0.2, reason="and one more")
    )
    history = after.metadata.history

    assert before.digest != after.digest
    assert [entry.old.threshold for entry in history] == [first, 0.31]
    assert [entry.reason for entry in history] == ["two escapes in week 14", "and one more"]
    assert history[0].changed <= history[1].changed
    inspector = Inspector(own)
    assert inspector.metadata.operating_point.threshold == 0.2
    sealed = {t.name: t for t in onnx.load(own).graph.initializer}["threshold"]
    assert onnx.numpy_helper.to_array(sealed) == pytest.approx([0.2])


def test_review_band_is_set_and_dropped(own: Path) -> None:
    """With the threshold inside of it, or not at all."""
    band = modelfile.change_operating_point(
        own, modelfile.OperatingPointChange(threshold=0.3, reason="a band", review=(0.2, 0.4))
    )[1]

    assert band.metadata.operating_point.review_low == 0.2
    with pytest.raises(ConfigError, match="must lie inside the review band"):
        modelfile.change_operating_point(
            own, modelfile.OperatingPointChange(threshold=0.6, reason="outside")
        )
    dropped = modelfile.change_operating_point(
        own, modelfile.OperatingPointChange(threshold=0.6, reason="no band", drop_review=True)
    )[1]
    assert dropped.metadata.operating_point.review_low is None


def test_limit_of_unfamiliarity_is_set_and_kept(own: Path) -> None:
    """It changes alone, and a later change of the threshold leaves it."""
    first = modelfile.read(own).metadata.operating_point
    modelfile.change_operating_point(
        own, modelfile.OperatingPointChange(reason="new lamp", unfamiliar_limit=0.995)
    )
    after = modelfile.change_operating_point(
        own, modelfile.OperatingPointChange(threshold=0.3, reason="week 14")
    )[1].metadata

    assert first.unfamiliar_limit == 0.99
    assert after.operating_point.unfamiliar_limit == 0.995
    assert after.history[0].old == first
    with pytest.raises(ConfigError, match="Nothing is changed"):
        modelfile.change_operating_point(own, modelfile.OperatingPointChange(reason="nothing"))
    with pytest.raises(ConfigError):
        modelfile.change_operating_point(
            own, modelfile.OperatingPointChange(reason="too much", unfamiliar_limit=1.5)
        )


@pytest.mark.parametrize(("value", "reason"), [(1.5, "x"), (float("nan"), "x"), (0.5, "  ")])
def test_threshold_without_sense_or_reason_is_refused(own: Path, value: float, reason: str) -> None:
    """And the file stays as it was."""
    digest = modelfile.read(own).digest
    with pytest.raises(ConfigError):
        modelfile.change_operating_point(
            own, modelfile.OperatingPointChange(threshold=value, reason=reason)
        )

    assert modelfile.read(own).digest == digest
