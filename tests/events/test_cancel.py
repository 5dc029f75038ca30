"""A job ends when it is asked to: by a token, or by a signal."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

import okng
from okng.cli.signals import ending_on_sigterm
from okng.events import Cancelled, CancelToken
from okng.events.kinds import Event, StageAdvanced, StageFinished
from okng.testing import RecordingProgress


def test_token_ends_a_job_at_its_next_event(photos: Path) -> None:
    """Within a stage; the stage is reported as not completed, and nothing follows."""

    def third_photo(event: Event) -> None:
        if isinstance(event, StageAdvanced) and event.done == 3:
            token.cancel()

    heard = RecordingProgress(third_photo)
    token = CancelToken(heard)

    with pytest.raises(Cancelled):
        okng.audit(photos, no_near=True, progress=token)

    assert token.cancelled
    assert heard.events[-2:] == [
        StageAdvanced("read", 3, 80),
        StageFinished("read", 4, 80, completed=False),
    ]


@pytest.mark.parametrize(
    ("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["INT", "TERM"]
)
def test_signal_ends_a_verb_cleanly(number: signal.Signals, exit_code: int) -> None:
    """With the exit code that a shell expects, in a stage, and with the way to go on."""
    command = [sys.executable, "-c", STOPPED, "audit", "photos", str(int(number))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == exit_code
    assert "progress is saved" in done.stderr


STOPPED = """
import signal, sys
import okng
from okng.cli.main import run

signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
number = int(sys.argv.pop())

def stopped(*_, progress, **__):
    with progress.stage("read", 2):
        signal.raise_signal(number)

okng.audit = stopped
run()
"""
"""A process of its own: signals reach the main thread, and one that is missed ends the worker."""


def test_handler_is_given_back() -> None:
    """What the process did with SIGTERM before."""
    before = signal.getsignal(signal.SIGTERM)
    with ending_on_sigterm():
        pass
    assert signal.getsignal(signal.SIGTERM) == before
