"""Every part of a source is on record once, and its line is answered once."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from okng.connect.backoff import Backoff
from okng.connect.contracts import SourceSettings
from okng.connect.part import Outcome
from okng.connect.receiving import Deadlines, NamedSource, Receiver
from okng.error_codes import Code
from okng.errors import ConnectError, RecordsError, StationError
from okng.records import InspectionRow
from okng.records.queries import InspectionFilter
from okng.station import Station
from okng.testing import BrightnessSession, grey_photo
from okng.testing.line.sources import KeptAlarms, ScriptedSource, lost, until
from okng.verdict import Judgement


@pytest.fixture
def source() -> ScriptedSource:
    """Gives what a test puts in."""
    return ScriptedSource()


@pytest.fixture
def alarms() -> KeptAlarms:
    """Alarms of the station."""
    return KeptAlarms()


@contextmanager
def receiving(
    station: Station, source: ScriptedSource, alarms: KeptAlarms, **settings: object
) -> Iterator[Receiver]:
    """A receiver of the source that retries at once."""
    named = NamedSource("camera", SourceSettings.model_validate(settings), source)
    deadlines = Deadlines()
    receiver = Receiver(named, station, alarms, deadlines, pauses=Backoff(0.02, first=0.01))
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.stop()
        joined = receiver.join(10)
        deadlines.close()
        assert joined


def on_record(station: Station) -> list[InspectionRow]:
    """All inspections, oldest first."""
    assert station.records is not None
    return list(reversed(station.records.page(InspectionFilter()).rows))


def test_verdict_is_on_record_before_the_line_is_answered(
    station: Station, source: ScriptedSource, alarms: KeptAlarms
) -> None:
    """The outcome holds the row of the database, with serial and source."""
    with receiving(station, source, alarms):
        source.part(grey_photo(20), "a", serial="S1")
        source.part(grey_photo(200), "b")
        good, bad = source.outcome("a"), source.outcome("b")

    assert (good.signal, bad.signal) == (Judgement.OK, Judgement.NG)
    assert [row.id for row in on_record(station)] == [r.row.id for r in (good, bad) if r.row]
    assert on_record(station)[0].serial == "S1"
    assert {row.asked_by for row in on_record(station)} == {"source:camera"}


def test_same_key_is_judged_once(
    station: Station, source: ScriptedSource, alarms: KeptAlarms, session: BrightnessSession
) -> None:
    """A part that comes again after a restart gets the answer that is on record."""
    with receiving(station, source, alarms):
        source.part(grey_photo(20), "a")
        first = source.outcome("a")
    again = ScriptedSource()
    with receiving(station, again, alarms):
        again.part(grey_photo(20), "a")
        second = again.outcome("a")

    assert first.row is not None
    assert second.row == first.row
    assert sum(session.batches) == 1


def test_key_of_another_photo_gets_an_error_of_its_own(
    station: Station, source: ScriptedSource, alarms: KeptAlarms
) -> None:
    """A source that repeats its numbers never passes a part on the verdict of another."""
    with receiving(station, source, alarms):
        source.part(grey_photo(20), "1")
        source.outcome("1")
        source.part(grey_photo(30), "1")
        until(lambda: len(source.outcomes["1"]) == 2)

    assert source.outcomes["1"][1].signal is Judgement.ERROR
    assert [row.verdict for row in on_record(station)] == ["OK", "ERROR"]
    assert alarms.codes == [Code.RECORDS_CONFLICT]


def test_part_without_photo_is_on_record_as_error(
    station: Station, source: ScriptedSource, alarms: KeptAlarms
) -> None:
    """With the code of why there is none, and an alarm."""
    with receiving(station, source, alarms):
        source.part(None, "a", fault=lost(), serial="S1")
        outcome = source.outcome("a")

    (row,) = on_record(station)
    assert outcome.row == row
    assert (row.verdict, row.error_code, row.serial) == ("ERROR", "connect.failed", "S1")
    assert alarms.codes == [Code.CONNECT_FAILED]


@pytest.mark.parametrize(
    ("photo", "code"),
    [
        (b"no photo", "photo.no-photo"),
        (b"", "photo.empty"),
        (grey_photo(20)[:60], "photo.damaged"),
        (grey_photo(5), "inference.failed"),
        (grey_photo(250), "inference.no-score"),
    ],
    ids=["text", "empty", "cut off", "model fails", "no score"],
)
def test_photo_without_verdict_is_an_error_on_record(
    station: Station, source: ScriptedSource, alarms: KeptAlarms, photo: bytes, code: str
) -> None:
    """Never OK, whatever is wrong with it, and one row each."""
    with receiving(station, source, alarms):
        source.part(photo, "a")
        outcome = source.outcome("a")

    (row,) = on_record(station)
    assert outcome.signal is Judgement.ERROR
    assert (row.verdict, row.error_code) == ("ERROR", code)
    assert alarms.on == {(Code(code), "camera")}


def test_alarm_of_a_part_is_over_after_good_ones(
    station: Station, source: ScriptedSource, alarms: KeptAlarms
) -> None:
    """Ten parts in a row with a verdict end it."""
    with receiving(station, source, alarms):
        source.part(None, "a", fault=lost())
        for number in range(9):
            source.part(grey_photo(20, mark=number), str(number))
        source.outcome("8")
        still = set(alarms.on)
        source.part(grey_photo(20, mark=99), "99")
        source.outcome("99")
        until(lambda: not alarms.on, "the end of the alarm")

    assert still == {(Code.CONNECT_FAILED, "camera")}


def test_line_is_answered_at_the_deadline(
    station: Station, source: ScriptedSource, alarms: KeptAlarms, session: BrightnessSession
) -> None:
    """A late part gets ERROR, and the verdict that comes after it is not on record."""
    session.free.clear()
    with receiving(station, source, alarms, deadline="50ms"):
        source.part(grey_photo(20), "a")
        outcome = source.outcome("a")
        session.free.set()
        until(lambda: on_record(station), "the row")

    (row,) = on_record(station)
    assert outcome.row is None
    assert outcome.signal is Judgement.ERROR
    assert (row.verdict, row.error_code) == ("ERROR", "station.timeout")
    assert alarms.codes == [Code.STATION_TIMEOUT]
    assert source.outcomes["a"] == [outcome]


def test_part_in_time_is_not_late(
    station: Station, source: ScriptedSource, alarms: KeptAlarms
) -> None:
    """A deadline that passes after the answer does nothing."""
    with receiving(station, source, alarms, deadline="1s"):
        source.part(grey_photo(20), "a", deadline_s=2.0)
        outcome = source.outcome("a")

    assert outcome.signal is Judgement.OK
    assert alarms.codes == []


def test_full_station_makes_the_source_wait(
    station: Station, source: ScriptedSource, alarms: KeptAlarms, session: BrightnessSession
) -> None:
    """No part is dropped: those that do not fit are taken later."""
    session.free.clear()
    with receiving(station, source, alarms) as receiver:
        for number in range(20):
            source.part(grey_photo(20, mark=number), str(number))
        until(lambda: receiver.in_flight == 4, "a full station")
        came = receiver.parts
        session.free.set()
        outcomes = [source.outcome(str(number)) for number in range(20)]

    assert came == 5  # four in flight, and one that waits
    assert {outcome.signal for outcome in outcomes} == {Judgement.OK}
    assert len(on_record(station)) == 20


def test_source_that_is_missing_at_start_is_tried_again(
    station: Station, source: ScriptedSource, alarms: KeptAlarms
) -> None:
    """As one that is lost later; its alarm is over once it is there."""
    source.absent = lost()
    with receiving(station, source, alarms):
        until(lambda: source.opened > 2, "some attempts")
        during = set(alarms.on)
        source.absent = None
        source.part(grey_photo(20), "a")
        outcome = source.outcome("a")

    assert during == {(Code.CONNECT_FAILED, "camera")}
    assert outcome.signal is Judgement.OK
    assert alarms.on == set()


@pytest.mark.parametrize("fault", [lost(), ValueError("a bug of a third party")])
def test_source_that_is_lost_is_opened_anew(
    station: Station, source: ScriptedSource, alarms: KeptAlarms, fault: Exception
) -> None:
    """Whatever it raises; parts come as before."""
    with receiving(station, source, alarms):
        source.fail(fault)
        source.part(grey_photo(20), "a")
        outcome = source.outcome("a")

    assert outcome.signal is Judgement.OK
    assert source.opened == 2
    assert alarms.codes == [Code.CONNECT_FAILED]


def test_identical_photos_are_a_camera_that_hangs(
    station: Station, source: ScriptedSource, alarms: KeptAlarms
) -> None:
    """From the third on they are rejected; another photo is judged again."""
    frozen, other = np.full((40, 40, 3), 20, np.uint8), np.full((40, 40, 3), 21, np.uint8)
    with receiving(station, source, alarms, frozen_after=3):
        for key, photo in zip("abcdef", [other, *4 * [frozen], other], strict=True):
            source.part(photo.copy(), key)
        signals = [source.outcome(key).signal.value for key in "abcdef"]

    assert signals == ["OK", "OK", "OK", "ERROR", "ERROR", "OK"]
    assert alarms.codes == [Code.CAMERA_FROZEN]


def test_photo_of_another_size_is_rejected(
    station: Station, source: ScriptedSource, alarms: KeptAlarms
) -> None:
    """Where the size of photos is given; as a file and as pixels."""
    with receiving(station, source, alarms, width=40, height=40):
        source.part(grey_photo(20, size=40), "right")
        source.part(grey_photo(20, size=50), "file")
        source.part(np.full((40, 30, 3), 20, np.uint8), "pixels")
        signals = {key: source.outcome(key).signal.value for key in ("right", "file", "pixels")}

    assert signals == {"right": "OK", "file": "ERROR", "pixels": "ERROR"}


def test_part_that_cannot_be_recorded_is_rejected(
    station: Station,
    source: ScriptedSource,
    alarms: KeptAlarms,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A verdict that is not on record does not pass a part."""

    def refuse(*_rows: object) -> None:
        raise RecordsError("The disk is full")

    with receiving(station, source, alarms):
        monkeypatch.setattr(station.records, "append", refuse)
        source.part(grey_photo(20), "a")
        outcome = source.outcome("a")

    assert outcome.row is None
    assert outcome.fault is not None
    assert outcome.fault.code is Code.RECORDS_FAILED
    assert (Code.RECORDS_FAILED, "camera") in alarms.on


def test_blocked_station_rejects_parts(
    station: Station, source: ScriptedSource, alarms: KeptAlarms
) -> None:
    """As when its check with master parts has failed; the row says why."""

    def block(_request: object) -> None:
        raise StationError("The check failed", code=Code.STATION_BLOCKED)

    station.gates.append(block)
    with receiving(station, source, alarms):
        source.part(grey_photo(20), "a")
        source.outcome("a")

    assert [(row.verdict, row.error_code) for row in on_record(station)] == [
        ("ERROR", "station.blocked")
    ]


def test_answer_that_fails_costs_no_other_part(
    station: Station, source: ScriptedSource, alarms: KeptAlarms
) -> None:
    """An error of a third party in its answer is logged, and the line goes on."""

    def fail(_outcome: Outcome) -> None:
        raise ConnectError("The PLC is gone")

    with receiving(station, source, alarms):
        source.part(grey_photo(20), "a", answered=fail)
        source.part(grey_photo(30), "b")
        outcome = source.outcome("b")

    assert outcome.signal is Judgement.OK
    assert len(on_record(station)) == 2


def test_names_of_any_bytes_are_recorded(
    station: Station, source: ScriptedSource, alarms: KeptAlarms
) -> None:
    """A serial that is no text, and one that is too long for its column."""
    with receiving(station, source, alarms):
        source.part(grey_photo(20), "a\udcff", serial="S\udcff\n")
        source.part(grey_photo(21), "b" * 300, serial="S" * 300)
        until(lambda: len(source.outcomes) == 2, "both outcomes")

    assert [row.serial for row in on_record(station)] == ["S\\xff\\n", "S" * 200]
    assert {row.verdict for row in on_record(station)} == {"OK"}
