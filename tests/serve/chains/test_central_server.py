"""A central server holds the chains of stations as they are, whatever happens on the way."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI

from okng.accounts import Accounts, Scope
from okng.connect.alarms import Alarms
from okng.connect.contracts import Around
from okng.connect.delivering import Delivering
from okng.connect.sinks.central import CentralSettings, CentralSink
from okng.error_codes import Code
from okng.errors import ConnectError
from okng.inference.inspection import new_id
from okng.records import Kind, Records
from okng.records.outbox import Begin, Outbox
from okng.records.payloads import Review
from okng.records.photos import PhotoStore
from okng.records.transfer.collecting import placed
from okng.records.upkeep import RetentionRule, retain, station_records
from okng.serve import Serving, create_app
from okng.station import Station
from okng.station.library import Library
from okng.station.models import Models
from okng.station.opening import database_of
from okng.testing import station_settings
from okng.testing.line.network.flaky_network import FlakyNetwork
from okng.testing.station.accounts import cheap_passwords
from okng.testing.station.records import entry, inspection_row

NAME = "station-1"
AROUND = Around("plant", NAME)


@contextmanager
def _served(app: FastAPI) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        try:
            yield int(sock.getsockname()[1])
        finally:
            server.should_exit = server.force_exit = True
            thread.join()


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Station]:
    """The station of a central server, which judges nothing itself."""
    folder = tmp_path / "central"
    settings = station_settings(folder, station={"name": "central", "folder": folder})
    models = Models([], settings.models, Library(folder))
    with station_records(settings) as stored:
        station = Station(settings, models, stored.records, stored.photos)
        yield station
        station.close(0)


@pytest.fixture
def port(central: Station) -> Iterator[int]:
    """The port of a central server without logins."""
    with _served(create_app(Serving(central))) as port:
        yield port


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """The records of a station."""
    with Records(tmp_path / "r.sqlite") as opened_records:
        yield opened_records


def _settings(port: int, **given: Any) -> CentralSettings:
    return CentralSettings.model_validate({"url": f"http://127.0.0.1:{port}"} | given)


def _fill(records: Records, count: int, **given: Any) -> None:
    for _ in range(count):
        row = inspection_row(id=new_id(), **given)
        review = entry(Kind.REVIEW, id=new_id(), subject=row.id, payload=Review(truth="OK").text())
        records.append(row, review).result(10)


def _until(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def _central(station: Station) -> Records:
    assert station.records is not None
    return station.records


def test_the_server_holds_the_same_chain(central: Station, port: int, records: Records) -> None:
    """Verdicts, reviews and alarms, with numbers and hashes; both verify, to the same head."""
    _fill(records, 5)
    with Delivering(records, AROUND, [_settings(port)], Alarms(records, NAME)):
        _fill(records, 5)
        assert _until(lambda: _central(central).head(NAME) == records.head(NAME))

    checked = _central(central).verify([], frozenset())
    (chain,) = (each for each in checked.chains if each.station == NAME)
    assert checked.intact
    assert chain.rows == 20
    assert _central(central).reviewed_rates(0, 2**62, station=NAME) == records.reviewed_rates(
        0, 2**62, station=NAME
    )


def test_a_link_that_is_down_loses_nothing(central: Station, port: int, records: Records) -> None:
    """It is cut again and again, in the middle of requests and of answers."""
    with FlakyNetwork(port) as network:
        settings = _settings(network.port, retry_longest=0.1, timeout=2)
        with Delivering(records, AROUND, [settings], Alarms(records, NAME)):
            for cut in range(6):
                network.cuts_after = 3000 * cut if cut % 2 else None
                network.loses_answers = cut % 3 == 2
                _fill(records, 10)
                network.cut()
            network.cuts_after, network.loses_answers = None, False
            network.cut()
            assert _until(lambda: _central(central).head(NAME) == records.head(NAME))

    assert _central(central).verify([], frozenset()).intact


def test_a_server_that_was_put_back_gets_what_it_has_lost(
    central: Station, port: int, records: Records
) -> None:
    """Its head is asked for at each connection; the cursor of the station goes back."""
    _fill(records, 3)
    outbox = Outbox(records, "central", NAME, Begin.FIRST)
    outbox.passed(6)
    storing = outbox.store()
    assert storing is not None
    storing.result(10)
    with Delivering(records, AROUND, [_settings(port)], Alarms(records, NAME)):
        assert _until(lambda: _central(central).head(NAME) == records.head(NAME))


def test_rows_that_a_rule_deleted_leave_no_gap(
    central: Station, port: int, records: Records
) -> None:
    """Their tombstones come along, so the chain of the server is whole."""
    _fill(records, 4, verdict="OK")
    retain(records, RetentionRule(ok_days=1), station=NAME)
    _fill(records, 1, verdict="NG")
    with Delivering(records, AROUND, [_settings(port)], Alarms(records, NAME)):
        assert _until(lambda: _central(central).head(NAME) == records.head(NAME))

    assert _central(central).verify([], frozenset()).intact


def test_photos_come_along_once(
    central: Station, port: int, records: Records, tmp_path: Path
) -> None:
    """By their digest; one that the station has deleted is left out."""
    store = PhotoStore(tmp_path / "photos")
    kept_photo, gone = store.put(b"a photo"), store.put(b"another")
    store.remove(gone.path)
    for place in (kept_photo, gone, kept_photo):
        _fill(records, 1, photo_place=place.path, photo_digest=place.digest)
    settings = _settings(port, photo_store=str(tmp_path / "photos"))
    with Delivering(records, AROUND, [settings], Alarms(records, NAME)):
        assert _until(lambda: _central(central).head(NAME) == records.head(NAME))

    assert central.photos is not None
    assert central.photos.get(kept_photo.path) == b"a photo"
    assert central.photos.size(gone.path) is None


def test_another_chain_of_the_same_name_is_refused(
    port: int, records: Records, tmp_path: Path
) -> None:
    """Two stations with one name do not mix: the second one waits, with an alarm."""
    _fill(records, 2)
    with Delivering(records, AROUND, [_settings(port)], Alarms(records, NAME)) as delivering:
        assert _until(lambda: delivering.states[0].delivered == 4)
    with Records(tmp_path / "other.sqlite") as other:
        _fill(other, 2)
        settings = _settings(port, alarm_after=0)
        alarms = Alarms(other, NAME)
        with Delivering(other, AROUND, [settings], alarms) as delivering:
            assert _until(lambda: bool(alarms.on))
            assert delivering.states[0].delivered == 0

    assert alarms.on[0].code is Code.RECORDS_CONFLICT


def _rows(records: Records) -> list[dict[str, Any]]:
    page = Outbox(records, "probe", NAME, Begin.FIRST).page()
    assert page is not None
    return [placed(NAME, row)._asdict() for row in page.rows]


def _post(port: int, rows: list[dict[str, Any]], station: str = NAME) -> httpx2.Response:
    url = f"http://127.0.0.1:{port}/api/v1/chains/{station}/rows"
    return httpx2.post(url, json={"rows": rows}, trust_env=False)


def test_a_row_that_was_changed_on_the_way_is_refused(port: int, records: Records) -> None:
    """Its hash no longer fits; nothing of the request is stored."""
    _fill(records, 2)
    rows = _rows(records)
    rows[2]["columns"]["verdict"] = "NG"
    refusal = _post(port, rows)

    assert refusal.status_code == 422
    assert refusal.json()["code"] == "records.damaged"
    assert _post(port, _rows(records)).json()["seq"] == 4


def test_a_gap_is_refused_with_the_next_number(port: int, records: Records) -> None:
    """So that a station can go on where it has to."""
    _fill(records, 2)
    refusal = _post(port, _rows(records)[1:])

    assert (refusal.status_code, "Row 1" in refusal.json()["detail"]) == (409, True)


def test_a_repeat_adds_nothing(central: Station, port: int, records: Records) -> None:
    """The same request again has the same answer."""
    _fill(records, 2)
    first, second = (_post(port, _rows(records)).json() for _ in range(2))

    assert first == second
    assert _central(central).verify([], frozenset()).intact


@pytest.mark.parametrize("change", [
    {"table": "users"}, {"seq": 0}, {"hash": "x"}, {"columns": {"id": 1.5}}, {"columns": {}},
    {"extra": 1},
])  # fmt: skip
def test_rows_of_another_form_are_refused(
    port: int, records: Records, change: dict[str, Any]
) -> None:
    """With a problem, never with an error of the database."""
    _fill(records, 1)
    row = _rows(records)[0] | change
    if change.get("columns"):
        row["columns"] = _rows(records)[0]["columns"] | change["columns"]

    assert _post(port, [row]).status_code == 422


@pytest.mark.parametrize("place", ["", "0", "\0", "../../etc/passwd", "/etc/passwd", "a" * 101])
def test_what_is_no_place_of_a_photo_is_refused(port: int, place: str) -> None:
    """Nobody learns by it what else the disk of the server holds."""
    url = f"http://127.0.0.1:{port}/api/v1/chains/{NAME}/photos/missing"
    answer = httpx2.post(url, json={"places": [place]}, trust_env=False)

    assert answer.status_code == 422


def test_rows_of_one_station_do_not_join_the_chain_of_another(port: int, records: Records) -> None:
    """Nor that of the server itself."""
    _fill(records, 1)

    assert _post(port, _rows(records), "station-2").status_code == 422
    assert _post(port, _rows(records), "central").status_code == 400


def test_a_key_adds_to_its_own_chain_only(
    central: Station, records: Records, tmp_path: Path
) -> None:
    """A key is named after its station, and needs the scope `collect`."""
    _fill(records, 1)
    with ExitStack() as stack:
        accounts = stack.enter_context(
            Accounts(
                database_of(central.settings), central.records, "central",
                passwords=cheap_passwords(),
            )
        )  # fmt: skip
        keys = {
            (name, scope): accounts.keys.add(name, [scope], by="user:root", days=1).secret
            for name, scope in ((NAME, Scope.COLLECT), ("station-2", Scope.COLLECT),
                                ("station-3", Scope.JUDGE))
        }  # fmt: skip
        port = stack.enter_context(_served(create_app(Serving(central, accounts))))
        codes: dict[tuple[str, Scope], object] = {}
        for who, key in keys.items():
            (tmp_path / "key").write_text(key)
            sink = CentralSink(_settings(port, key_file=tmp_path / "key"), AROUND)
            try:
                codes[who] = sink.open()
            except ConnectError as fault:
                codes[who] = fault.code
            sink.close()

    assert codes == {
        (NAME, Scope.COLLECT): 0,
        ("station-2", Scope.COLLECT): Code.CONNECT_LOGIN,
        ("station-3", Scope.JUDGE): Code.CONNECT_LOGIN,
    }


def test_a_photo_is_stored_at_its_own_place_only(
    central: Station, port: int, tmp_path: Path
) -> None:
    """What is sent under the digest of another photo is refused."""
    url = f"http://127.0.0.1:{port}/api/v1/chains/{NAME}/photos"
    place = PhotoStore(tmp_path / "photos").put(b"a photo").path
    wrong = httpx2.put(url, params={"place": place}, content=b"other", trust_env=False)
    path = httpx2.put(url, params={"place": "../../x"}, content=b"other", trust_env=False)

    assert (wrong.status_code, path.status_code) == (400, 400)
    assert central.photos is not None
    assert central.photos.usage() == 0


def test_the_check_names_what_the_server_has(port: int, records: Records) -> None:
    """Before anything is sent."""
    _fill(records, 1)
    _post(port, _rows(records))

    assert [each.value for each in _settings(port).check(AROUND)] == [
        f"http://127.0.0.1:{port}", "2",
    ]  # fmt: skip
