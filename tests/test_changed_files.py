"""A file that is written again stays what it was: its links, its rights, every change."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from okng.errors import OkngError
from okng.files import locked, write_atomic

ADD = """
import sys
from pathlib import Path
from okng.files import locked, write_atomic
path = Path(sys.argv[1])
for _ in range(20):
    with locked(path):
        write_atomic(path, str(int(path.read_text()) + 1))
"""


def test_link_leads_on_to_its_file(tmp_path: Path) -> None:
    """The link stays a link, and the file behind it has the new content."""
    (tmp_path / "v3").write_text("old")
    (tmp_path / "current").symlink_to("v3")
    write_atomic(tmp_path / "current", "new")
    assert (tmp_path / "current").is_symlink()
    assert (tmp_path / "v3").read_text() == "new"


@pytest.mark.parametrize("mode", [0o600, 0o444, 0o664])
def test_mode_stays(tmp_path: Path, mode: int) -> None:
    """Rights of the old file are those of the new one."""
    file = tmp_path / "a"
    file.write_text("old")
    file.chmod(mode)
    write_atomic(file, "new")
    assert file.stat().st_mode & 0o777 == mode


def test_longest_name_can_be_written(tmp_path: Path) -> None:
    """A name as long as the system allows leaves room for a temporary one."""
    file = tmp_path / ("a" * 255)
    write_atomic(file, "content")
    assert file.read_text() == "content"


def test_pipe_is_not_replaced(tmp_path: Path) -> None:
    """What is no file, as /dev/null, is refused and stays."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OkngError, match="a pipe or a device"):
        write_atomic(tmp_path / "pipe", "content")
    assert (tmp_path / "pipe").is_fifo()


def test_changes_of_four_processes_all_stay(tmp_path: Path) -> None:
    """Each reads, changes and writes under the lock; nothing is lost, and no lock is left."""
    file = tmp_path / "count"
    file.write_text("0")
    jobs = [subprocess.Popen([sys.executable, "-c", ADD, str(file)]) for _ in range(4)]
    assert [job.wait(120) for job in jobs] == [0, 0, 0, 0]
    assert file.read_text() == "80"
    with locked(file):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["count"]
