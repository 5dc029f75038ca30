"""The embedding network of the audit: made once, checked each time, never used when damaged."""

from pathlib import Path

import pytest

from okng import export
from okng.events import Silent
from okng.files import write_atomic
from okng.steps.embedder import embedder

CONTENT = b"the network" * 100


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where the network was made; quick, as its real export takes seconds."""
    paths: list[Path] = []

    def write(path: Path) -> Path:
        write_atomic(path, CONTENT)
        paths.append(path)
        return path

    monkeypatch.setattr(export, "write_embedder", write)
    return paths


@pytest.mark.parametrize("content", [b"", CONTENT[:500], b"foreign"])
def test_damaged_network_is_made_anew(tmp_path: Path, made: list[Path], content: bytes) -> None:
    """The session could not open it, at every audit, until somebody removed it by hand."""
    first = embedder(tmp_path, Silent())
    assert first is not None
    first.write_bytes(content)

    assert embedder(tmp_path, Silent()) == first
    assert first.read_bytes() == CONTENT
    assert len(made) == 2


def test_whole_network_is_not_made_again(
    tmp_path: Path, made: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes seconds and needs torch; where torch is missing, one made before serves."""
    first = embedder(tmp_path, Silent())
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    assert embedder(tmp_path, Silent()) == first
    assert len(made) == 1


def test_cache_that_cannot_be_made_costs_no_check(tmp_path: Path) -> None:
    """The process makes the network for itself, so suspicious labels are looked for."""
    (tmp_path / "file").write_text("")

    found = embedder(tmp_path / "file" / "cache", Silent())

    assert found is not None
    assert found.read_bytes() == CONTENT
