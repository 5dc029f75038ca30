"""What a plant's other systems ask a station: SageMaker, Prometheus, a log."""

import asyncio
import json
import logging
from collections.abc import Sequence
from pathlib import Path

import pytest
import structlog
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.testclient import TestClient
from typer.testing import CliRunner

from okng.cli.main import app as cli
from okng.config import StationSettings
from okng.error_codes import Code
from okng.errors import ConfigError
from okng.logs import set_up_logs
from okng.serve import Serving, create_app
from okng.serve.app import Offer
from okng.serve.sagemaker import carried, sagemaker_model, sagemaker_settings
from okng.serve.waiting import answers
from okng.station import PhotoRequest, Station, opened
from okng.testing import BrightnessSession, grey_photo, station_settings

ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
INFERENCE_ID = "X-Amzn-SageMaker-Inference-Id"


@pytest.fixture
def container(station: Station) -> TestClient:
    """As SageMaker reaches it."""
    return TestClient(create_app(Serving(station), offer=Offer.CONTAINER), "http://localhost")


def test_invocation_carries_serial_and_key_in_its_own_headers(container: TestClient) -> None:
    """SageMaker strips all others; a repeat gets the same answer."""
    headers = {
        "content-type": "application/x-image", ATTRIBUTES: "serial=A%2C7, batch=B;trace=1",
        INFERENCE_ID: "k-1",
    }  # fmt: skip
    first, second = (
        container.post("/invocations", content=grey_photo(51), headers=headers) for _ in range(2)
    )

    body = first.json()
    assert (first.status_code, second.json()) == (200, body)
    assert (body["serial"], body["batch"], body["verdict"]) == ("A,7", "B", "OK")


def test_invocation_takes_the_protocol_as_triton_sends_it(container: TestClient) -> None:
    """JSON, or bytes whose JSON part is measured in the content type."""
    tensor = {"name": "photo_bytes", "shape": [1], "datatype": "BYTES"}
    photo = grey_photo(230)
    data = len(photo).to_bytes(4, "little") + photo
    head = json.dumps({"inputs": [tensor | {"parameters": {"binary_data_size": len(data)}}]})
    kind = f"application/vnd.sagemaker-triton.binary+json;json-header-size={len(head)}"
    good = container.post(
        "/invocations", content=head.encode() + data, headers={"content-type": kind}
    )
    sizes = ["-1", "nan", "99999999999999999999", "3"]
    bad = [
        container.post(
            "/invocations", content=head.encode() + data,
            headers={"content-type": f"{kind.partition('=')[0]}={size}"},
        ).status_code
        for size in sizes
    ]  # fmt: skip

    assert good.json()["outputs"][0]["data"] == ["NG"]
    assert bad == [400] * 4


def test_ping_is_empty_and_ends_with_the_station(container: TestClient) -> None:
    """200 while it takes photos."""
    alive = container.get("/ping")
    container.app.state.serving.stop()  # type: ignore[attr-defined]

    assert (alive.status_code, alive.content) == (200, b"")
    assert container.get("/ping").status_code == 503


def test_container_has_no_other_routes(container: TestClient) -> None:
    """Nobody logs in there, so nothing can be read or changed."""
    paths = ("/api/v1/inspections", "/api/v1/models", "/", "/live")

    assert {container.get(path).status_code for path in paths} == {404}
    assert container.put("/api/v1/models/test", params={"reason": "x"}).status_code == 404


def test_container_settings_and_model(tmp_path: Path) -> None:
    """Port 8080 or the one that SageMaker names, all addresses, no login; one model file."""
    settings = sagemaker_settings(StationSettings(), {"SAGEMAKER_BIND_TO_PORT": "9001"})
    with pytest.raises(ConfigError, match="No model is given"):
        sagemaker_model(tmp_path / "none")
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "inspector.onnx").touch()

    assert (settings.server.host, settings.server.port, settings.server.no_auth) == (
        "0.0.0.0", 9001, True,  # noqa: S104
    )  # fmt: skip
    assert sagemaker_settings(StationSettings(), {}).server.port == 8080
    assert sagemaker_model(tmp_path) == tmp_path / "code" / "inspector.onnx"


@pytest.mark.parametrize("text", ["", "=", ";;,", "serial", "serial=", "x=1", "\xe9=\xe9"])
def test_odd_attributes_carry_nothing(text: str) -> None:
    """A header that belongs to somebody else is no error."""
    assert carried(Headers({ATTRIBUTES: text})) == {}


def test_metrics_count_verdicts_and_requests(client: TestClient) -> None:
    """With bounded labels: no serial, no unknown path, no unknown method."""
    for level in (51, 230):
        client.post(
            "/api/v1/inspections", content=grey_photo(level), headers={"content-type": "image/png"},
            params={"serial": "SECRET-1"},
        )  # fmt: skip
    client.get("/a/path/nobody/has")
    client.request("BREW", "/healthz")
    text = client.get("/metrics").text

    assert 'okng_inspections_total{model="test",role="live",verdict="OK"} 1.0' in text
    assert 'okng_inspections_total{model="test",role="live",verdict="NG"} 1.0' in text
    assert 'route="/api/v1/inspections",status="201"} 2.0' in text
    assert 'method="other"' in text
    assert "okng_ready 1.0" in text
    assert not any(secret in text for secret in ("SECRET", "nobody", "BREW"))
    names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert all(name.startswith("okng_") for name in names)


def test_log_has_one_line_of_json_for_each_request(
    client: TestClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the id that the answer has, too; health checks are left out."""
    before = logging.root.handlers[:]
    set_up_logs()
    try:
        client.get("/healthz")
        answer = client.get("/api/v1/models", headers={"x-request-id": "r-1"})
        logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    finally:
        structlog.reset_defaults()
        logging.root.handlers[:] = before
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    assert answer.headers["x-request-id"] == "r-1"
    assert sorted(line["event"] for line in lines) == [
        "Invalid HTTP request received.",
        "request",
    ]
    lines.sort(key=lambda line: str(line["event"]))
    assert (lines[1]["request_id"], lines[1]["status"], lines[1]["caller"]) == ("r-1", 200, "local")


def test_late_verdict_is_a_504_at_its_time(
    exported: Path, session: BrightnessSession, tmp_path: Path
) -> None:
    """Not when the model gets free; the photo behind it is then judged."""
    settings = station_settings(tmp_path / "late", server={"timeout": 0.2})
    with opened(settings, [exported]) as station:
        client = TestClient(create_app(Serving(station)), "http://localhost")
        session.free.clear()
        answer = client.post(
            "/api/v1/inspections", content=grey_photo(51), headers={"content-type": "image/png"}
        )
        behind = station.judge(PhotoRequest(photo=grey_photo(52)))
        session.free.set()
        row = behind.result(10).row

    assert (answer.status_code, answer.json()["code"]) == (504, Code.STATION_TIMEOUT)
    assert row.verdict == "OK"


def test_client_that_leaves_takes_its_photo_along(
    station: Station, session: BrightnessSession
) -> None:
    """Its connection is closed while the photo waits: the network never gets it."""

    async def left() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def asked() -> None:
        first = station.judge(PhotoRequest(photo=grey_photo(51)))
        while not session.batches:
            await asyncio.sleep(0.001)
        future = station.judge(PhotoRequest(photo=grey_photo(52)))
        with pytest.raises(ClientDisconnect):
            await answers(Request({"type": "http"}, left), [future], 10)
        session.free.set()
        await asyncio.wrap_future(first)

    session.free.clear()
    asyncio.run(asked())

    assert station.admission.wait_until_empty(10)
    assert session.batches == [1]


class _Exporter(SpanExporter):
    """Collects the spans that a station sends."""

    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Take them."""
        self.spans += spans
        return SpanExportResult.SUCCESS


def test_requests_are_traced_only_where_a_collector_is_named(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One span each, by the template of its route, below the span of the client."""
    exporter, provider = _Exporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr("opentelemetry.trace.get_tracer", provider.get_tracer)
    parent = {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
    for endpoint in ("", "http://collector:4318"):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
        client = TestClient(create_app(Serving(station)), "http://localhost")
        client.get("/api/v1/inspections/x", headers=parent)

    (span,) = exporter.spans
    assert span.name == "GET /api/v1/inspections/{identifier}"
    context = span.get_span_context()
    assert context is not None
    assert f"{context.trace_id:x}" == "a" * 32
    assert (span.attributes or {})["http.response.status_code"] == 404


@pytest.mark.parametrize("arguments", [["serve"], ["serve", "serve"]])
def test_container_starts_by_the_word_serve(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the only argument, or behind an entry point that is `okng serve` already."""
    given: list[list[Path]] = []
    monkeypatch.setattr(
        "okng.serve.running.run", lambda _settings, models, _announce: given.append(list(models))
    )
    ended = CliRunner().invoke(cli, arguments)

    assert (ended.exit_code, given) == (0, [[]])
