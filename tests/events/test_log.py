"""In a log a stage that works shows that it works: a line every 30 seconds, and one at its end."""

import pytest

from okng.events.log import LogLines
from okng.events.wording import duration, label


class Clock:
    """Seconds that a test moves on."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def lines() -> list[str]:
    """What the log holds."""
    return []


def test_long_stage_writes_a_line_every_thirty_seconds(lines: list[str]) -> None:
    """With what is done, what has passed, and what is left."""
    clock = Clock()
    with LogLines(lines.append, clock).stage("judge all", 8) as advance:
        for _ in range(8):
            clock.now += 10
            advance()

    assert lines == [
        "judging all photos: 3 of 8 after 0:30, about 0:50 left",
        "judging all photos: 6 of 8 after 1:00, about 0:20 left",
        "judging all photos: 8 of 8 after 1:20",
    ]


def test_short_stage_writes_its_end_alone(lines: list[str]) -> None:
    """A training has a dozen of them."""
    with LogLines(lines.append, Clock()).stage("read", 2) as advance:
        advance(2)

    assert lines == ["reading photos: 2 of 2 after 0:00"]


def test_steps_that_are_no_photos_are_a_percentage(lines: list[str]) -> None:
    """The search for copies takes two steps a photo: 170 of 340 would puzzle."""
    clock = Clock()
    with LogLines(lines.append, clock).stage("near", 340) as advance:
        clock.now += 31
        advance(170, "2 pairs")
        advance(170)

    assert lines[0] == "looking for copies: 50% after 0:31, about 0:31 left, 2 pairs"


def test_sentences_and_steps_are_lines(lines: list[str]) -> None:
    """Numbered, so that a reader knows how much is still to come."""
    log = LogLines(lines.append)
    log.step(4, 7, "scores")
    log.say("AUDIT: 3 photos are copies.")

    assert lines == ["step 4 of 7: scores", "AUDIT: 3 photos are copies."]


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.4, "0:00"), (67.2, "1:07"), (3600, "1:00:00"), (3725, "1:02:05")]
)
def test_duration_reads_as_a_clock(seconds: float, shown: str) -> None:
    """Minutes and seconds, with hours where there are any."""
    assert duration(seconds) == shown


def test_unknown_stage_has_its_own_name() -> None:
    """A stage of a plugin or a test."""
    assert label("polishing") == "polishing"
