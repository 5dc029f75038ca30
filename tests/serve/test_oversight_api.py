"""Master parts, bypasses and the threshold of a camera over HTTP."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from okng.error_codes import Code
from okng.records import Role
from okng.serve import Serving, create_app
from okng.station import opened
from okng.testing import BrightnessSession, grey_photo, station_settings

PNG = {"content-type": "image/png"}
DARK, LIGHT = 51, 230
"""Grey levels that are OK and NG at a threshold of 0.5."""
Serve = Callable[..., TestClient]


@pytest.fixture
def serve(exported: Path, session: BrightnessSession, tmp_path: Path) -> Iterator[Serve]:
    """Opens a station with its own settings of master parts, and talks to it."""
    with ExitStack() as stack:

        def opened_with(**masters: object) -> TestClient:
            settings = station_settings(tmp_path, masters=masters)
            station = stack.enter_context(opened(settings, [exported]))
            return stack.enter_context(TestClient(create_app(Serving(station)), "http://localhost"))

        yield opened_with


def judge(client: TestClient, level: int = DARK, **about: str) -> httpx2.Response:
    """Send a photo of the line."""
    return client.post("/api/v1/inspections", content=grey_photo(level), headers=PNG, params=about)


def add_parts(client: TestClient) -> None:
    """A good and a defective master part."""
    for serial, truth in (("G1", "OK"), ("B1", "NG")):
        answer = client.post("/api/v1/masters/parts", json={"serial": serial, "truth": truth})
        assert answer.status_code == 201


def check(client: TestClient, **levels: int) -> dict[str, object]:
    """A check in which the parts have these grey levels; its result."""
    client.post("/api/v1/masters/checks").raise_for_status()
    for serial, level in levels.items():
        client.post(
            "/api/v1/masters/checks/current/photos",
            content=grey_photo(level), headers=PNG, params={"serial": serial},
        ).raise_for_status()  # fmt: skip
    answer = client.post("/api/v1/masters/checks/current/finish")
    return dict(answer.raise_for_status().json())


def state(client: TestClient) -> str:
    """State of the check."""
    return str(client.get("/api/v1/masters").json()["status"]["state"])


def until(**time: float) -> str:
    """A time from now, as a client writes it."""
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


def test_check_that_passes_puts_the_station_in_date(serve: Serve) -> None:
    """Each part is inspected in the role of a master part, and the result is on record."""
    client = serve(every="8h")
    add_parts(client)
    assert state(client) == "never-checked"

    result = check(client, G1=DARK, B1=LIGHT)

    assert result["passed"]
    assert state(client) == "passed"
    (stored,) = client.get("/api/v1/masters/checks").json()
    assert stored == result
    masters = client.get("/api/v1/inspections", params={"role": Role.MASTER}).json()
    assert {each["serial"] for each in masters["inspections"]} == {"G1", "B1"}
    assert client.get("/api/v1/inspections").json()["inspections"] == []


def test_failed_check_blocks_the_line_until_one_passes(serve: Serve) -> None:
    """Master parts are still judged while the line is refused."""
    client = serve(on_failure="block")
    add_parts(client)
    assert judge(client).status_code == 201

    assert not check(client, G1=DARK, B1=DARK)["passed"]
    refused = judge(client)
    assert (refused.status_code, refused.json()["code"]) == (503, Code.STATION_BLOCKED)
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["faults"]) == (200, [Code.STATION_BLOCKED])

    assert check(client, G1=DARK, B1=LIGHT)["passed"]
    assert judge(client).status_code == 201


def test_failed_check_only_warns_where_so_configured(serve: Serve) -> None:
    """The line goes on, and the page shows it."""
    client = serve()
    add_parts(client)
    check(client, G1=LIGHT, B1=LIGHT)

    assert client.get("/api/v1/masters").json()["status"]["consequence"] == "warn"
    assert judge(client).status_code == 201


def test_running_check_shows_what_is_missing(serve: Serve) -> None:
    """A person sees after each part whether it matched and which come next."""
    client = serve()
    add_parts(client)
    client.post("/api/v1/masters/checks")
    shown = client.post(
        "/api/v1/masters/checks/current/photos",
        content=grey_photo(DARK), headers=PNG, params={"serial": "B1"},
    ).json()  # fmt: skip

    assert shown["missing"] == ["G1"]
    assert [(each["serial"], each["matches"]) for each in shown["shown"]] == [("B1", False)]
    assert client.get("/api/v1/masters").json()["check"] == shown


def test_darker_lamp_is_a_finding_of_the_check(serve: Serve) -> None:
    """Compared with the last check that passed."""
    client = serve()
    add_parts(client)
    check(client, G1=100, B1=LIGHT)

    result = check(client, G1=70, B1=LIGHT)

    assert [each["code"] for each in result["findings"]] == ["camera_darker"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "masters/parts", {"serial": "", "truth": "OK"}, 422),
        ("POST", "masters/parts", {"serial": "G1", "truth": "MAYBE"}, 422),
        ("DELETE", "masters/parts/X9", None, 404),
        ("POST", "masters/checks", None, 400),
        ("POST", "masters/checks/current/finish", None, 404),
        ("POST", "bypass", {"reason": "x", "until": "2020-01-01T00:00:00Z"}, 400),
        ("POST", "bypass", {"reason": "x", "until": "2020-01-01T00:00:00"}, 400),
        ("DELETE", "bypass", None, 404),
        ("POST", "camera/threshold-proposals", {"parts": []}, 400),
        ("POST", "camera/threshold-proposals",
         {"parts": [{"inspection": "none", "truth": "OK"}]}, 404),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(
    serve: Serve, method: str, path: str, body: object, status: int
) -> None:
    """With a problem that names the fault."""
    answer = serve().request(method, f"/api/v1/{path}", json=body)

    assert answer.status_code == status
    assert answer.json()["detail"]


def test_bypass_lifts_the_block_and_marks_verdicts(serve: Serve) -> None:
    """They are stored as ever, and answered as bypassed; also when they are read again."""
    client = serve(every="8h", on_failure="block")
    add_parts(client)
    assert judge(client).status_code == 503

    given = {"reason": "lamp is being replaced", "until": until(hours=1)}
    begun = client.post("/api/v1/bypass", json=given)
    bypassed = judge(client, LIGHT)
    ended = client.delete("/api/v1/bypass", params={"reason": "lamp is in"})

    assert (begun.status_code, begun.json()["current"]["reason"]) == (201, given["reason"])
    assert (bypassed.json()["verdict"], bypassed.json()["bypassed"]) == ("NG", True)
    assert ended.json()["current"] is None
    assert [each["action"] for each in ended.json()["entries"]] == ["ended", "begun"]
    assert judge(client).status_code == 503
    assert client.get(bypassed.headers["location"]).json()["bypassed"]


def test_bypass_outlives_a_restart(serve: Serve) -> None:
    """A station that starts again is still out of use."""
    serve().post("/api/v1/bypass", json={"reason": "lamp", "until": until(hours=1)})

    assert serve().get("/api/v1/bypass").json()["current"]["reason"] == "lamp"


def test_known_parts_give_a_threshold_that_an_admin_puts_into_force(serve: Serve) -> None:
    """A proposal changes nothing; with a reason the next photo is judged by it."""
    client = serve()
    parts = []
    for number, (level, truth) in enumerate([(20, "OK")] * 6 + [(100, "NG")] * 4):
        row = judge(client, level, serial=f"K{number}").json()
        parts.append({"inspection": row["id"], "truth": truth})

    proposal = client.post("/api/v1/camera/threshold-proposals", json={"parts": parts}).json()

    assert proposal["better"]
    assert (proposal["defective"]["wrong_before"], proposal["defective"]["wrong"]) == (4, 0)
    assert 20 / 255 < proposal["proposed"]["threshold"] < 100 / 255
    assert proposal["current"]["threshold"] == 0.5
    assert proposal["messages"][0]["code"] == "threshold_proposed"
    assert judge(client, 100).json()["verdict"] == "OK"


def test_station_without_records_has_no_master_parts(
    exported: Path, session: BrightnessSession, tmp_path: Path
) -> None:
    """There is nowhere to put them on record."""
    settings = station_settings(tmp_path, records={"no_records": True})
    with opened(settings, [exported]) as station:
        client = TestClient(create_app(Serving(station)), "http://localhost")
        answer = client.get("/api/v1/masters")

    assert (answer.status_code, answer.json()["code"]) == (404, Code.MISSING)
