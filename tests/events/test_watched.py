"""The Python API shows what the command shows, unless it is told not to."""

from io import StringIO

import pytest
from rich.console import Console

from okng.events import Silent, watched
from okng.events.log import LogLines
from okng.events.terminal import Terminal
from okng.testing import RecordingProgress


@pytest.mark.parametrize("asked", [None, True])
def test_progress_is_shown_by_default(
    asked: bool | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """On stderr, as lines where that is no terminal."""
    shown = watched(asked)
    shown.say("AUDIT: 3 photos are copies.")

    assert isinstance(shown, LogLines)
    assert capsys.readouterr().err == "AUDIT: 3 photos are copies.\n"


def test_progress_can_be_switched_off_or_replaced() -> None:
    """False shows nothing; an own receiver is taken as it is."""
    mine = RecordingProgress()

    assert isinstance(watched(False), Silent)
    assert watched(mine) is mine


def test_terminal_shows_bars_with_names_that_people_read() -> None:
    """And sentences as they are: brackets are no markup."""
    screen = StringIO()
    terminal = Terminal(Console(file=screen, force_terminal=True, width=120, highlight=False))
    terminal.step(2, 7, "training")
    with terminal.stage("near", 10) as advance:
        advance(5)
        terminal.say("[serious] copies")
        advance(5)

    shown = screen.getvalue()
    assert "step 2 of 7: training" in shown
    assert "looking for copies" in shown
    assert "100%" in shown
    assert "[serious] copies" in shown
