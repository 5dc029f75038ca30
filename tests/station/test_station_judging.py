"""A station answers what is on record, and takes no more than it promises."""

import threading
from concurrent.futures import wait
from pathlib import Path

import pytest

from okng.error_codes import Code
from okng.errors import BusyError, MissingError, PhotoError, RecordsConflictError, StationError
from okng.station import PhotoRequest, Station, opened
from okng.testing import BrightnessSession, grey_photo, station_settings


def test_a_verdict_is_on_record_before_it_is_answered(station: Station) -> None:
    """The row of the answer is the row of the database."""
    asked = PhotoRequest(photo=grey_photo(51), serial="A-7", batch="B", asked_by="key:line")

    row = station.judge(asked).result(10).row

    assert station.records is not None
    assert station.records.inspection(row.id) == row
    assert (row.score_e9, row.serial, row.asked_by) == (200_000_003, "A-7", "key:line")
    assert row.latency_us > 0


def test_same_key_gets_the_same_answer(station: Station) -> None:
    """Also from another request; one photo is judged, and one row is written."""
    asked = [PhotoRequest(photo=grey_photo(90), key="k") for _ in range(3)]

    first = station.judge(asked[0]).result(10)
    second = station.judge(asked[1]).result(10)

    assert second.row == first.row
    assert (first.repeated, second.repeated) == (False, True)


def test_same_key_at_once_is_judged_once(station: Station, session: BrightnessSession) -> None:
    """Two requests that arrive together wait for one photo."""
    session.free.clear()
    futures = [station.judge(PhotoRequest(photo=grey_photo(90), key="k")) for _ in range(4)]
    session.free.set()

    assert len({future.result(10).row.id for future in futures}) == 1
    assert session.batches == [1]


def test_same_key_with_another_photo_is_refused(
    station: Station, session: BrightnessSession
) -> None:
    """In flight and on record alike."""
    session.free.clear()
    first = station.judge(PhotoRequest(photo=grey_photo(90), key="k"))
    with pytest.raises(RecordsConflictError):
        station.judge(PhotoRequest(photo=grey_photo(91), key="k"))
    session.free.set()
    first.result(10)

    with pytest.raises(RecordsConflictError):
        station.judge(PhotoRequest(photo=grey_photo(91), key="k")).result(10)


def test_key_is_remembered_after_a_restart(
    exported: Path, session: BrightnessSession, tmp_path: Path
) -> None:
    """What counts is what is on record."""
    rows = []
    for _ in range(2):
        with opened(station_settings(tmp_path), [exported]) as station:
            rows.append(station.judge(PhotoRequest(photo=grey_photo(90), key="k")).result(10).row)

    assert rows[0] == rows[1]


def test_client_over_its_limit_is_refused_before_the_station_is_full(
    station: Station, session: BrightnessSession
) -> None:
    """Four photos of one client, eight in all; the refusal names a time to repeat."""
    session.free.clear()
    for client in ("a", "b"):
        for _ in range(4):
            station.judge(PhotoRequest(photo=grey_photo(90), client=client))

    with pytest.raises(BusyError) as of_client:
        station.judge(PhotoRequest(photo=grey_photo(90), client="a"))
    with pytest.raises(BusyError) as in_all:
        station.judge(PhotoRequest(photo=grey_photo(90), client="c"))

    assert (of_client.value.code, in_all.value.code) == (Code.CLIENT_LIMIT, Code.STATION_FULL)
    assert of_client.value.retry_after >= 1


def test_more_photos_than_ever_fit_are_refused_for_good(station: Station) -> None:
    """A repeat would not help."""
    with pytest.raises(StationError) as refused:
        station.judge_all([PhotoRequest(photo=grey_photo(90)) for _ in range(5)])

    assert refused.value.code is Code.REQUEST_TOO_LARGE


def test_an_abandoned_photo_never_reaches_the_network(
    station: Station, session: BrightnessSession
) -> None:
    """Nor does it hold its place in the queue."""
    session.free.clear()
    first = station.judge(PhotoRequest(photo=grey_photo(90)))
    while not session.batches:
        threading.Event().wait(0.001)
    others = [station.judge(PhotoRequest(photo=grey_photo(91))) for _ in range(3)]
    while station.models.live().engine.load.photos < 4:  # all of them are with the engine
        threading.Event().wait(0.001)
    assert all(future.cancel() for future in others)
    session.free.set()
    first.result(10)

    assert station.admission.wait_until_empty(10)
    assert session.batches == [1]


def test_one_of_two_who_share_a_key_may_leave(station: Station, session: BrightnessSession) -> None:
    """The other one gets the verdict."""
    session.free.clear()
    one, other = (station.judge(PhotoRequest(photo=grey_photo(90), key="k")) for _ in range(2))
    one.cancel()
    session.free.set()

    assert other.result(10).row.idempotency_key == "k"


def test_photo_of_too_many_pixels_is_refused_before_it_is_decoded(
    exported: Path, session: BrightnessSession, tmp_path: Path
) -> None:
    """By its header; so is what is no photo."""
    settings = station_settings(tmp_path, server={"pixels_mp": 0.002})
    with opened(settings, [exported]) as station:
        session.batches.clear()
        codes = []
        for photo in (grey_photo(90), b"nothing", b"GIF89a nothing"):
            with pytest.raises(PhotoError) as refused:
                station.judge(PhotoRequest(photo=photo)).result(10)
            codes.append(refused.value.code)

    assert codes == [Code.PHOTO_SIZE, Code.PHOTO_NO_PHOTO, Code.PHOTO_FORMAT]
    assert session.batches == []


def test_damaged_photo_is_an_error_on_record(station: Station) -> None:
    """The part was there: its serial number must be found."""
    row = station.judge(PhotoRequest(photo=grey_photo(90)[:-30], serial="A-8")).result(10).row

    assert (row.verdict, row.error_code, row.score_e9) == ("ERROR", Code.PHOTO_DAMAGED, None)
    assert row.serial == "A-8"


def test_unknown_model_is_named_with_those_that_are_there(station: Station) -> None:
    """Before anything is accepted."""
    with pytest.raises(MissingError, match="allowed: test"):
        station.judge(PhotoRequest(photo=grey_photo(90), model="other"))
    assert station.admission.photos == 0


def test_stop_answers_what_was_accepted(station: Station, session: BrightnessSession) -> None:
    """And takes nothing new."""
    session.free.clear()
    accepted = [station.judge(PhotoRequest(photo=grey_photo(90))) for _ in range(4)]
    station.stop()
    with pytest.raises(BusyError) as refused:
        station.judge(PhotoRequest(photo=grey_photo(90)))
    session.free.set()

    assert wait(accepted, 10).not_done == set()
    assert refused.value.code is Code.STATION_STOPPING
