"""POST /api/v1/trigger/NAME takes a photo with a camera of the line, and answers its verdict."""

import threading
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from okng.connect.part import Outcome
from okng.connect.triggers.http import HttpTrigger
from okng.error_codes import Code
from okng.errors import ConnectError
from okng.serve import Serving, create_app
from okng.station import Station
from okng.testing.station.records import inspection_row


@pytest.fixture
def serving(station: Station) -> Serving:
    """A server that shares adapters with a line."""
    return Serving(station)


@pytest.fixture
def camera(serving: Serving) -> Iterator[HttpTrigger]:
    """The trigger of a source of the line."""
    trigger = serving.shared.get(HttpTrigger, "top", lambda: HttpTrigger(4))
    trigger.open()
    yield trigger
    trigger.close()


@pytest.fixture
def caller(serving: Serving) -> Iterator[TestClient]:
    """Talks to the server."""
    with TestClient(create_app(serving), "http://localhost") as client:
        yield client


def _line(trigger: HttpTrigger, outcome: Outcome) -> None:
    def answer() -> None:
        for shot in trigger.shots():
            row = outcome.row
            shot.answered(Outcome(inspection_row(serial=shot.serial)) if row else outcome)

    threading.Thread(target=answer, daemon=True).start()


def test_the_answer_is_the_inspection(caller: TestClient, camera: HttpTrigger) -> None:
    """The request waits for the verdict on record, and gets it."""
    _line(camera, Outcome(inspection_row()))
    answer = caller.post("/api/v1/trigger/top", params={"serial": "S-1"})

    assert answer.status_code == 200
    assert (answer.json()["serial"], answer.json()["verdict"]) == ("S-1", "OK")


def test_without_a_verdict_there_is_a_problem(caller: TestClient, camera: HttpTrigger) -> None:
    """No photo and no record: the fault with its code, never an OK."""
    _line(camera, Outcome(None, ConnectError("The camera is lost.", code=Code.CAMERA_LOST)))
    answer = caller.post("/api/v1/trigger/top")

    assert answer.status_code == 503
    assert answer.json()["code"] == "camera.lost"


def test_a_camera_that_nobody_gave_a_trigger(caller: TestClient) -> None:
    """An unknown name is not found; no address is fetched."""
    answer = caller.post("/api/v1/trigger/http%3A%2F%2Felsewhere")
    unknown = caller.post("/api/v1/trigger/side")

    assert answer.status_code == 400  # a slash in a name is refused before any route
    assert unknown.json()["code"] == "missing"


def test_no_verdict_in_time(caller: TestClient, camera: HttpTrigger, station: Station) -> None:
    """A line that does not answer is a timeout; the same key waits for the same part."""
    del station
    head = {"Idempotency-Key": "k"}
    answer = caller.post("/api/v1/trigger/top", headers=head)
    _line(camera, Outcome(inspection_row()))
    again = caller.post("/api/v1/trigger/top", headers=head)

    assert answer.status_code == 504
    assert again.status_code == 200
