"""The client repeats what is safe to repeat, and raises the errors of okng."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from okng.client import Client, Repeats
from okng.errors import (
    BusyError,
    DeniedError,
    MissingError,
    OkngError,
    PhotoError,
    RecordsConflictError,
    StationError,
)

INSPECTION = {
    "id": "1", "time": "2026-11-28T20:00:00+01:00", "station": "s", "verdict": "NG",
    "defect_score": 0.9, "class": "scratch", "probabilities": {"ok": 0.1, "scratch": 0.9},
    "threshold": 0.5, "model": "m", "model_digest": "d", "latency_ms": 12.5, "new_field": 1,
}  # fmt: skip
Answer = Callable[[httpx2.Request], httpx2.Response]


class Station:
    """Answers with one result after the other, and holds the requests."""

    def __init__(self, *results: httpx2.Response | Exception) -> None:
        self.results = list(results)
        self.requests: list[httpx2.Request] = []
        self.pauses: list[float] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """The next result."""
        self.requests.append(request)
        result = self.results.pop(0)
        if isinstance(result, Exception):
            raise result
        return result

    def client(self, **repeats: Any) -> Client:
        """A client that talks to it, without waiting."""
        http = httpx2.Client(transport=httpx2.MockTransport(self))
        chance = {"chance": lambda: 1.0}
        return Client("http://station", key="secret", http=http, sleep=self.pauses.append,
                      repeats=Repeats(**(chance | repeats)))  # fmt: skip


def _judged() -> httpx2.Response:
    return httpx2.Response(201, json=INSPECTION)


def _problem(status: int, code: str, **headers: str) -> httpx2.Response:
    body = {"detail": "No.", "code": code, "status": status, "hint": "Wait."}
    return httpx2.Response(
        status,
        content=json.dumps(body),
        headers={"Content-Type": "application/problem+json"} | headers,
    )


def test_a_verdict_is_typed() -> None:
    """Fields have their types, and fields of a later station are ignored."""
    station = Station(_judged())

    inspection = station.client().judge(b"photo", serial="A-1")

    assert (inspection.verdict, inspection.class_name, inspection.ok) == ("NG", "scratch", False)
    request = station.requests[0]
    assert request.url.params["serial"] == "A-1"
    assert request.headers["authorization"] == "Bearer secret"
    assert request.content == b"photo"


@pytest.mark.parametrize(
    "first",
    [
        _problem(503, "station.full"),
        _problem(429, "client.limit"),
        _problem(504, "station.timeout"),
        httpx2.ConnectError("refused"),
        httpx2.ReadTimeout("slow"),
        httpx2.RemoteProtocolError("cut off"),
    ],
)
def test_a_photo_is_sent_again_with_the_same_key(first: httpx2.Response | Exception) -> None:
    """Whatever was lost, request or answer: the key makes the repeat harmless."""
    station = Station(first, _judged())

    station.client().judge(b"photo")

    keys = {request.headers["idempotency-key"] for request in station.requests}
    assert (len(station.requests), len(keys)) == (2, 1)


def test_photos_have_keys_of_their_own() -> None:
    """Two equal photos are two parts, unless the caller gives one key."""
    station = Station(_judged(), _judged(), _judged())
    with station.client() as client:
        client.judge(b"photo")
        client.judge(b"photo")
        client.judge(b"photo", key="mine")

    keys = [request.headers["idempotency-key"] for request in station.requests]
    assert len(set(keys)) == 3
    assert keys[2] == "mine"


def test_it_waits_as_long_as_the_station_asks() -> None:
    """Retry-After is the least pause."""
    station = Station(_problem(503, "station.full", **{"Retry-After": "7"}), _judged())

    station.client().judge(b"photo")

    assert station.pauses == [7.0]


def test_pauses_grow() -> None:
    """Without Retry-After each pause is twice the one before."""
    station = Station(*(_problem(503, "station.full") for _ in range(3)), _judged())

    station.client().judge(b"photo")

    assert station.pauses == [0.2, 0.4, 0.8]


def test_it_gives_up_after_its_repeats() -> None:
    """The error is that of the station, with its code and the time to wait."""
    station = Station(*(_problem(503, "station.full", **{"Retry-After": "3"}) for _ in range(3)))

    with pytest.raises(BusyError) as caught:
        station.client(most=2).judge(b"photo")
    assert (caught.value.code, caught.value.retry_after) == ("station.full", 3.0)


def test_it_gives_up_after_its_time() -> None:
    """No repeat begins after `within` seconds."""
    station = Station(_problem(503, "station.full", **{"Retry-After": "100"}))

    with pytest.raises(BusyError):
        station.client(within=60).judge(b"photo")
    assert station.pauses == []


def test_a_review_is_not_stated_twice() -> None:
    """A review whose answer was lost may be on record: it is not repeated."""
    station = Station(httpx2.ReadTimeout("slow"))

    with pytest.raises(StationError) as caught:
        station.client().review("1", agree=True)
    assert caught.value.code == "station.unreachable"
    assert json.loads(station.requests[0].content) == {"agree": True, "label": "", "note": ""}


def test_a_review_that_never_arrived_is_repeated() -> None:
    """A connection that was refused carried no request."""
    review = {
        "id": "2",
        "inspection": "1",
        "time": INSPECTION["time"],
        "by": "key:a",
        "truth": "OK",
    }
    station = Station(httpx2.ConnectError("refused"), httpx2.Response(201, json=review))

    assert station.client().review("1", truth="OK").truth == "OK"


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (401, "login.needed", DeniedError),
        (403, "role.missing", DeniedError),
        (404, "missing", MissingError),
        (409, "records.conflict", RecordsConflictError),
        (422, "photo.no-photo", PhotoError),
        (413, "request.too-large", StationError),
        (500, "a.code-of-a-later-station", StationError),
    ],
)
def test_problems_are_errors_of_okng(status: int, code: str, error: type[OkngError]) -> None:
    """The class follows the status, the code is that of the station; none is repeated."""
    station = Station(_problem(status, code))

    with pytest.raises(error) as caught:
        station.client().judge(b"photo")
    assert type(caught.value) is error
    assert caught.value.hint == "Wait."
    assert code.startswith("a.") or caught.value.code == code


def test_a_page_of_a_proxy_is_an_error_too() -> None:
    """HTML in place of a problem is no traceback."""
    station = Station(httpx2.Response(400, html="<h1>Bad Request</h1>"))

    with pytest.raises(StationError, match="status 400"):
        station.client().judge(b"photo")


def test_pages_follow_each_other() -> None:
    """All inspections come, whatever the size of a page."""
    pages = [
        {"inspections": [INSPECTION], "next": "c"},
        {"inspections": [INSPECTION], "next": None},
    ]
    station = Station(*(httpx2.Response(200, json=page) for page in pages))

    inspections = list(station.client().inspections(serial_prefix="A", reviewed=False))

    assert len(inspections) == 2
    assert [request.url.params.get("cursor") for request in station.requests] == [None, "c"]
    assert station.requests[1].url.params["reviewed"] == "false"


def test_an_identifier_names_no_other_route() -> None:
    """A slash in an identifier is part of it."""
    station = Station(_problem(404, "missing"))

    with pytest.raises(MissingError):
        station.client().inspection("../models")
    assert station.requests[0].url.raw_path == b"/api/v1/inspections/..%2Fmodels"


def test_a_station_that_is_not_ready_answers() -> None:
    """Its faults are an answer, not an error."""
    body = {"status": "not ready", "station": "s", "models": [], "faults": ["disk.full"]}
    station = Station(httpx2.Response(503, json=body))

    answer = station.client().station()

    assert (answer.ready, answer.faults) == (False, ["disk.full"])
