"""Training and line see the same photo: pixel by pixel, in every engine."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
import pytest
import torch
from PIL import Image

from okng.dataset import load_photos
from okng.export.resize import Resize
from okng.preprocess import read, shrink

SIZE = 96
SIZES = [(16, 16), (40, 24), (64, 64), (300, 300), (301, 17), (4000, 64), (64, 4000)]
ENGINES = ("torch", "onnxruntime", "openvino")


class _Engines:
    """The resize of a model file in each engine, uint8 (1, H, W, 3) to float32 (1, 3, S, S)."""

    def __init__(self, folder: Path) -> None:
        path = folder / "resize.onnx"
        side = torch.export.Dim
        self._torch = Resize(SIZE).eval()
        torch.onnx.export(
            self._torch, (torch.zeros(2, 70, 80, 3, dtype=torch.uint8),), str(path), dynamo=True,
            input_names=["photo"], output_names=["pixels"], opset_version=20,
            external_data=False, verbose=False,
            dynamic_shapes={"photo": {
                0: side("N", min=1, max=64), 1: side("H", min=2, max=65535),
                2: side("W", min=2, max=65535),
            }},
        )  # fmt: skip
        self._onnxruntime = onnxruntime.InferenceSession(
            path.read_bytes(), providers=["CPUExecutionProvider"]
        )
        self._openvino: Any = None
        self.path = path

    def pixels(self, engine: str, photo: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        if engine == "torch":
            found = self._torch(torch.from_numpy(photo[None])).numpy()
        elif engine == "onnxruntime":
            found = self._onnxruntime.run(None, {"photo": photo[None]})[0]
        else:
            found = self._by_openvino(photo[None])
        return np.asarray(found[0].transpose(1, 2, 0))

    def _by_openvino(self, photo: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        openvino = pytest.importorskip("openvino")
        if self._openvino is None:
            settings = {"INFERENCE_PRECISION_HINT": "f32"}
            core = openvino.Core()
            self._openvino = core.compile_model(core.read_model(self.path), "CPU", settings)
        return np.asarray(self._openvino({"photo": photo})["pixels"])


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> _Engines:
    """One export for all photos."""
    return _Engines(tmp_path_factory.mktemp("resize"))


def _write(path: Path, size: tuple[int, int], kind: str, mode: str) -> Path:
    """A photo of one kind: smooth as of a thermal camera, or noise; grey, colour or 16 bits."""
    rng = np.random.default_rng(7)
    height, width = size
    if kind == "noise":
        values = rng.random((height, width, 3))
    else:
        y, x = np.mgrid[:height, :width]
        values = 0.4 + 0.1 * np.sin(x / width * 3)[..., None] + 0.1 * (y / height)[..., None]
        values = values + rng.normal(0, 0.006, (height, width, 3))
    values = values.clip(0, 1)
    if mode == "16 bit":
        Image.fromarray((values[..., 0] * 65535).astype(np.uint16)).save(path, compress_level=1)
    else:
        levels = (values * 255).astype(np.uint8)
        Image.fromarray(levels[..., 0] if mode == "grey" else levels).save(path, compress_level=1)
    return path


@pytest.mark.parametrize("mode", ["grey", "colour", "16 bit"])
@pytest.mark.parametrize("kind", ["smooth", "noise"])
@pytest.mark.parametrize("size", SIZES)
def test_line_sees_the_pixels_of_training(
    engines: _Engines, tmp_path: Path, size: tuple[int, int], kind: str, mode: str
) -> None:
    """What training loads is what each engine computes from the file, without one exception."""
    path = _write(tmp_path / "photo.png", size, kind, mode)
    trained = load_photos([path], SIZE)[0]

    for engine in ENGINES:
        pixels = engines.pixels(engine, read(path))
        assert np.array_equal(np.rint(pixels * 255), trained), engine
        assert np.abs(pixels - trained / np.float32(255)).max() < 1e-6, engine


def test_large_square_photos_are_the_same_too(engines: _Engines) -> None:
    """4,000 pixels a side, which the engines cut into pieces of their own."""
    photo = np.random.default_rng(3).integers(0, 256, (4000, 4000, 3), dtype=np.uint8)
    trained = shrink(photo, SIZE)

    for engine in ENGINES[1:]:
        assert np.array_equal(np.rint(engines.pixels(engine, photo) * 255), trained), engine
