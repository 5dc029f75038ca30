"""`okng serve` as a process: what it imports, and how it ends."""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from okng.testing import grey_photo


def test_server_never_imports_torch() -> None:
    """Nor anything else of the training stack."""
    code = (
        "import sys, okng.serve.running, okng.client\n"
        "print([name for name in ('torch', 'torchvision', 'lightning', 'timm', 'optuna')"
        " if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "[]"


@pytest.mark.slow
def test_sigterm_answers_what_was_accepted_and_ends_well(exported: Path, tmp_path: Path) -> None:
    """Photos that are on their way get verdicts; the exit code is 0; the records are whole."""
    command = [sys.executable, "-m", "okng", "serve", str(exported), "--no-auth", "--port", "0",
               "--data", str(tmp_path / "station")]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = server.stdout.readline().split()[-1]
        statuses: list[int] = []

        def judge(number: int) -> None:
            request = urllib.request.Request(  # noqa: S310
                f"{address}/api/v1/inspections", grey_photo(90, 500, number),
                {"Content-Type": "image/png"},
            )  # fmt: skip
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                statuses.append(answer.status)

        threads = [threading.Thread(target=judge, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        while not statuses:
            time.sleep(0.001)
        os.kill(server.pid, signal.SIGTERM)
        for thread in threads:
            thread.join(30)
        assert server.wait(30) == 0

    verify = [
        sys.executable,
        "-m",
        "okng",
        "records",
        "verify",
        "--data",
        str(tmp_path / "station"),
    ]
    assert statuses == [201] * len(statuses)
    assert subprocess.run(verify, check=False).returncode == 0
