"""A process without standard streams, and one without memory, end in one clear sentence."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer

from okng.cli.exits import reported
from okng.commands.train import Run

RUN = "from okng.cli.main import run; run()"


def test_verdicts_are_not_computed_for_nobody(run: Run, photos: Path) -> None:
    """`okng predict ... >&-`: they would be lost, so another place is asked for."""
    command = f'{sys.executable} -c "{RUN}" predict {run.model_file} {photos} >&-'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "Give --output FILE" in done.stderr
    assert "Traceback" not in done.stderr


def test_verdicts_in_a_file_need_no_standard_output(run: Run, photos: Path, tmp_path: Path) -> None:
    """A service has no terminal; neither stream is asked for."""
    out = tmp_path / "v.csv"
    command = (
        f'{sys.executable} -c "{RUN}" predict {run.model_file} {photos} --format csv '
        f"--output {out} >&- 2>&-"
    )
    done = subprocess.run(["sh", "-c", command], check=False)

    assert done.returncode == 0
    assert len(out.read_text().splitlines()) == 81


@pytest.mark.parametrize(
    ("error", "told"),
    [(MemoryError(), "Memory does not suffice"), (ImportError("libx.so"), "libx.so")],
)
def test_what_the_machine_lacks_is_one_sentence(
    error: Exception, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 5, and the next step."""

    def fail() -> None:
        raise error

    with pytest.raises(typer.Exit) as caught:
        reported(fail)()

    assert caught.value.exit_code == 5
    shown = capsys.readouterr().err
    assert told in shown
    assert "next: " in shown
