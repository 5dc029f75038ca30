"""Options of `okng predict --engine ray`, refused before anything is loaded."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from okng.cli.main import app


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--workers", "2"], "--workers needs --engine ray"),
        (["--address", "auto"], "--address needs --engine ray"),
        (["--engine", "ray"], "--output FOLDER is missing"),
        (["--engine", "ray", "--output", "o", "--format", "csv"], "--format is not there"),
        (["--engine", "ray", "--output", "o", "--heatmaps", "h"], "--heatmaps is not there"),
    ],
)
def test_option_that_would_change_nothing_is_refused(
    flags: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 2, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["predict", "model.onnx", "photos", *flags])

    assert done.exit_code == 2
    assert told in done.stderr.replace("\n", " ")
    assert list(tmp_path.iterdir()) == []
