"""A request takes a photo, and gets the verdict of its part."""

import threading

import pytest

from okng.connect.contracts import Around
from okng.connect.part import Outcome
from okng.connect.triggers.http import HttpTrigger, HttpTriggerSettings
from okng.error_codes import Code
from okng.errors import BusyError, ConnectError
from okng.testing.station.records import inspection_row

AROUND = Around("plant", "line-1")


def _trigger(waiting: int = 4) -> HttpTrigger:
    trigger = HttpTrigger(waiting)
    trigger.open()
    return trigger


def test_a_request_becomes_a_shot() -> None:
    """Key, serial, batch and product go with the part; the answer is its outcome."""
    trigger = _trigger()
    answer = trigger.shoot("k", "S", "B", "P")
    shot = next(trigger.shots())
    outcome = Outcome(inspection_row())
    shot.answered(outcome)

    assert (shot.key, shot.serial, shot.batch, shot.product) == ("k", "S", "B", "P")
    assert answer.result(1) is outcome


def test_the_same_key_is_the_same_part() -> None:
    """A repeat takes no second photo."""
    trigger = _trigger()
    first = trigger.shoot("k", None, None, None)

    assert trigger.shoot("k", None, None, None) is first
    assert next(trigger.shots()).key == "k"


def test_too_many_requests_are_refused() -> None:
    """A camera that is slower than its requests makes no queue without end."""
    trigger = _trigger(waiting=1)
    trigger.shoot("1", None, None, None)
    with pytest.raises(BusyError) as caught:
        trigger.shoot("2", None, None, None)

    assert caught.value.code is Code.STATION_FULL


def test_nobody_waits_for_a_station_that_stops() -> None:
    """Requests that wait get an answer, and later ones an error."""
    trigger = _trigger()
    answer = trigger.shoot("1", None, None, None)
    trigger.close()
    with pytest.raises(ConnectError):
        trigger.shoot("2", None, None, None)

    assert answer.result(1).rejects


def test_it_can_be_opened_again() -> None:
    """After `close` and `open` requests are taken as before."""
    trigger = _trigger()
    trigger.close()
    trigger.open()
    trigger.shoot("1", None, None, None)

    assert next(trigger.shots()).key == "1"


def test_close_ends_it_from_another_thread() -> None:
    """A trigger that waits ends at once."""
    trigger = _trigger()
    threading.Timer(0.05, trigger.close).start()

    assert list(trigger.shots()) == []


def test_source_and_server_find_one_trigger() -> None:
    """The station's API gets the trigger that the source takes its shots from, by its path."""
    trigger = HttpTriggerSettings(path="top").trigger(AROUND)

    assert AROUND.shared.find(HttpTrigger, "top") is trigger
