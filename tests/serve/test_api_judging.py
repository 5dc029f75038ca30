"""POST /api/v1/inspections judges a photo; what it refuses, it explains."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from okng.accounts import Accounts, Scope
from okng.error_codes import Code
from okng.serve import Serving, create_app
from okng.station import PhotoRequest, Station, database_of
from okng.testing import BrightnessSession, grey_photo
from okng.testing.station.accounts import cheap_passwords

URL = "/api/v1/inspections"
PNG = {"content-type": "image/png"}


def test_raw_photo_is_answered_with_its_record(client: TestClient) -> None:
    """And the answer tells where it can be read again."""
    answer = client.post(URL, content=grey_photo(51), headers=PNG, params={"serial": "A-7"})
    again = client.get(answer.headers["location"])

    assert answer.status_code == 201
    assert again.json() == answer.json() | again.json()
    body = answer.json()
    assert (body["verdict"], body["serial"], body["model"]) == ("OK", "A-7", "test")
    assert {"id", "defect_score", "class", "probabilities", "threshold"} <= set(body)


def test_form_carries_photo_and_fields(client: TestClient) -> None:
    """As browsers and many clients send it."""
    fields = {"serial": "A-8", "batch": "B-1", "station": "other"}
    answer = client.post(URL, files={"photo": ("a.png", grey_photo(230))}, data=fields)

    body = answer.json()
    assert {name: body[name] for name in fields} == fields
    assert body["verdict"] == "NG"


def test_repeat_with_the_same_key_gets_the_same_answer(client: TestClient) -> None:
    """By header or by query; another photo with that key is refused."""
    header = PNG | {"Idempotency-Key": "k"}
    first = client.post(URL, content=grey_photo(90), headers=header)
    again = client.post(URL, content=grey_photo(90), headers=PNG, params={"idempotency_key": "k"})
    other = client.post(URL, content=grey_photo(91), headers=header)

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert other.json()["code"] == Code.RECORDS_CONFLICT


def _chunks(size: int) -> Iterator[bytes]:
    yield from (b"x" * 10_000 for _ in range(size // 10_000))


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        ({"content": b"nothing", "headers": PNG}, 422, Code.PHOTO_NO_PHOTO),
        ({"content": b"", "headers": PNG}, 400, Code.REQUEST_INVALID),
        ({"content": b"{}", "headers": {"content-type": "application/json"}}, 415,
         Code.REQUEST_MEDIA_TYPE),
        ({"content": b"x" * 500_000, "headers": PNG}, 413, Code.REQUEST_TOO_LARGE),
        ({"content": _chunks(500_000), "headers": PNG}, 413, Code.REQUEST_TOO_LARGE),
        ({"content": grey_photo(90, 400), "headers": PNG}, 422, Code.PHOTO_SIZE),
        ({"content": grey_photo(90), "headers": PNG, "params": {"serial": "x" * 201}}, 422,
         Code.REQUEST_INVALID),
        ({"content": grey_photo(90), "headers": PNG, "params": {"model": "none"}}, 404,
         Code.MISSING),
        ({"files": {"photo": b"x"}, "data": {"serial": "\x07"}}, 400, Code.REQUEST_INVALID),
        ({"data": {"serial": "1"}, "files": {}, "headers":
          {"content-type": "multipart/form-data; boundary=x"}}, 400, Code.REQUEST_INVALID),
    ],
)  # fmt: skip
def test_bad_request_gets_a_problem(
    client: TestClient, options: dict[str, object], status: int, code: Code
) -> None:
    """With its status, its code, and the way out."""
    answer = client.post(URL, **options)  # type: ignore[arg-type]

    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem["detail"]
    assert problem["hint"]


def test_unknown_paths_and_methods_are_problems_too(client: TestClient) -> None:
    """A client needs to read one form only."""
    missing, method = client.get("/api/v1/nothing"), client.put(URL)

    assert (missing.status_code, missing.json()["code"]) == (404, Code.MISSING)
    assert (method.status_code, method.headers["allow"]) == (405, "POST")


def test_full_station_answers_503_and_when_to_repeat(
    client: TestClient, station: Station, session: BrightnessSession
) -> None:
    """Seen from outside: the queue is bounded."""
    session.free.clear()
    for number in range(8):
        station.judge(PhotoRequest(photo=grey_photo(90), client=str(number)))
    answer = client.post(URL, content=grey_photo(90), headers=PNG)

    assert (answer.status_code, answer.json()["code"]) == (503, Code.STATION_FULL)
    assert int(answer.headers["retry-after"]) >= 1


def test_every_answer_has_the_id_of_its_request(client: TestClient) -> None:
    """A given one comes back, one that could break a log does not."""
    given = client.get("/healthz", headers={"x-request-id": "line-3.77"})
    forged = client.get("/healthz", headers={"x-request-id": "a b"})

    assert given.headers["x-request-id"] == "line-3.77"
    assert forged.headers["x-request-id"] not in {"", "a b"}


def test_readiness_names_models_and_faults(client: TestClient) -> None:
    """A stopping station is alive and not ready."""
    ready = client.get("/readyz")
    client.app.state.serving.stop()  # type: ignore[attr-defined]
    stopping = client.get("/readyz")

    assert (ready.status_code, ready.json()["models"]) == (200, ["test"])
    assert (stopping.status_code, stopping.json()["faults"]) == (503, [Code.STATION_STOPPING])
    assert client.get("/healthz").status_code == 200


def test_only_a_key_of_its_scope_judges(station: Station) -> None:
    """Where there are accounts, nobody gets a verdict without."""
    assert station.records is not None
    database = database_of(station.settings)
    with Accounts(database, station.records, station.name, passwords=cheap_passwords()) as accounts:
        keys = [accounts.keys.add(s, [s], by="local").secret for s in (Scope.REVIEW, Scope.JUDGE)]
        client = TestClient(create_app(Serving(station, accounts)), "http://localhost")
        given = [{}, *({"authorization": f"Bearer {key}"} for key in keys)]
        answers = [client.post(URL, content=grey_photo(9), headers=PNG | each) for each in given]

    assert [answer.status_code for answer in answers] == [401, 403, 201]
    assert answers[2].json()["asked_by"] == "key:judge"
