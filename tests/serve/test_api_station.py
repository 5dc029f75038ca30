"""Models, statistics and events of a station by REST."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from okng import modelfile
from okng.error_codes import Code
from okng.modelfile import (
    BINS,
    HeldOut,
    Moments,
    OperatingPointChange,
    change_operating_point,
)
from okng.serve import Serving, create_app
from okng.serve.routes.events import events
from okng.station import PhotoRequest, Station, opened
from okng.testing import BrightnessSession, grey_photo, station_settings

PNG = {"content-type": "image/png"}


@pytest.fixture
def other(exported: Path, tmp_path: Path) -> Path:
    """Another model file: the same with the threshold 0.1."""
    path = tmp_path / "other.onnx"
    path.write_bytes(exported.read_bytes())
    change_operating_point(path, OperatingPointChange("stricter", threshold=0.1))
    return path


def test_threshold_is_changed_by_rest(client: TestClient) -> None:
    """The answer shows what is in force; without a reason nothing changes."""
    url = "/api/v1/models/test/operating-point"
    done = client.put(url, json={"threshold": 0.2, "reason": "escape"})
    bare = client.put(url, json={"threshold": 0.3})
    out = client.put(url, json={"threshold": 1.3, "reason": "x"})
    lacking = client.put(url, json={"unfamiliar_limit": 0.9, "reason": "x"})
    (model,) = client.get("/api/v1/models").json()

    assert [answer.status_code for answer in (done, bare, out)] == [200, 422, 422]
    assert (lacking.status_code, lacking.json()["code"]) == (422, "threshold.no-unfamiliarity")
    assert done.json() == [model]
    assert model["operating_point"]["threshold"] == 0.2


def test_model_is_exchanged_by_rest(station: Station, exported: Path, other: Path) -> None:
    """Live or as the shadow; what is no model file is refused."""
    client = TestClient(create_app(Serving(station)), "http://localhost")
    data, why = other.read_bytes(), {"reason": "better"}
    live = client.put("/api/v1/models/test", content=data, params=why)
    shadow = client.put("/api/v1/models/shadow", content=exported.read_bytes(), params=why)
    ended = client.delete("/api/v1/models/shadow", params=why)
    broken = client.put("/api/v1/models/test", content=b"nothing", params=why)
    unknown = client.put("/api/v1/models/none", content=data, params=why)

    assert live.json()[0]["operating_point"]["threshold"] == 0.1
    assert [each["role"] for each in shadow.json()] == ["live", "shadow"]
    assert ended.json() == live.json()
    assert (broken.status_code, unknown.status_code) == (400, 404)


def test_statistics_count_a_period(client: TestClient) -> None:
    """As a whole, and in steps; a period without end or with too many steps is refused."""
    for level in (10, 20, 230):
        client.post("/api/v1/inspections", content=grey_photo(level), headers=PNG)
    url = "/api/v1/statistics"
    body = client.get(url, params={"step_minutes": 60}).json()
    empty = client.get(url, params={"since": "2026-03-02T06:00:00Z", "until": "2026-03-01T06:00Z"})
    many = client.get(url, params={"since": "2000-01-01T00:00:00Z", "step_minutes": 15})

    assert (body["whole"]["ok"], body["whole"]["ng"]) == (2, 1)
    assert body["whole"]["yield_rate"] == pytest.approx(2 / 3)
    assert sum(step["ok"] for step in body["steps"]) == 2
    assert [answer.json()["code"] for answer in (empty, many)] == [Code.REQUEST_INVALID] * 2


def test_drift_is_charted_against_the_test_of_the_model(
    exported: Path, session: BrightnessSession, tmp_path: Path
) -> None:
    """Darker parts than those of the test are outside; without its figures too little is known."""
    dark = Moments(mean=-3.0, deviation=0.5, parts=100)
    held_out = HeldOut(good=(1,) * BINS, defective=(0,) * BINS, passed_log_odds=dark)
    path = Path(shutil.copy(exported, tmp_path / "known.onnx"))
    modelfile.seal(path, modelfile.read(path).metadata.model_copy(update={"held_out": held_out}))
    charts = []
    for model in (path, exported):
        with opened(station_settings(tmp_path / model.stem), [model]) as station:
            client = TestClient(create_app(Serving(station)), "http://localhost")
            for _ in range(5):
                client.post("/api/v1/inspections", content=grey_photo(100), headers=PNG)
            charts.append(client.get("/api/v1/statistics/drift").json())
    session.free.set()
    known, unknown = charts

    assert (known["from_training"], unknown["from_training"]) == (True, False)
    assert [point["outside"] for point in known["score"]["points"]] == [True]
    assert (unknown["score"]["baseline"], unknown["unfamiliarity"]["baseline"]) == (None, 0.5)


def test_events_bring_what_was_missed_and_what_comes(station: Station) -> None:
    """Each verdict once, in order; they end when the server stops."""

    async def heard() -> list[str | None]:
        serving = Serving(station)
        rows = [station.judge(PhotoRequest(photo=grey_photo(9))).result(10).row for _ in range(3)]
        request = Request({"type": "http", "headers": [], "app": create_app(serving)})
        stream = events(request, serving, rows[0].id)
        ids = [(await anext(stream)).id for _ in range(2)]
        later = await asyncio.wrap_future(station.judge(PhotoRequest(photo=grey_photo(8))))
        event = await anext(stream)
        assert json.loads(event.raw_data or "")["id"] == later.row.id
        serving.stop()
        rest = [each async for each in stream]
        assert ids == [rows[1].id, rows[2].id]
        return [each.id for each in rest]

    assert asyncio.run(heard()) == []
