"""`okng tune` on the command line."""

import json
from pathlib import Path

from typer.testing import CliRunner

from okng.cli.main import app
from okng.testing import write_folder


def test_result_names_the_next_command(tmp_path: Path) -> None:
    """The best settings, an honest word, and how to train with them; again as JSON."""
    photos = write_folder(tmp_path / "photos", good=12, defective=12, size=32)
    arguments = ["tune", str(photos), "--out", str(tmp_path / "t"), "--trials", "1", "--folds", "2",
                 "--model", "cnn", "--image-size", "32", "--depth", "2", "--epochs", "1",
                 "--no-near", "--quiet"]  # fmt: skip
    words = CliRunner().invoke(app, arguments)
    plain = CliRunner().invoke(app, [*arguments, "--json"])

    assert words.exit_code == 0, words.output
    assert f"--from-study {tmp_path / 't'}" in words.stdout
    assert "looks better than it is" in words.stdout
    assert len(json.loads(plain.stdout)["trials"]) == 1


def test_study_with_another_space_is_a_usage_error(tmp_path: Path) -> None:
    """Exit code 2, before the first trial."""
    photos = write_folder(tmp_path / "photos", good=12, defective=12, size=32)
    arguments = ["tune", str(photos), "--out", str(tmp_path / "t"), "--trials", "1", "--folds", "2",
                 "--model", "cnn", "--image-size", "32", "--depth", "2", "--epochs", "1",
                 "--no-near", "--quiet"]  # fmt: skip
    CliRunner().invoke(app, arguments)
    result = CliRunner().invoke(app, [*arguments, "--dropout", "0.1"])

    assert result.exit_code == 2
    assert "space: dropout is only in the study" in result.output
