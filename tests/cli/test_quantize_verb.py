"""The verb `quantize`, on a plain network."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import okng
from okng import Inspector, modelfile
from okng.cli.main import app
from okng.errors import ConfigError, DatasetError, ModelFileError


@pytest.fixture(autouse=True)
def _any_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network of 32 pixels is not faster in INT8; whether it is faster is another test."""
    monkeypatch.setattr("okng.quantization.gate.FASTER", 0.0)


def _okng(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_a_file_in_int8_gives_the_verdicts_of_the_other(
    exported: Path, photos: Path, tmp_path: Path
) -> None:
    """It states where it comes from, and `okng info` shows its format."""
    out = tmp_path / "small.onnx"
    result = _okng("quantize", exported, "--calibrate", photos / "ok", "--out", out, "--quiet")
    paths = sorted((photos / "ok").iterdir())
    before, after = (Inspector(path)(paths) for path in (exported, out))

    assert result.exit_code == 0
    assert f"model file  {out}" in result.stdout
    assert [one.verdict for one in before] == [one.verdict for one in after]
    moved = max(abs(a.defect_score - b.defect_score) for a, b in zip(before, after, strict=True))
    assert 0 < moved <= 0.02
    assert modelfile.read(out).metadata.quantized_from == modelfile.read(exported).digest
    assert "INT8" in _okng("info", out).stdout


def test_a_refusal_ends_with_3_and_writes_nothing(
    exported: Path, photos: Path, tmp_path: Path
) -> None:
    """No score may move by more than a millionth, which INT8 cannot promise."""
    out = tmp_path / "small.onnx"
    limit = ("--most-move", "0.000001")
    result = _okng("quantize", exported, "--calibrate", photos, "--out", out, "--json", *limit)
    document = json.loads(result.stdout)

    assert result.exit_code == 3
    assert document["file"] is None
    assert document["outcome"] == "scores_move"
    assert document["largest_move"] > 1e-6
    assert not out.exists()


def test_a_file_in_int8_is_not_quantised_again(
    exported: Path, photos: Path, tmp_path: Path
) -> None:
    """The error names the file and what was allowed."""
    out = tmp_path / "small.onnx"
    made = okng.quantize(exported, photos / "ok", out=out, progress=False)
    assert made.path == out

    with pytest.raises(ModelFileError, match="is in INT8 already"):
        okng.quantize(out, photos / "ok", progress=False)


def test_too_few_photos_are_refused(exported: Path, photos: Path) -> None:
    """Ten say nothing of the range of an activation."""
    with pytest.raises(DatasetError, match="10 of 10 photos can be read, too few"):
        okng.quantize(exported, str(photos / "ok" / "part000?_0.jpg"), progress=False)


@pytest.mark.parametrize("move", [0.0, -0.1, 1.5])
def test_a_limit_out_of_range_is_refused(exported: Path, photos: Path, move: float) -> None:
    """Scores lie between 0 and 1."""
    with pytest.raises(ConfigError, match="is no difference of scores"):
        okng.quantize(exported, photos, most_move=move, progress=False)


def test_the_model_file_is_never_replaced(exported: Path, photos: Path) -> None:
    """The file in float32 is what the report was made of."""
    with pytest.raises(ConfigError, match="would be replaced"):
        okng.quantize(exported, photos, out=exported, progress=False)
