"""A job ends when it is asked to: by a token, or by a signal."""

import signal
from pathlib import Path

import pytest
from typer.testing import CliRunner

import okng
from okng.cli.main import app
from okng.events import Cancelled, CancelToken, Progress
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
def test_signal_ends_a_verb_cleanly(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals, exit_code: int
) -> None:
    """With the exit code that a shell expects, in a stage, and with the way to go on."""

    def stopped(*_: object, progress: Progress, **__: object) -> None:
        with progress.stage("read", 2):
            signal.raise_signal(number)

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(okng, "audit", stopped)
    done = CliRunner().invoke(app, ["audit", "photos"])

    assert done.exit_code == exit_code
    assert "progress is saved" in done.stderr
    assert signal.getsignal(signal.SIGTERM) == before
