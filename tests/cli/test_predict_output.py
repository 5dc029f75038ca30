"""`okng predict` writes the format that the name of the file promises, and ends with a total."""

import csv
import hashlib
import io
import json
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from typer.testing import CliRunner, Result

from okng import modelfile, preprocess
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


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".xlsx"])
def test_every_row_can_be_traced(run: Run, photos: Path, tmp_path: Path, suffix: str) -> None:
    """To the bytes of the photo, the model file, the program and the time."""
    out = tmp_path / f"v{suffix}"
    assert _predict(run, photos, "--output", out).exit_code == 0
    if suffix == ".xlsx":
        cells = list(openpyxl.load_workbook(out).active.values)
        rows = [dict(zip(cells[0], row, strict=True)) for row in cells[1:]]
    else:
        text = out.read_text("utf-8")
        rows = (list(csv.DictReader(io.StringIO(text))) if suffix == ".csv"
                else [json.loads(line) for line in text.splitlines()])  # fmt: skip

    assert len({row["id"] for row in rows}) == len(rows) == 40
    for row in rows:
        assert row["photo_digest"] == hashlib.sha256(Path(row["path"]).read_bytes()).hexdigest()
        assert row["model_digest"] == modelfile.read(run.model_file).digest
        assert row["okng_version"] == version("okng")
        assert datetime.fromisoformat(row["time"]).utcoffset() == timedelta(0)


def test_a_photo_is_decoded_once_with_heatmaps_too(
    run: Run, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The picture is drawn from the pixels that were judged."""
    decoded: list[str] = []
    decode = preprocess.decode

    def counted(data: bytes, name: str = "", **options: int) -> np.ndarray:
        decoded.append(name)
        return decode(data, name, **options)

    for where in ("okng.preprocess.decode", "okng.preprocess.decoding.decode"):
        monkeypatch.setattr(where, counted)
    _predict(run, photos, "--heatmaps", tmp_path / "maps", "--format", "csv")

    assert sorted(decoded) == sorted(map(str, (photos / "ok").iterdir()))
    assert len(list((tmp_path / "maps").rglob("*.png"))) == 40
