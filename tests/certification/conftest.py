"""Grey photos whose brightness is their score, and a runtime that computes a little otherwise."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from okng import modelfile
from okng.config import Runtime
from okng.inference.paths import NamedPhoto
from okng.inference.sessions import Arrays
from okng.modelfile import ModelFile
from okng.testing import BrightnessSession


class Shifted(BrightnessSession):
    """Gives every score a little higher, up to 1."""

    def __init__(self, by: float) -> None:
        super().__init__()
        self._by = by

    def run(self, photos: npt.NDArray[np.uint8], outputs: Sequence[str]) -> Arrays:
        """As `Session`."""
        results = super().run(photos, self.outputs)
        score = np.minimum(results["defect_score"] + np.float32(self._by), 1)
        moved = {"probabilities": np.stack([1 - score, score], 1), "defect_score": score}
        return {name: (results | moved)[name] for name in outputs}


@pytest.fixture
def file(exported: Path) -> ModelFile:
    """Threshold 0.5, no review band."""
    return modelfile.read(exported)


@pytest.fixture
def shifted(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Makes OpenVINO give scores that are higher by so much than those of onnxruntime."""

    def shift(by: float) -> None:
        def opened(_: bytes, runtime: Runtime, __: int) -> BrightnessSession:
            return Shifted(by) if runtime is Runtime.OPENVINO else BrightnessSession()

        monkeypatch.setattr("okng.inference.engine.loaded.open_session", opened)

    return shift


@pytest.fixture
def greys(tmp_path: Path) -> Callable[..., list[NamedPhoto]]:
    """Writes one photo per grey level; its score is the level over 255."""

    def write(*levels: int, side: int = 8) -> list[NamedPhoto]:
        named = []
        for number, level in enumerate(levels):
            path = tmp_path / f"{side}px-{number}-{level}.png"
            Image.new("L", (side, side), level).save(path)
            named.append(NamedPhoto(path, Path(path.name)))
        return named

    return write
