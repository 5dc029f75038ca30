"""The timer keeps its rate, whatever happens between two signals."""

import time
from threading import Timer

import pytest

from okng.connect.contracts import Around
from okng.connect.triggers.timer import TimerTrigger, TimerTriggerSettings

AROUND = Around("plant", "line-1")


def test_signals_do_not_drift() -> None:
    """Signals lie on multiples of the period, although each photo takes its time."""
    trigger = TimerTrigger(0.02)
    trigger.open()
    start = time.monotonic()
    moments = []
    for _shot in trigger.shots():
        moments.append(time.monotonic() - start)
        time.sleep(0.005)
        if len(moments) == 10:
            break

    assert moments[-1] == pytest.approx(0.2, abs=0.08)


def test_a_long_photo_leaves_signals_out() -> None:
    """What falls into a long photo is not made up for by a burst of signals."""
    trigger = TimerTrigger(0.02)
    trigger.open()
    shots = trigger.shots()
    next(shots)
    time.sleep(0.1)
    next(shots)
    after = time.monotonic()
    next(shots)

    assert time.monotonic() - after >= 0.005


def test_no_two_signals_have_one_key() -> None:
    """Keys differ within a run, and between two runs."""
    keys = set()
    for _run in range(2):
        trigger = TimerTrigger(0.001)
        trigger.open()
        shots = trigger.shots()
        keys |= {next(shots).key for _ in range(5)}

    assert len(keys) == 10


def test_close_ends_it_from_another_thread() -> None:
    """A long period does not delay the end."""
    trigger = TimerTrigger(60)
    trigger.open()
    Timer(0.05, trigger.close).start()

    assert list(trigger.shots()) == []


def test_settings_take_times_as_people_write_them() -> None:
    """`every` may be written with a unit, and the check names it."""
    settings = TimerTriggerSettings.model_validate({"every": "2min"})

    assert settings.every == 120
    assert settings.check(AROUND)[0].value == "every 120 s"
