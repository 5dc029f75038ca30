"""Shared fixtures: generated photos, and one small run that many tests look at."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock

from okng.commands.train import Run, train
from okng.testing import BrightnessSession, Defect, write_folder
from okng.testing.services import services_or_skip
from okng.testing.station.model_files import export_plain
from work_counter import Work, counted

if TYPE_CHECKING:
    from okng.testing.station.postgres import PostgresServer

REAL = Path(__file__).parents[2] / "shared" / "data"
SMALL: dict[str, Any] = {
    "model": "cnn", "image_size": 48, "epochs": 30, "patience": 30, "filters": 8, "depth": 3,
    "batch_size": 8, "rotation": 0.0, "brightness": 0.05, "contrast": 0.05,
    "precision": "float32",
}  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out tests on real photos where there are none."""
    if not REAL.exists():
        for item in items:
            if item.get_closest_marker("real"):
                item.add_marker(pytest.mark.skip(reason="../shared/data is not here"))


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what the audit remembers out of the user's cache, and tests apart from each other's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OKNG_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


class MadeOnce:
    """Folders that several worker processes of one test run need: one of them makes each.

    Args:
        own: temporary folder of this worker, or of the whole run where there are no workers.
    """

    def __init__(self, own: Path) -> None:
        self._folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "made_once"
        self._folder.mkdir(exist_ok=True)

    def __call__(self, name: str, make: Callable[[Path], object]) -> Path:
        """The folder of that name, which no test may change.

        Args:
            name: of the folder.
            make: fills it, where no worker has.
        """
        folder, done = self._folder / name, self._folder / f"{name}.done"
        with FileLock(self._folder / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                make(folder)
                done.touch()
        return folder


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """Makes folders for all workers."""
    return MadeOnce(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def photos(made_once: MadeOnce) -> Path:
    """A folder of 40 good and 40 defective parts, one photo each."""
    kinds = (Defect.CHIPPED_EDGE, Defect.BLOWHOLE)
    return made_once(
        "photos",
        lambda folder: write_folder(folder, good=40, defective=40, defects=kinds, size=64),
    )


@pytest.fixture(scope="session")
def counted_run(
    photos: Path, made_once: MadeOnce, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Run, Work]:
    """A whole run on these photos, trained in seconds, and the work that it took.

    Each worker has a copy of the run, as tests may add files to it.
    """

    def make(folder: Path) -> None:
        folder.mkdir()
        with counted(photos, folder / "small") as work:
            train(photos, out=folder / "small", **SMALL)
        (folder / "work.json").write_text(work.to_json(), encoding="utf-8")

    made = made_once("run", make)
    own = tmp_path_factory.mktemp("runs") / "small"
    shutil.copytree(made / "small", own)
    return Run(own), Work.from_json((made / "work.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def run(counted_run: tuple[Run, Work]) -> Run:
    """A whole run on these photos."""
    return counted_run[0]


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> BrightnessSession:
    """The session that every model gets, instead of one of its own."""
    session = BrightnessSession()
    monkeypatch.setattr("okng.inference.engine.loaded.open_session", lambda *_: session)
    return session


@pytest.fixture(scope="session")
def exported(made_once: MadeOnce, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model file in a second: a plain CNN with random weights, classes ok and dent, 32 pixels."""
    path = tmp_path_factory.mktemp("exported") / "inspector.onnx"
    shutil.copy(made_once("exported", _export) / path.name, path)
    return path


def _export(folder: Path) -> None:
    folder.mkdir()
    export_plain(folder / "inspector.onnx")


@pytest.fixture(scope="session")
def postgres_server() -> "Iterator[PostgresServer]":
    """A throw-away PostgreSQL server; without it, its tests are skipped, or fail where asked."""
    from okng.testing.station.postgres import postgres_server  # noqa: PLC0415 - few need it

    with services_or_skip(), postgres_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: "PostgresServer") -> str:
    """The URL of an empty PostgreSQL database."""
    return postgres_server.new_database(f"test_{uuid.uuid4().hex}")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what a test writes to relative paths out of the repository."""
    monkeypatch.chdir(tmp_path)
