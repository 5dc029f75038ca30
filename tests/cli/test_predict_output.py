"""`okng predict` writes the format that the name of the file promises, and ends with a total."""

from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from okng.cli.main import app
from okng.commands.train import Run


def _predict(run: Run, photos: Path, *flags: object) -> Result:
    return CliRunner().invoke(app, ["predict", str(run.model_file), str(photos / "ok"),
                                    *map(str, flags)])  # fmt: skip


def test_total_says_how_many_of_each_verdict(run: Run, photos: Path, tmp_path: Path) -> None:
    """On stderr, with the file that holds them."""
    out = tmp_path / "v.csv"
    result = _predict(run, photos, "--output", out)

    counts = [line.split(",")[1] for line in out.read_text().splitlines()[1:]]
    last = result.stderr.splitlines()[-1]
    assert last.startswith("40 photos: ")
    assert f"{counts.count('OK')} OK" in last
    assert last.endswith(f"-> {out}")
    assert "photos:" not in _predict(run, photos, "--output", out, "--quiet").stderr


@pytest.mark.parametrize(
    ("name", "start"), [("v.csv", "path,verdict"), ("v.jsonl", '{"path"'), ("v.txt", " photo")]
)
def test_suffix_chooses_the_format(
    run: Run, photos: Path, tmp_path: Path, name: str, start: str
) -> None:
    """Where no format is given."""
    assert _predict(run, photos, "--output", tmp_path / name).exit_code == 0
    assert (tmp_path / name).read_text().startswith(start)


def test_workbook_by_its_suffix(run: Run, photos: Path, tmp_path: Path) -> None:
    """A text under this name is a damaged file for Excel."""
    assert _predict(run, photos, "--output", tmp_path / "v.xlsx").exit_code == 0
    assert openpyxl.load_workbook(tmp_path / "v.xlsx").active.max_row == 41


@pytest.mark.parametrize(
    "flags",
    [
        ("--format", "xlsx"),
        ("--format", "xlsx", "--output", "v.csv"),
        ("--format", "csv", "--output", "v.xlsx"),
        ("--output", "v.xls"),
    ],
)
def test_file_that_would_not_open_is_refused(
    run: Run, photos: Path, flags: tuple[str, ...]
) -> None:
    """Before a photo is judged."""
    result = _predict(run, photos, *flags)

    assert result.exit_code == 2
    assert "next: " in result.stderr
    assert not Path("v.xls").exists()
