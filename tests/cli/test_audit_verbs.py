"""okng audit and okng split: what a person sees, what a script reads, and exit codes."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from okng.cli.main import app
from okng.testing import Layout, write_folder


def _okng(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture
def leaking(tmp_path: Path) -> Path:
    """A test photo that stands in training, too."""
    root = write_folder(tmp_path / "photos", good=12, defective=12, size=32, layout=Layout.SPLITS)
    first = min((root / "test" / "ok").iterdir())
    shutil.copy(first, root / "train" / "ok" / "leak.jpg")
    return root


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """Photos of as many parts."""
    return write_folder(tmp_path / "clean", good=12, defective=12, size=32)


def test_findings_are_sentences(leaking: Path, tmp_path: Path) -> None:
    """What was found, what to do, and what was not checked; the progress stands on stderr."""
    result = _okng("audit", leaking, "--out", tmp_path / "audit", "--no-near")

    assert result.exit_code == 0
    assert (
        "[serious] 1 of 6 photos of the test split show parts that are also in training"
        in result.stdout
    )
    assert "Not checked: near duplicates (left out on request)." in result.stdout
    assert "without the part itself (AUC)" in result.stdout
    assert str(tmp_path / "audit" / "audit.html") in result.stdout
    assert "photos of 2 classes" in result.stderr
    assert "photos of 2 classes" not in result.stdout


def test_strict_ends_with_3_for_serious_findings(leaking: Path, clean: Path) -> None:
    """And with 0 where there are none, for scripts."""
    assert _okng("audit", leaking, "--strict", "--no-near", "--quiet").exit_code == 3
    assert _okng("audit", clean, "--strict", "--no-near", "--quiet").exit_code == 0


def test_json_is_all_that_stands_on_stdout(leaking: Path) -> None:
    """A program may read it."""
    result = _okng("audit", leaking, "--json", "--no-near", "--quiet", "--strict")
    document = json.loads(result.stdout)

    assert result.exit_code == 3
    assert document["summary"]["leaks"] == 1
    assert document["near_duplicates"] is None


def test_fix_writes_a_manifest(leaking: Path, tmp_path: Path) -> None:
    """It says nothing of its own, and no file is written elsewhere."""
    result = _okng("audit", leaking, "--fix", tmp_path / "clean.csv", "--no-near", "--quiet")

    assert result.exit_code == 0
    assert "leak.jpg" not in (tmp_path / "clean.csv").read_text()


def test_split_names_what_it_wrote(clean: Path, tmp_path: Path) -> None:
    """One line per manifest."""
    one = _okng("split", clean, "--out", tmp_path / "m.csv", "--no-near", "--quiet")
    many = _okng("split", clean, "--out", tmp_path / "m.csv", "--folds", 3, "--no-near", "--quiet")

    assert one.stdout.split() == [str(tmp_path / "m.csv")]
    assert len(many.stdout.split()) == 3
    assert all(Path(line).is_file() for line in many.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["audit", "absent"], 3, "no such folder"),
        (["audit", "clean", "--group-by", "(part"], 2, "not valid"),
        (["audit", "clean", "--group-by", "serial"], 2, "matches no photo"),
        (["split", "clean", "--out", "m.csv", "--split", "best"], 2, "'--split'"),
        (["split", "clean", "--out", "m.csv", "--folds", "1"], 2, "folds"),
        (["split", "clean", "--out", "m.csv", "--folds", "20"], 3, "too few parts for 20 folds"),
        (["split", "clean", "--out", "m.csv", "--group-by", "folder"], 3, "cannot be split"),
    ],
)
@pytest.mark.usefixtures("clean")
def test_what_cannot_be_done_is_refused(arguments: list[str], code: int, words: str) -> None:
    """One message, an exit code, and no traceback."""
    result = _okng(*arguments, "--no-near", "--quiet")

    assert result.exit_code == code
    assert words in result.stderr
    assert "Traceback" not in result.output


def test_both_verbs_explain_themselves() -> None:
    """With an example."""
    for verb in ("audit", "split"):
        assert f"okng {verb} photos/" in _okng(verb, "--help").output.replace("\n", " ")


def test_split_overwrites_nothing_by_itself(clean: Path, tmp_path: Path) -> None:
    """A manifest of okng is replaced on request, a file of other origin never."""
    target = tmp_path / "m.csv"
    arguments = ("split", clean, "--out", target, "--no-near")
    first = _okng(*arguments)
    again = _okng(*arguments)
    forced = _okng(*arguments, "--overwrite")
    target.write_text("path,label\n")
    foreign = _okng(*arguments, "--overwrite")

    assert (first.exit_code, again.exit_code, forced.exit_code, foreign.exit_code) == (0, 2, 0, 2)
    assert "train 16 (8 ok, 8 defective)" in first.stderr
    assert "--overwrite" in again.stderr
    assert target.read_text() == "path,label\n"
