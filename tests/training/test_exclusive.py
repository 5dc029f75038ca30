"""One training at a time, which leaves the process as it was."""

import random
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from okng.testing import write_folder
from okng.training import alone

SCRIPT = """
import okng
okng.train("photos", out="run", model="cnn", epochs=1, image_size=32, no_near=True, devices=2)
"""


def test_threads_come_one_after_the_other() -> None:
    """What one thread does alone, no other does at the same time."""
    inside: list[int] = []
    most: list[int] = []

    def job() -> None:
        with alone():
            inside.append(1)
            most.append(len(inside))
            threading.Event().wait(0.02)
            inside.pop()

    threads = [threading.Thread(target=job) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1, 1]


def test_random_states_and_warnings_come_back() -> None:
    """Numbers that the caller draws afterwards are those it would have drawn."""
    filters = list(warnings.filters)
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002 - the state of the caller
    torch.manual_seed(1)
    expected = random.random(), np.random.rand(), torch.rand(1).item()  # noqa: S311, NPY002
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    torch.manual_seed(1)
    with alone():
        random.seed(7)
        np.random.seed(7)  # noqa: NPY002
        torch.manual_seed(7)
        warnings.simplefilter("ignore")
    assert (random.random(), np.random.rand(), torch.rand(1).item()) == expected  # noqa: S311, NPY002
    assert list(warnings.filters) == filters


@pytest.mark.slow
def test_script_that_trains_when_imported_is_refused(tmp_path: Path) -> None:
    """Several devices need a guarded script: refused at once, no folder left, no process waits."""
    write_folder(tmp_path / "photos", good=8, defective=8, size=32)
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert 'if __name__ == "__main__":' in done.stderr
    assert not (tmp_path / "run").exists()
