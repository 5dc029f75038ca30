"""Pages that change what the line does: master parts, bypass, thresholds; all of it on record."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

from okng.config.station import OnFailure
from okng.error_codes import Code
from okng.errors import StationError
from okng.records import Kind, Records, Role
from okng.records.payloads import MasterCheckResult, ThresholdChange
from okng.serve import Serving, create_app
from okng.serve.web.thumbnails import thumbnail
from okng.station import PhotoRequest, Station, opened
from okng.testing import BrightnessSession, grey_photo, station_settings

GOOD, BAD = grey_photo(20), grey_photo(240)  # a BrightnessSession scores 20 / 255 and 240 / 255
_HTML = "text/html; charset=utf-8"


@pytest.fixture
def station(exported: Path, session: BrightnessSession, tmp_path: Path) -> Iterator[Station]:
    """One that is blocked by a failed check."""
    settings = station_settings(tmp_path, masters={"on_failure": OnFailure.BLOCK})
    with opened(settings, [exported]) as station:
        yield station
        session.free.set()


@pytest.fixture
def page(station: Station) -> Iterator[TestClient]:
    """A browser, as far as forms need one."""
    headers = {"origin": "http://localhost"}
    with TestClient(create_app(Serving(station)), "http://localhost", headers=headers) as client:
        yield client


def _records(station: Station) -> Records:
    assert station.records is not None
    return station.records


def _check(page: TestClient, photos: dict[str, bytes]) -> None:
    for serial, truth in (("M1", "OK"), ("M2", "NG")):
        page.post("/master-parts/add", data={"serial": serial, "truth": truth})
    page.post("/master-parts/check")
    for serial, photo in photos.items():
        page.post("/master-parts/show", data={"serial": serial}, files={"photo": photo})
    page.post("/master-parts/finish")


def _result(station: Station) -> MasterCheckResult:
    (entry,) = _records(station).entries_page(kinds=[Kind.MASTER_CHECK]).rows
    return MasterCheckResult.of(entry.payload)


def test_a_check_is_made_on_the_page(page: TestClient, station: Station) -> None:
    """Every part shown and right: it has passed, and each photo is an inspection of its own."""
    _check(page, {"M1": GOOD, "M2": BAD})
    result = _result(station)

    assert result.passed
    assert {part.serial: part.verdict for part in result.parts} == {"M1": "OK", "M2": "NG"}
    row = _records(station).inspection(result.parts[0].inspection)
    assert row is not None
    assert row.role is Role.MASTER
    assert "The last check passed." in page.get("/master-parts").text


@pytest.mark.parametrize(("tolerance", "codes"), [(0.1, ["camera_brighter"]), (0.9, [])])
def test_a_check_has_the_tolerances_of_the_settings(
    exported: Path, session: BrightnessSession, tmp_path: Path, tolerance: float, codes: list[str]
) -> None:
    """The good part is half as bright again as in the check before."""
    settings = station_settings(tmp_path / "s", masters={"light_tolerance": tolerance})
    with opened(settings, [exported]) as station:
        headers = {"origin": "http://localhost"}
        with TestClient(create_app(Serving(station)), "http://localhost", headers=headers) as page:
            _check(page, {"M1": GOOD, "M2": BAD})
            _check(page, {"M1": grey_photo(30), "M2": BAD})
        checks = _records(station).entries_page(kinds=[Kind.MASTER_CHECK]).rows
        session.free.set()
    found = {
        finding.code for check in checks for finding in MasterCheckResult.of(check.payload).findings
    }

    assert sorted(found) == codes


def test_a_failed_check_blocks_the_line_until_one_passes(
    page: TestClient, station: Station
) -> None:
    """Photos of the line are refused, those of master parts are not, and every page shows it."""
    _check(page, {"M1": BAD, "M2": BAD})
    assert not _result(station).passed
    with pytest.raises(StationError) as blocked:
        station.judge(PhotoRequest(photo=GOOD))
    assert blocked.value.code is Code.STATION_BLOCKED
    assert 'class="banner stop"' in page.get("/audit-log").text
    assert station.judge(PhotoRequest(photo=GOOD, role=Role.MASTER)).result(10).row.verdict == "OK"


def test_a_bypass_is_shown_on_every_page_and_ends(page: TestClient, station: Station) -> None:
    """With who, why and until when; while it is on, a failed check blocks nothing."""
    _check(page, {"M1": BAD, "M2": BAD})
    page.post("/bypass/begin", data={"reason": "lamp is being replaced", "minutes": "30"})
    shown = page.get("/figures").text

    assert "lamp is being replaced" in shown
    assert station.judge(PhotoRequest(photo=GOOD)).result(10).row.verdict == "OK"
    page.post("/bypass/end")
    assert "lamp is being replaced" not in page.get("/figures").text
    assert len(_records(station).entries_page(kinds=[Kind.BYPASS]).rows) == 2


def test_a_bypass_needs_a_reason(page: TestClient) -> None:
    """The answer is a page that says so."""
    response = page.post("/bypass/begin", data={"reason": " ", "minutes": "30"})

    assert (response.status_code, response.headers["content-type"]) == (400, _HTML)
    assert "there is no reason" in response.text


def test_a_threshold_is_changed_with_a_reason(page: TestClient, station: Station) -> None:
    """The next verdict follows it, and who did it and why is on record and on the page."""
    page.post("/models/test/threshold", data={"threshold": "0.97", "reason": "new lamp", "low": ""})
    (entry,) = _records(station).entries_page(kinds=[Kind.THRESHOLD_CHANGE]).rows

    assert entry.by == "local"
    assert ThresholdChange.of(entry.payload).reason == "new lamp"
    assert station.judge(PhotoRequest(photo=BAD)).result(10).row.verdict == "OK"
    assert "new lamp" in page.get("/models").text


def test_a_threshold_is_proposed_from_two_batches(page: TestClient, station: Station) -> None:
    """In sentences, and nothing changes by it; too few parts are refused with the number."""
    for number in range(6):
        for batch, level in (("good", 60 + number), ("bad", 110 + number)):
            asked = PhotoRequest(photo=grey_photo(level), serial=f"{batch}{number}", batch=batch)
            station.judge(asked).result(10)
    before = station.models.live().engine.metadata.operating_point
    proposed = page.get("/camera", params={"good": "good", "defective": "bad"})
    refused = page.get("/camera", params={"good": "good", "defective": "none"})

    assert "from 6 known good and 6 known defective parts" in proposed.text
    assert station.models.live().engine.metadata.operating_point == before
    assert refused.status_code == 400
    assert "0 known defective parts are too few" in refused.text


def test_thumbnails_are_small(page: TestClient, station: Station) -> None:
    """A JPEG that a browser may store; an inspection without a stored photo has none."""
    row = station.judge(PhotoRequest(photo=GOOD)).result(10).row
    response = page.get(f"/thumbnails/{row.id}")

    assert response.headers["content-type"] == "image/jpeg"
    assert "immutable" in response.headers["cache-control"]
    assert page.get("/thumbnails/none").status_code == 404


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "I;16", "P", "1"])
def test_thumbnails_are_made_of_every_kind_of_photo(mode: str) -> None:
    """Also of 16 bits, which PNG and TIFF cameras give."""
    data = BytesIO()
    Image.new(mode, (1000, 500)).save(data, "PNG")
    with Image.open(BytesIO(thumbnail(data.getvalue()))) as small:
        assert (small.format, small.size, small.mode) == ("JPEG", (320, 160), "RGB")
