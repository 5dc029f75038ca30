"""With `--json` an error is JSON, too."""

import json
from pathlib import Path

from typer.testing import CliRunner

from okng.cli.main import app


def test_json_mode_prints_the_code_of_an_error(tmp_path: Path) -> None:
    """A program reads it on stdout; a person reads the message on stderr."""
    done = CliRunner().invoke(app, ["compare", str(tmp_path), str(tmp_path), "--json"])

    error = json.loads(done.stdout)["error"]
    assert error["code"] == "scores.unreadable"
    assert error["exit_code"] == done.exit_code == 3
    assert done.stderr == f"okng: {error['message']}\n"
