"""Verdicts reach sinks in order and at least once, whatever is down meanwhile."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, Select

from okng.connect.alarms import Alarms
from okng.connect.contracts import Around
from okng.connect.delivering import Delivering
from okng.connect.delivery import Delivery
from okng.error_codes import Code
from okng.errors import ConfigError, ConnectError
from okng.inference.inspection import new_id
from okng.records import Records, Role
from okng.records.outbox import cursors, refused, send_again
from okng.testing.line.sinks import RecordingSettings
from okng.testing.station.records import inspection_row

AROUND = Around("plant", "station-1")


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """The records of a station."""
    with Records(tmp_path / "r.sqlite") as opened:
        yield opened


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """First pause 10 ms, checks every 50 ms."""
    monkeypatch.setattr("okng.connect.backoff._FIRST_SECONDS", 0.01)
    monkeypatch.setattr("okng.connect.delivering.sender._IDLE_SECONDS", 0.05)


def _add(records: Records, count: int = 1, **given: object) -> list[str]:
    rows = [inspection_row(id=new_id(), **given) for _ in range(count)]
    records.append(*rows).result(10)
    return [row.id for row in rows]


def _until(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return condition()


def _delivering(records: Records, *sinks: RecordingSettings) -> Delivering:
    return Delivering(records, AROUND, sinks, Alarms(records, AROUND.station))


def test_every_verdict_arrives_in_order(records: Records) -> None:
    """As it is on record, without being asked for."""
    settings = RecordingSettings()
    with _delivering(records, settings):
        identifiers = [each for _ in range(20) for each in _add(records)]

        assert settings.recording.wait_for(lambda sink: len(sink.received) == 20)
    assert settings.recording.identifiers == identifiers


def test_a_sink_that_is_down_gets_everything_later(records: Records) -> None:
    """In order and once each, also what came meanwhile."""
    settings = RecordingSettings()
    settings.recording.down = True
    with _delivering(records, settings) as delivering:
        _add(records, 700)
        assert _until(lambda: delivering.states[0].oldest_seconds > 0)
        state = delivering.states[0]
        settings.recording.down = False

        assert settings.recording.wait_for(lambda sink: len(sink.received) >= 700)
    assert settings.recording.received == list(range(1, 701))
    assert (state.waiting, state.delivered) == (700, 0)
    assert state.fault is not None


def test_a_connection_that_is_lost_is_opened_anew(records: Records) -> None:
    """What was under way is repeated: at least once."""
    settings, lost = RecordingSettings(), [True]

    def answer(deliveries: Sequence[Delivery]) -> None:
        if deliveries and lost:
            lost.clear()
            raise ConnectError("The connection is lost")

    settings.recording.answers = answer
    with _delivering(records, settings):
        _add(records, 3)

        assert settings.recording.wait_for(lambda sink: sink.received == [1, 2, 3])
    assert settings.recording.opened == 2


def test_a_sink_with_a_bug_of_its_own_does_not_end_its_thread(records: Records) -> None:
    """Any exception is a fault of the sink, and is tried again."""
    settings, bugs = RecordingSettings(), [1, 2]

    def answer(_deliveries: Sequence[Delivery]) -> None:
        if bugs:
            raise ZeroDivisionError(bugs.pop())

    settings.recording.answers = answer
    with _delivering(records, settings):
        _add(records)

        assert settings.recording.wait_for(lambda sink: sink.received == [1])


def test_one_sink_that_is_down_holds_up_no_other(records: Records) -> None:
    """Each has a thread and a cursor of its own."""
    down, up = RecordingSettings(name="down"), RecordingSettings(name="up")
    down.recording.down = True
    with _delivering(records, down, up):
        _add(records, 5)

        assert up.recording.wait_for(lambda sink: len(sink.received) == 5)
    assert down.recording.received == []


def test_a_refused_verdict_is_set_aside_and_the_others_arrive(records: Records) -> None:
    """With an alarm, once."""
    settings = RecordingSettings()
    settings.recording.refuses = {2, 4}
    with _delivering(records, settings) as delivering:
        _add(records, 5)

        assert settings.recording.wait_for(lambda sink: bool(sink.alarms))
        assert settings.recording.received == [1, 3, 5]
        assert delivering.states[0].refused == 2
    assert [row.seq for row in refused(records.read)] == [2, 4]
    assert [alarm.code for alarm in settings.recording.alarms] == [Code.CONNECT_REFUSED]


def test_refused_verdicts_are_sent_again_when_asked_for(records: Records) -> None:
    """Once all have arrived, the alarm is over."""
    settings = RecordingSettings()
    settings.recording.refuses = {1}
    with _delivering(records, settings):
        _add(records, 2)
        assert settings.recording.wait_for(lambda sink: bool(sink.alarms))
        settings.recording.refuses = set()
        send_again(records.engine, settings.title)

        assert settings.recording.wait_for(lambda sink: len(sink.alarms) == 2)
    assert settings.recording.received == [2, 1]
    assert [alarm.over for alarm in settings.recording.alarms] == [False, True]
    assert list(refused(records.read)) == []


def test_a_sink_out_of_reach_for_long_raises_an_alarm(records: Records) -> None:
    """It is on record, and over once the sink is back; other sinks get both."""
    down = RecordingSettings(name="down", alarm_after=0.05)
    up = RecordingSettings(name="up")
    down.recording.down = True
    with _delivering(records, down, up) as delivering:
        assert up.recording.wait_for(lambda sink: len(sink.alarms) == 1)
        assert [each() is not None for each in delivering.watched] == [True, False]
        down.recording.down = False

        assert up.recording.wait_for(lambda sink: len(sink.alarms) == 2)
        assert [each() for each in delivering.watched] == [None, None]
    begun, over = up.recording.alarms
    assert (begun.code, begun.where, begun.over) == (Code.CONNECT_FAILED, "sink down", False)
    assert (over.code, over.where, over.over) == (Code.CONNECT_FAILED, "sink down", True)


def test_a_sink_that_is_back_at_once_raises_no_alarm(records: Records) -> None:
    """One lost connection is no news."""
    settings = RecordingSettings(alarm_after=60)
    settings.recording.down = True
    with _delivering(records, settings) as delivering:
        assert _until(lambda: delivering.states[0].faults > 0)
        settings.recording.down = False
        assert _until(lambda: delivering.states[0].fault is None)

        assert delivering.watched[0]() is None
    assert settings.recording.alarms == []


def test_a_restart_goes_on_behind_the_last_verdict(records: Records) -> None:
    """Nothing twice, nothing left out."""
    settings = RecordingSettings()
    with _delivering(records, settings):
        _add(records, 3)
        assert settings.recording.wait_for(lambda sink: len(sink.received) == 3)
    _add(records, 2)
    with _delivering(records, settings):
        assert settings.recording.wait_for(lambda sink: len(sink.received) == 5)

    assert settings.recording.received == [1, 2, 3, 4, 5]


def test_what_is_left_is_sent_at_a_stop(records: Records) -> None:
    """Verdicts of the last moment leave before the process ends."""
    settings = RecordingSettings()
    delivering = _delivering(records, settings)
    _add(records, 1200)
    delivering.close(timeout=30)

    assert settings.recording.received == list(range(1, 1201))
    assert [cursor.seq for cursor in cursors(records.read)] == [1200]


def test_a_stop_does_not_wait_for_a_sink_that_is_down(records: Records) -> None:
    """Its verdicts are on record, and leave after the next start."""
    settings = RecordingSettings()
    settings.recording.down = True
    delivering = _delivering(records, settings)
    _add(records)
    begin = time.monotonic()
    delivering.close(timeout=30)

    assert time.monotonic() - begin < 5
    assert settings.recording.closed > 0


def test_a_stop_leaves_a_sink_behind_that_hangs(records: Records) -> None:
    """The limit holds."""
    settings = RecordingSettings()
    settings.recording.answers = lambda _: time.sleep(4)
    delivering = _delivering(records, settings)
    _add(records)
    time.sleep(0.1)
    begin = time.monotonic()
    delivering.close(timeout=0.1)

    assert time.monotonic() - begin < 3


def test_only_the_roles_that_were_asked_for_are_sent(records: Records) -> None:
    """A shadow's verdict moves no part."""
    live = RecordingSettings(name="live")
    both = RecordingSettings(name="both", roles=(Role.LIVE, Role.SHADOW))
    with _delivering(records, live, both):
        _add(records, 1, role=Role.SHADOW)
        _add(records)

        assert both.recording.wait_for(lambda sink: sink.received == [1, 2])
        assert live.recording.wait_for(lambda sink: sink.received == [2])


def test_an_idle_connection_is_checked(records: Records) -> None:
    """A sink that can see its connection is asked now and then."""
    settings = RecordingSettings()
    with _delivering(records, settings):
        assert _until(lambda: settings.recording.checked > 1)


def test_two_sinks_of_one_name_are_refused(records: Records) -> None:
    """They would share a cursor, and each get half of the verdicts."""
    with pytest.raises(ConfigError, match="one name"):
        _delivering(records, RecordingSettings(), RecordingSettings())


def test_nothing_is_asked_of_the_database_while_nothing_happens(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads wait for commits; they do not poll."""
    monkeypatch.setattr("okng.connect.delivering.sender._IDLE_SECONDS", 30)
    settings = RecordingSettings()
    with _delivering(records, settings):
        _add(records)
        assert settings.recording.wait_for(lambda sink: sink.received == [1])
        time.sleep(0.4)  # the cursor is stored
        asked: list[object] = []
        read = records.read

        def counted(query: Select[Any]) -> Sequence[Row[Any]]:
            asked.append(query)
            return read(query)

        monkeypatch.setattr(records, "read", counted)
        time.sleep(0.3)

        assert asked == []
