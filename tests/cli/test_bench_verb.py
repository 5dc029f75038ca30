"""The verb `bench`."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from okng.benchmark import Benchmark
from okng.cli.main import app

QUICK = ("--runtime", "onnxruntime", "--threads", "1", "--seconds", "0.1", "--quiet")


def _okng(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture
def some(photos: Path) -> str:
    """A pattern of ten photos."""
    return str(photos / "ok" / "part000?_0.jpg")


def test_bench_prints_latencies_rates_and_shares(exported: Path, some: str) -> None:
    """One row for each model file and engine, in both tables."""
    result = _okng("bench", exported, some, *QUICK)
    lines = result.stdout.splitlines()

    assert result.exit_code == 0
    assert "10 photos, the first of 64 x 64 pixels" in lines[0]
    assert "p99 ms  photos/s  with heatmaps" in lines[1]
    assert lines[2].startswith("  onnxruntime  float32")
    assert "decode" in lines[4]
    assert lines[5].count("%") == 5


def test_json_and_file_are_the_same(exported: Path, some: str, tmp_path: Path) -> None:
    """For programs."""
    out = tmp_path / "there" / "bench.json"
    result = _okng("bench", exported, some, *QUICK, "--json", "--out", out)
    document = json.loads(result.stdout)

    assert Benchmark.model_validate(document).rows[0].latency.p99 > 0
    assert json.loads(out.read_text(encoding="utf-8")) == document


def test_other_model_files_are_timed_in_turn(exported: Path, some: str, tmp_path: Path) -> None:
    """Each under its name."""
    other = shutil.copy(exported, tmp_path / "other.onnx")
    result = _okng("bench", exported, some, *QUICK, "--against", other)

    assert result.exit_code == 0
    assert f"  {exported}\n" in result.stdout
    assert f"  {other}\n" in result.stdout


def test_what_is_no_model_file_is_refused(some: str, tmp_path: Path) -> None:
    """With one sentence."""
    path = tmp_path / "no.onnx"
    path.write_bytes(b"no model")
    result = _okng("bench", path, some, *QUICK)

    assert result.exit_code == 4
    assert "not" in result.stderr
