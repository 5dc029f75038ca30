"""Two processes never work in one run folder."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from okng.commands.train import Run, train
from okng.error_codes import Code
from okng.errors import RunBusyError
from okng.runs.lock import claimed, claimed_if_free

Held = tuple[Path, subprocess.Popen[str]]
HOLDER = """
import sys, time
from pathlib import Path
from okng.events import Silent
from okng.runs.lock import claimed
from okng.runs.state import StateFile
folder = Path(sys.argv[1])
with claimed(folder), StateFile(folder, "train", Silent()):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def held(run: Run, tmp_path: Path) -> Iterator[Held]:
    """A run folder that another process works in."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "okng.toml").write_bytes(run.settings.read_bytes())
    command = [sys.executable, "-c", HOLDER, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield folder, process
        process.kill()


def test_second_resume_of_a_run_is_refused(held: Held, photos: Path) -> None:
    """With the number of the process that works on it; nothing is written."""
    folder, process = held

    with pytest.raises(RunBusyError, match=rf"process {process.pid} on ") as caught:
        train(photos, out=folder, resume=True)

    assert caught.value.code is Code.RUN_LOCKED
    assert not (folder / "manifest.csv").exists()


def test_lock_of_a_killed_process_does_not_block(held: Held) -> None:
    """The system takes it back, whatever the process left."""
    folder, process = held
    process.kill()
    process.wait()

    with claimed(folder):
        assert (folder / ".lock").exists()
    assert not (folder / ".lock").exists()


def test_second_worker_of_a_study_is_not_the_first(tmp_path: Path) -> None:
    """It works on; the state belongs to the first one. Another thread counts as another worker."""
    with claimed_if_free(tmp_path) as first, claimed_if_free(tmp_path) as second:
        assert (first, second) == (True, False)
    with claimed_if_free(tmp_path) as again:
        assert again
