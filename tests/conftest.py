"""Shared fixtures: generated photos, and one small run that many tests look at."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from okng.pipeline import Run, train
from okng.testing import write_folder

REAL = Path(__file__).parents[2] / "shared" / "data"
SMALL = {"model": "cnn", "image_size": 32, "epochs": 6, "filters": 8, "depth": 3, "dense_units": 32}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out tests on real photos where there are none."""
    if not REAL.exists():
        for item in items:
            if item.get_closest_marker("real"):
                item.add_marker(pytest.mark.skip(reason="../shared/data is not here"))


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 40 good and 40 defective parts, one photo each."""
    return write_folder(tmp_path_factory.mktemp("photos"), good=40, defective=40, size=64)


@pytest.fixture(scope="session")
def run(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A whole run on these photos, trained in seconds."""
    return train(photos, out=tmp_path_factory.mktemp("runs") / "small", **SMALL)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep what a test writes to relative paths out of the repository."""
    monkeypatch.chdir(tmp_path)
    yield
