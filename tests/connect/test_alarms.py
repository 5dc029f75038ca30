"""Alarms begin once, are on record, and are over once."""

import random
from pathlib import Path

from okng.connect.alarms import Alarms, alarm_of
from okng.connect.backoff import Backoff
from okng.error_codes import Code
from okng.records import Kind, Records
from okng.records.payloads import AlarmChange
from okng.testing.station.records import entry


def test_an_alarm_that_is_on_is_not_raised_again(tmp_path: Path) -> None:
    """A camera that is missing all night is one alarm."""
    with Records(tmp_path / "r.sqlite") as records:
        alarms = Alarms(records, "station-1")
        begun = [alarms.begin(Code.CONNECT_FAILED, "camera", {"lost": 3}) for _ in range(2)]
        over = [alarms.over(Code.CONNECT_FAILED, "camera") for _ in range(2)]
        records.append().result(10)
        entries = records.entries_page(kinds=[Kind.ALARM]).rows

    assert (begun, over) == ([True, False], [True, False])
    assert [alarm_of(each).over for each in reversed(entries)] == [False, True]
    assert alarm_of(entries[1]).values == {"lost": "3"}


def test_an_alarm_outlasts_a_restart(tmp_path: Path) -> None:
    """The process ended while it was on; the next one can end it."""
    with Records(tmp_path / "r.sqlite") as records:
        alarms = Alarms(records, "station-1")
        alarms.begin(Code.CONNECT_FAILED, "camera")
        alarms.begin(Code.CONNECT_FAILED, "sink mqtt")
        alarms.over(Code.CONNECT_FAILED, "camera")
    with Records(tmp_path / "r.sqlite") as records:
        alarms = Alarms(records, "station-1")

        assert [alarm.where for alarm in alarms.on] == ["sink mqtt"]
        assert alarms.over(Code.CONNECT_FAILED, "sink mqtt")


def test_a_station_without_records_has_alarms_too() -> None:
    """They are logged and shown; nothing stores them."""
    alarms = Alarms(None, "station-1")

    assert alarms.begin(Code.CONNECT_FAILED, "camera")
    assert [alarm.code for alarm in alarms.on] == [Code.CONNECT_FAILED]


def test_a_code_of_a_later_version_is_an_error() -> None:
    """Its text is lost to this version; the alarm is not."""
    payload = AlarmChange(code="laser.cold", state="begun").text()

    assert alarm_of(entry(Kind.ALARM, payload=payload)).code is Code.ERROR


def test_pauses_double_up_to_the_longest() -> None:
    """With jitter: from half of the pause to all of it."""
    backoff = Backoff(4, first=1, rng=random.Random(0))  # noqa: S311 - a draw of a test
    pauses = [backoff.next() for _ in range(5)]
    backoff.reset()

    limits = zip(pauses, (1, 2, 4, 4, 4), strict=True)
    assert all(most / 2 <= pause <= most for pause, most in limits)
    assert backoff.next() <= 1
