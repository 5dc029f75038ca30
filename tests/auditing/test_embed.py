"""okng.auditing.embed: embeddings through onnxruntime, kept by the photos' digests."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from okng.auditing import examine
from okng.auditing.embed import embed
from okng.auditing.near.store import Store
from okng.dataset import Dataset, add_digests, find_photos
from okng.errors import PhotoError
from okng.events import Silent
from okng.testing import draw_part, encode, write_folder

with Silent().stage("", 0) as SILENT:
    pass


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network of one step: the mean of each colour."""
    photo = helper.make_tensor_value_info("photo", TensorProto.UINT8, ["n", 16, 16, 3])
    out = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", 3])
    nodes = [
        helper.make_node("Cast", ["photo"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["floats", "axes"], ["embedding"], keepdims=0),
    ]
    axes = helper.make_tensor("axes", TensorProto.INT64, [2], [1, 2])
    graph = helper.make_graph(nodes, "means", [photo], [out], [axes])
    path = tmp_path_factory.mktemp("model") / "means.onnx"
    opset = [helper.make_opsetid("", 18)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=9), path)
    return path


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    """Twelve parts."""
    return add_digests(find_photos(write_folder(tmp_path / "p", good=6, defective=6, size=32)))


def test_one_row_per_photo(dataset: Dataset, model: Path, tmp_path: Path) -> None:
    """In the order of the photos; the second time without a look at them."""
    with Store(tmp_path / "cache") as store:
        first = embed(dataset, model, store, SILENT)
    for path in dataset.paths():
        path.unlink()
    with Store(tmp_path / "cache") as store:
        again = embed(dataset, model, store, SILENT)

    assert first.shape == (12, 3)
    assert np.ptp(first[:, 0]) > 1
    assert (again == first).all()


def test_photo_that_changed_has_no_embedding(dataset: Dataset, model: Path) -> None:
    """Nothing wrong is kept under a digest."""
    dataset.paths()[3].write_bytes(encode(draw_part(77, size=32).photo))
    with Store(None) as store, pytest.raises(PhotoError, match="changed"):
        embed(dataset, model, store, SILENT)


def test_suspicious_labels_are_looked_for(tmp_path: Path, model: Path) -> None:
    """With an embedding network and enough parts; otherwise the reason is told."""
    many = add_digests(find_photos(write_folder(tmp_path / "m", good=12, defective=12, size=32)))
    few = add_digests(find_photos(write_folder(tmp_path / "f", good=6, defective=6, size=32)))

    found = examine(many, Silent(), embedder=model).findings
    assert found.suspicious_labels is not None
    assert "suspicious_labels" in found.summary.checked
    found = examine(few, Silent(), embedder=model).findings
    assert found.suspicious_labels is None
    assert found.summary.not_checked == {"suspicious_labels": "too few parts of a class"}
