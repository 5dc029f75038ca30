"""The verbs that measure: evaluate, compare, plan, set-threshold."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from okng.cli.main import app
from okng.commands.train import Run
from okng.testing import write_folder


def _okng(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Parts that the run has not seen."""
    return write_folder(tmp_path_factory.mktemp("fresh"), good=8, defective=8, size=64, seed=700)


def test_evaluate_prints_rates_and_what_they_prove(run: Run, fresh: Path, tmp_path: Path) -> None:
    """For a person, and as JSON for a program."""
    command = ["evaluate", run.model_file, fresh, "--out", tmp_path / "out", "--no-near", "--quiet"]
    text, document = _okng(*command), _okng(*command, "--json")

    assert text.exit_code == 0
    assert "On 16 test photos, with 95 % intervals" in text.stdout
    assert "NOT PROVEN: 1 of 8 defective parts escaped; at most 47.1 %" in text.stdout
    assert str(tmp_path / "out" / "report.html") in text.stdout
    assert json.loads(document.stdout)["photos"] == 16


def test_shares_are_written_as_percentages(run: Run, fresh: Path, tmp_path: Path) -> None:
    """0.5% is understood; what cannot be chosen from is refused with exit code 2."""
    command = ["evaluate", run.model_file, fresh, "--out", tmp_path / "out", "--quiet"]
    unmet, wrong = _okng(*command, "--max-escape", "0.5%"), _okng(*command, "--max-escape", "5x")

    assert unmet.exit_code == wrong.exit_code == 2
    assert "never chosen on the photos that are reported" in unmet.stderr
    assert "operating_point.max_escape" in wrong.stderr


def test_policies_exclude_each_other(run: Run, fresh: Path, tmp_path: Path) -> None:
    """One threshold cannot follow two rules."""
    result = _okng("evaluate", run.model_file, fresh, "--out", tmp_path / "out", "--max-f1",
                   "--threshold", "0.4", "--quiet")  # fmt: skip

    assert result.exit_code == 2
    assert "exclude each other" in result.stderr


def test_plan_prints_sizes() -> None:
    """With 0, 1 and 2 allowed escapes."""
    text = _okng("plan", "--max-escape", "0.5%", "--confidence", "95%")
    table = json.loads(_okng("plan", "--max-escape", "0.01", "--json").stdout)

    assert all(size in text.stdout for size in ("598", "947", "1,258"))
    assert [row["parts"] for row in table["plans"]] == [299, 473, 628]


@pytest.mark.parametrize("flags", [["--max-escape", "0%"], ["--confidence", "95"],
                                   ["--max-escape", "few"]])  # fmt: skip
def test_plan_without_sense_is_refused(flags: list[str]) -> None:
    """A forgotten per cent sign, for example."""
    result = _okng("plan", *flags)

    assert result.exit_code == 2
    assert "next:" in result.stderr


def test_compare_says_who_is_better(run: Run, fresh: Path, tmp_path: Path) -> None:
    """Two thresholds of one model on the same photos."""
    for name, threshold in (("strict", 0.0), ("lax", 1.0)):
        done = _okng("evaluate", run.model_file, fresh, "--out", tmp_path / name, "--no-near",
                     "--quiet", "--threshold", threshold)  # fmt: skip
        assert done.exit_code == 0, done.stderr
    result = _okng("compare", tmp_path / "strict", tmp_path / "lax", "--out", tmp_path / "c")

    assert result.exit_code == 0
    assert "16 photos changed verdict" in result.stdout
    assert "strict lets fewer defective parts through" in result.stdout
    assert (tmp_path / "c" / "compare.json").exists()


def test_threshold_is_changed_with_its_reason(run: Run, tmp_path: Path) -> None:
    """The file tells it ever after."""
    own = shutil.copy(run.model_file, tmp_path / "own.onnx")
    changed = _okng("set-threshold", own, "0.31", "--reason", "two escapes in week 14")
    info = _okng("info", own).stdout

    assert changed.exit_code == 0
    assert "-> 0.3100" in changed.stdout
    assert "two escapes in week 14" in info
    assert "before the threshold was changed" in info
    assert _okng("set-threshold", own, "0.3").exit_code == 2
    assert _okng("set-threshold", own, "1.3", "--reason", "typo").exit_code == 2
