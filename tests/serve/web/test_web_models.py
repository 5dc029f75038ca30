"""The page of models: figures, report and certificate of each; a report runs nothing foreign."""

import html
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from okng import modelfile
from okng.modelfile import OperatingPointChange
from okng.serve import Serving, create_app
from okng.serve.security.sandbox import sandbox_headers
from okng.station import Station, opened
from okng.testing import BrightnessSession, station_settings
from okng.testing.gate import write_gate
from okng.testing.station.documents import CERTIFICATE, report_page, write_documents


@pytest.fixture
def run(exported: Path, tmp_path: Path) -> Path:
    """A run folder with a model file of known figures."""
    path = Path(shutil.copy(exported, tmp_path / "inspector.onnx"))
    rate = {"value": 0.96, "low": 0.81, "high": 0.99, "n": 25}
    figures = {"recall": rate, "f1": rate | {"low": None, "high": None}, "escape_rate": rate}
    metadata = modelfile.read(path).metadata.model_copy(update={"metrics": figures})
    modelfile.seal(path, metadata)
    write_documents(path)
    return tmp_path


@pytest.fixture
def station(run: Path, session: BrightnessSession) -> Iterator[Station]:
    """One that was started with the run folder."""
    with opened(station_settings(run / "station"), [run]) as station:
        yield station
        session.free.set()


@pytest.fixture
def page(station: Station) -> Iterator[TestClient]:
    """A browser."""
    with TestClient(create_app(Serving(station)), "http://localhost") as client:
        yield client


def _place(station: Station, name: str) -> str:
    return f"/models/{station.models.live().engine.digest}/documents/{quote(name, safe='')}"


def test_the_page_leads_to_report_and_certificate(page: TestClient, station: Station) -> None:
    """Only to documents that are there; the certificate is stored, not shown."""
    shown = page.get("/models").text
    certificate = page.get(_place(station, "certificate.json"))

    assert _place(station, "report.html") in shown
    assert "report.docx" not in shown
    assert certificate.content == CERTIFICATE
    assert certificate.headers["content-disposition"].startswith("attachment;")


def test_the_page_shows_the_figures_of_the_test(page: TestClient) -> None:
    """With their intervals; where there is none, it says why."""
    shown = " ".join(page.get("/models").text.split())

    assert "95 % interval 81.0 % to 99.0 %, from 25 parts" in shown
    assert "0.960" in shown
    assert "from 25 parts, too few for an interval" in shown


def test_a_shadow_has_its_own_report(page: TestClient, station: Station, run: Path) -> None:
    """By the digest of its file: it may have the name of the live one."""
    other = run / "other"
    other.mkdir()
    path = Path(shutil.copy(run / "inspector.onnx", other / "inspector.onnx"))
    metadata = modelfile.read(path).metadata.model_copy(update={"dataset_digest": "1" * 64})
    modelfile.seal(path, metadata)
    write_documents(path, body="<p>the shadow's</p>")
    station.changes.set_shadow(path, by="local", reason="try it")
    digest = modelfile.read(path).digest

    assert "the shadow's" in page.get(f"/models/{digest}/documents/report.html").text
    assert "the shadow's" not in page.get(_place(station, "report.html")).text


@pytest.mark.parametrize(
    "name", ["inspector.onnx", "metrics.json", "report.pdf", "REPORT.HTML", "okng.toml", "x"]
)
def test_no_other_file_of_the_run_folder_is_given(
    page: TestClient, station: Station, name: str
) -> None:
    """A name is compared with the list of documents, and never becomes a path."""
    assert page.get(_place(station, name)).status_code == 404
    assert page.get("/models/0000/documents/report.html").status_code == 404


def _policy(html: str) -> list[str]:
    return sandbox_headers(html.encode())["content-security-policy"].split("; ")


def test_a_report_has_no_origin(page: TestClient, station: Station) -> None:
    """It loads nothing, sends nothing, and is in no frame; inline code only by its digest."""
    headers = page.get(_place(station, "report.html")).headers
    policy = headers["content-security-policy"]

    assert policy.split("; ")[:3] == [
        "sandbox allow-scripts",
        "default-src 'none'",
        "img-src data:",
    ]
    assert "unsafe" not in policy
    assert "allow-same-origin" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "body", ["<script>alert(1)</script>", "<script src=x.js></script>", "<p onclick=alert(1)>"]
)
def test_the_script_of_somebody_else_is_not_allowed(body: str) -> None:
    """Beside our own one, the policy is as without it."""
    assert _policy(report_page(body)) == _policy(report_page())


def test_without_our_script_none_runs() -> None:
    """As with a report of another version: it can be read, and does nothing."""
    policy = _policy(report_page().replace("use strict", "use  strict"))

    assert policy[0] == "sandbox"
    assert "script-src 'none'" in policy


def test_a_report_that_leads_elsewhere_runs_nothing() -> None:
    """A page that may run scripts may be refreshed to another address; a sandboxed one may not."""
    policy = _policy(report_page('<meta HTTP-EQUIV="refresh" content="0;url=//evil.example">'))

    assert policy[0] == "sandbox"


def test_a_report_of_a_later_training_is_not_shown(
    page: TestClient, run: Path, station: Station
) -> None:
    """A training that replaces the folder while the station runs takes its report away."""
    metrics = run / "metrics.json"
    stated = json.loads(metrics.read_text())
    stated["model"]["dataset_digest"] = "2" * 64
    metrics.write_text(json.dumps(stated))

    assert page.get(_place(station, "report.html")).status_code == 404
    assert "none beside the model file" in page.get("/models").text


def test_the_page_shows_what_the_certificate_states(page: TestClient, station: Station) -> None:
    """Until the threshold changes: it is of the verdicts at the one before."""
    before = page.get("/models").text
    change = OperatingPointChange("new lamp", threshold=0.3)
    station.changes.set_operating_point("test", change, by="local")
    after = page.get("/models").text

    assert "90 photos judged in 7 further ways, 0 with another verdict" in before
    assert "none at this threshold" in after
    assert "report.html" in after


@pytest.fixture
def shadow(run: Path, station: Station, exported: Path) -> Path:
    """A challenger in a run folder, which judges as the shadow after the gate has passed it."""
    folder = run / "retrained"
    folder.mkdir()
    path = Path(shutil.copy(exported, folder / "inspector.onnx"))
    modelfile.change_operating_point(path, OperatingPointChange(reason="test", threshold=0.25))
    write_gate(path, station.models.live().engine.file)
    station.changes.set_shadow(path, by="user:erika", reason="test")
    return path


@pytest.mark.usefixtures("shadow")
def test_the_page_promotes_the_shadow_and_rolls_it_back(page: TestClient, station: Station) -> None:
    """By the form below the verdict of the gate, then by the one of the model that decides."""
    name, before = station.models.live().name, station.models.live().engine.digest
    forms = [f"/models/{quote(name, safe='')}/{what}" for what in ("promotion", "roll-back")]
    shown = page.get("/models").text
    assert "may take the champion's place" in html.unescape(shown)
    assert [form in shown for form in forms] == [True, False]

    page.post(forms[0], data={"reason": "pits learned"}).raise_for_status()
    shown = page.get("/models").text
    assert station.models.live().engine.digest != before
    assert [form in shown for form in forms] == [False, True]
    assert "pits learned" in shown

    page.post(forms[1], data={"reason": "more good parts rejected"}).raise_for_status()
    assert station.models.live().engine.digest == before


def test_a_refused_shadow_has_no_form(page: TestClient, station: Station, shadow: Path) -> None:
    """The page shows which checks it did not pass."""
    write_gate(shadow, station.models.live().engine.file, escaped=40)
    shown = page.get("/models").text

    assert "not passed" in shown
    assert "/promotion" not in shown


@pytest.mark.usefixtures("shadow")
def test_the_api_promotes_and_rolls_back(page: TestClient, station: Station) -> None:
    """The answer is the list of models; a second promotion finds no shadow."""
    name, before = station.models.live().name, station.models.live().engine.digest
    place, reason = f"/api/v1/models/{quote(name, safe='')}", {"reason": "pits learned"}
    done = page.post(f"{place}/promotion", params=reason)
    again = page.post(f"{place}/promotion", params=reason)
    back = page.post(f"{place}/roll-back", params=reason)

    assert [model["role"] for model in done.json()] == ["live"]
    assert (again.status_code, back.status_code) == (404, 200)
    assert station.models.live().engine.digest == before
