"""The drift alarm on pages, by API, in metrics and on record."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from okng.connect.alarms import Alarms
from okng.connect.drift import report_drift
from okng.error_codes import Code
from okng.inference.frames import Frame
from okng.records import Kind
from okng.serve import Serving, create_app
from okng.serve.web.views.drift import recorded_sentence, sentence
from okng.station import Station, opened
from okng.station.drift_alarm import Change, Drift, Measure, Reference
from okng.station.drift_alarm.codes import CODES, MEASURES, change_of
from okng.station.drift_alarm.monitor import Finding
from okng.testing import BrightnessSession, station_settings
from okng.testing.station.drift import inspection_of, line_photo
from okng.wording import Language, language

PARTS = 200
NOON_US = int(datetime(2026, 11, 29, 12, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.fixture(scope="module")
def _shown() -> list[Frame]:
    return [Frame(line_photo(number)) for number in range(50)]


@pytest.fixture
def station(exported: Path, session: BrightnessSession, tmp_path: Path) -> Iterator[Station]:
    """Learns from 200 parts."""
    drift = {"learned_parts": PARTS}
    with opened(station_settings(tmp_path, drift=drift), [exported]) as station:
        session.batches.clear()
        yield station


@pytest.fixture
def drifted(station: Station, _shown: list[Frame]) -> Station:
    """A station that has learned; then 40 parts are a fifth darker."""
    assert station.drift is not None
    station.drift._pause = 0
    report_drift(station, Alarms(station.records, station.name))
    for number in range(PARTS):
        station.drift.take(_shown[number % len(_shown)], inspection_of(number), None)
        if number % 50 == 0:
            station.drift.wait()
    station.drift.wait()
    for number in range(PARTS, PARTS + 40):
        photo = Frame(line_photo(number, light=0.8))
        station.drift.take(photo, inspection_of(number), None)
    station.drift.wait()
    return station


@pytest.fixture
def client(drifted: Station) -> Iterator[TestClient]:
    """Talks to it."""
    with TestClient(create_app(Serving(drifted)), "http://localhost") as client:
        yield client


def test_a_drift_is_on_every_page(client: TestClient) -> None:
    """As a sentence of the shop floor, with its figure, and how to see more."""
    page = client.get("/inspections").text

    assert "darker since" in page
    assert 'href="/figures"' in page


def test_a_drift_is_an_answer_of_the_api(client: TestClient) -> None:
    """With its code, its figure and its begin."""
    body = client.get("/api/v1/drift").json()

    (dark,) = (each for each in body["changes"] if each["code"] == "drift.brightness")

    assert dark["change"] == pytest.approx(-0.2, abs=0.05)
    assert dark["reference"] == "own"
    assert [(each["parts"], each["wanted"]) for each in body["learned"]] == [(PARTS + 40, PARTS)]


def test_a_drift_is_in_the_metrics(client: TestClient) -> None:
    """By measure and reference."""
    assert 'okng_drift{measure="brightness",reference="own"} 1.0' in client.get("/metrics").text


def test_a_drift_is_an_alarm_on_record(drifted: Station) -> None:
    """So that every sink gets it; the audit log has its sentence."""
    assert drifted.records is not None
    drifted.records.append().result()
    entries = drifted.records.entries_page(kinds=[Kind.ALARM]).rows

    assert any(Code.DRIFT_BRIGHTNESS in entry.payload for entry in entries)


def test_learning_anew_ends_it_and_goes_on_record(client: TestClient, drifted: Station) -> None:
    """After a new lamp, by a person with a reason."""
    without = client.post("/api/v1/drift/learn", json={})
    body = client.post("/api/v1/drift/learn", json={"reason": "new lamp"}).json()

    assert without.status_code == 422
    assert (body["changes"], body["learned"]) == ([], [])
    assert drifted.records is not None
    (entry,) = drifted.records.entries_of("drift")
    assert "new lamp" in entry.payload
    assert "new lamp" in client.get("/audit-log").text


@pytest.mark.parametrize("measure", list(Measure))
@pytest.mark.parametrize("difference", [0.3, -0.3])
@pytest.mark.parametrize("reference", list(Reference))
def test_every_change_has_a_sentence(
    measure: Measure, difference: float, reference: Reference
) -> None:
    """In English and in German, the same from the alarm on record."""
    finding = Finding(measure, reference, difference > 0, Change(False, NOON_US, difference))
    values = {
        "change": str(change_of(finding)), "since_us": str(NOON_US), "reference": reference.value,
    }  # fmt: skip
    texts = {}
    for chosen in Language:
        with language(chosen):
            texts[chosen] = sentence(Drift("", finding))
            assert recorded_sentence(CODES[measure].value, values) == texts[chosen]

    assert len(set(texts.values())) == len(Language)
    assert all(":" in text for text in texts.values())


def test_other_alarms_have_no_such_sentence() -> None:
    """Nor has one whose figures are missing."""
    assert recorded_sentence("connect.failed", {}) is None
    assert recorded_sentence(next(iter(MEASURES)), {}) is None
