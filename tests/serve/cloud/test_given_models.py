"""Which model `okng serve` takes: that of its arguments, of its environment, or a followed one."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from okng.cli.main import app as cli


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[list[Path]]:
    """The models of each station that would run; none for a container of SageMaker."""
    models: list[list[Path]] = []
    monkeypatch.delenv("OKNG_MODEL", raising=False)
    monkeypatch.setattr(
        "okng.serve.running.run", lambda _settings, given, _announce: models.append(list(given))
    )
    return models


def _serve(*arguments: str) -> None:
    ended = CliRunner().invoke(cli, ["serve", *arguments])

    assert ended.exit_code == 0, ended.output


def test_environment_names_the_model_of_a_container(
    taken: list[list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An argument wins over it; the word of SageMaker stays the word of SageMaker."""
    monkeypatch.setenv("OKNG_MODEL", "/models/inspector.onnx")
    _serve()
    _serve("other.onnx")
    _serve("serve")

    assert taken == [[Path("/models/inspector.onnx")], [Path("other.onnx")], []]


def test_followed_model_is_fetched_where_no_other_is_given(
    taken: list[list[Path]], exported: Path, tmp_path: Path
) -> None:
    """Into the folder of the station, before it starts."""
    folder = tmp_path / "station"
    _serve("--follow", exported.as_uri(), "--data", str(folder))
    _serve("given.onnx", "--follow", exported.as_uri(), "--data", str(folder))

    (fetched,), given = taken
    assert fetched.parent == folder / "models"
    assert fetched.read_bytes() == exported.read_bytes()
    assert given == [Path("given.onnx")]


def test_followed_model_that_is_not_there_ends_the_start(
    taken: list[list[Path]], tmp_path: Path
) -> None:
    """Nothing runs without a model; the error names the address."""
    address = (tmp_path / "none.onnx").as_uri()
    ended = CliRunner().invoke(
        cli, ["serve", "--follow", address, "--data", str(tmp_path / "station")]
    )

    assert ended.exit_code != 0
    assert taken == []
