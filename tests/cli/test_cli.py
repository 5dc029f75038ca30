"""The command line: results on stdout, one clear message and an exit code for what goes wrong."""

import csv
import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from okng.cli.main import app
from okng.commands.train import Run
from okng.testing import broken_photos, draw_part, encode, write_folder


def _okng(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_help_answers_quickly_and_names_every_verb() -> None:
    """Help is there before patience ends; nothing heavy is loaded for it."""
    code = "from okng.cli.main import run; run()"
    seconds = []
    for _ in range(3):
        begun = time.monotonic()
        done = subprocess.run([sys.executable, "-c", code, "--help"], capture_output=True,
                              text=True, check=True)  # fmt: skip
        seconds.append(time.monotonic() - begun)

    assert all(verb in done.stdout for verb in ("train", "predict", "info"))
    assert min(seconds) < 2  # measured 0.4 to 0.7 s; loading torch would take many


def test_every_verb_explains_itself_with_an_example() -> None:
    """A newcomer can copy a line."""
    for verb in (
        "train",
        "predict",
        "info",
        "evaluate",
        "compare",
        "plan",
        "set-threshold",
        "tune",
    ):
        text = _okng(verb, "--help").output
        assert f"okng {verb} " in text.replace("\n", " ")


def test_predict_prints_csv(run: Run, photos: Path) -> None:
    """One row per photo, with the columns that scripts depend on."""
    result = _okng("predict", run.model_file, photos, "--format", "csv", "--quiet")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))

    assert result.exit_code == 0
    assert len(rows) == 80
    assert list(rows[0]) == ["path", "verdict", "defect_score", "class", "threshold", "error",
                             "p_ok", "p_defective", "unfamiliarity", "reason", "id", "time",
                             "station", "photo_digest", "model_digest", "okng_version",
                             "latency_ms", "error_code"]  # fmt: skip


def test_predict_prints_json_lines_and_takes_patterns(run: Run, photos: Path) -> None:
    """A pattern in place of a folder, one JSON object per line."""
    pattern = f"{photos}/ok/*_0.jpg"
    result = _okng("predict", run.model_file, pattern, "--format", "jsonl", "--quiet")
    rows = [json.loads(line) for line in result.stdout.splitlines()]

    assert len(rows) == 40
    assert {row["verdict"] for row in rows} <= {"OK", "NG"}


def test_predict_prints_a_table(run: Run, photos: Path) -> None:
    """What a person reads."""
    path = next((photos / "ok").iterdir())
    result = _okng("predict", run.model_file, path, "--quiet")

    assert path.name in result.stdout
    assert "defect score" in result.stdout


def test_predict_writes_a_file_and_heatmaps(run: Run, photos: Path, tmp_path: Path) -> None:
    """Files where they were asked for, with the folder's structure."""
    files = ["--output", tmp_path / "o" / "v.csv", "--heatmaps", tmp_path / "maps"]
    result = _okng("predict", run.model_file, photos / "ok", "--quiet", "--format", "csv", *files)

    assert result.exit_code == 0
    assert len((tmp_path / "o" / "v.csv").read_text().splitlines()) == 41
    assert len(list((tmp_path / "maps").glob("*.png"))) == 40


def test_unreadable_photos_are_told_after_all_others(run: Run, tmp_path: Path) -> None:
    """Exit code 3, a reason for each, and a verdict for the rest."""
    broken_photos(tmp_path)
    result = _okng("predict", run.model_file, tmp_path, "--format", "jsonl", "--quiet")
    rows = [json.loads(line) for line in result.stdout.splitlines()]

    assert result.exit_code == 3
    assert sum(row["verdict"] == "ERROR" for row in rows) == 4
    assert sum(row["verdict"] in {"OK", "NG", "REVIEW"} for row in rows) == 4
    assert all(row["error"] and row["defect_score"] is None
               for row in rows if row["verdict"] == "ERROR")  # fmt: skip
    assert "4 of 8 photos" in result.stderr


def test_nothing_found_is_told(run: Run, tmp_path: Path) -> None:
    """An empty folder."""
    result = _okng("predict", run.model_file, tmp_path, "--quiet")

    assert result.exit_code == 3
    assert "No photo was found" in result.stderr


def test_other_files_are_no_model(photos: Path) -> None:
    """Swapped arguments, for example."""
    path = next((photos / "ok").iterdir())
    result = _okng("predict", path, photos, "--quiet")

    assert result.exit_code == 4
    assert "not a model file of okng" in result.stderr
    assert "Traceback" not in result.stderr


def test_info_tells_and_prints_json(run: Run) -> None:
    """For a person, and for a program."""
    text = _okng("info", run.model_file).stdout
    document = json.loads(_okng("info", run.model_file, "--json").stdout)

    assert "ok (OK), defective" in text
    assert document["classes"] == ["ok", "defective"]
    assert len(document["digest"]) == 64


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["absent"], 3, "no such folder"),
        (["photos", "--model", "resnet18x"], 2, "resnet18"),
        (["photos", "--epochs", "-1"], 2, "training.epochs"),
        (["photos", "--config", "absent.toml"], 2, "cannot be read"),
        (["photos", "--ok", "god"], 3, "There is no class 'god'"),
        (["one"], 3, "only one class"),
        (["few"], 3, "defective has 1"),
        (["empty"], 3, "<class>"),
        (["photos", "--out", "taken"], 5, "already holds a run"),
        (["photos", "--weights", "absent.pth"], 2, "weights file does not exist"),
    ],
)
def test_what_cannot_be_trained_is_refused(
    tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    """One message with the next step, an exit code, and no traceback."""
    write_folder(tmp_path / "photos", good=6, defective=6, size=24)
    write_folder(tmp_path / "one", good=4, defective=0, size=24)
    write_folder(tmp_path / "few", good=4, defective=1, size=24)
    (tmp_path / "empty").mkdir()
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "okng.toml").write_text("")

    result = _okng("train", *arguments, "--quiet")

    assert result.exit_code == code, result.stderr
    assert words in result.stderr
    assert "next:" in result.stderr
    assert "Traceback" not in result.stderr


def test_ctrl_c_ends_with_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """130, and what is kept."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("okng.commands.train.take_stock", interrupt)
    write_folder(tmp_path / "photos", good=6, defective=6, size=24)
    result = _okng("train", "photos", "--quiet")

    assert result.exit_code == 130
    assert "--resume" in result.stderr


def test_full_disk_ends_with_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be written is told, with the file."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "manifest.csv")

    monkeypatch.setattr("okng.steps.prepare.write_manifest", full)
    write_folder(tmp_path / "photos", good=6, defective=6, size=24)
    result = _okng("train", "photos", "--quiet")

    assert result.exit_code == 5
    assert "No space left" in result.stderr
    assert "Traceback" not in result.stderr


def test_one_photo_is_enough_to_judge(run: Run, tmp_path: Path) -> None:
    """The smallest use."""
    (tmp_path / "a.png").write_bytes(encode(draw_part(9, size=40).photo, "PNG"))

    assert _okng("predict", run.model_file, "a.png", "--quiet").exit_code == 0
