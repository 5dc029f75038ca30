"""A model file that a test may change."""

from pathlib import Path

import pytest

from okng import modelfile


@pytest.fixture
def own(exported: Path, tmp_path: Path) -> Path:
    """A copy of the exported file."""
    path = tmp_path / "own.onnx"
    path.write_bytes(exported.read_bytes())
    assert modelfile.read(path).sealed
    return path
