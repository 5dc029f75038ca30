"""What SageMaker's real-time hosting, batch transform and asynchronous inference ask and allow."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from okng.config import StationSettings, Store
from okng.error_codes import Code
from okng.errors import ConfigError, ModelFileError
from okng.serve import Serving, create_app
from okng.serve.app import Offer
from okng.serve.sagemaker import (
    REAL_TIME_BYTES,
    concurrent_transforms,
    sagemaker_model,
    sagemaker_settings,
)
from okng.station import opened
from okng.testing import BrightnessSession, grey_photo

PNG = {"content-type": "image/png"}
GOOD = grey_photo(51)


@pytest.fixture
def hosted(exported: Path, session: BrightnessSession, tmp_path: Path) -> Iterator[TestClient]:
    """A container with the settings that SageMaker gives it."""
    given = StationSettings.model_validate({"station": {"folder": tmp_path / "container"}})
    with opened(sagemaker_settings(given, {}), [exported]) as station:
        yield TestClient(create_app(Serving(station), offer=Offer.CONTAINER), "http://localhost")


def _bytes(env: dict[str, str], **server: object) -> float:
    settings = StationSettings.model_validate({"server": server})
    return sagemaker_settings(settings, env).server.body_mb * 1e6


def test_real_time_request_may_have_six_megabytes(hosted: TestClient) -> None:
    """The limit of InvokeEndpoint to the byte; the refusal names it, and where more is allowed."""
    whole = GOOD + bytes(REAL_TIME_BYTES - len(GOOD))
    judged = hosted.post("/invocations", content=whole, headers=PNG)
    refused = hosted.post("/invocations", content=whole + b"\0", headers=PNG)
    chunks = (whole[place : place + 100_000] for place in range(0, len(whole), 100_000))
    chunked = hosted.post("/invocations", content=[*chunks, b"\0"], headers=PNG)

    assert judged.status_code == 200
    for answer in (refused, chunked):
        assert (answer.status_code, answer.json()["code"]) == (413, Code.REQUEST_TOO_LARGE)
        assert answer.json()["allowed"] == "6,291,456 bytes (6.29146 MB)"
        assert "MaxPayloadInMB" in answer.json()["hint"]


def test_batch_transform_and_asynchronous_inference_allow_more() -> None:
    """By the job's own variable, by the setting; a job with no limit gets the most there is."""
    batch = {"SAGEMAKER_BATCH": "true", "SAGEMAKER_MAX_PAYLOAD_IN_MB": "100"}

    assert round(_bytes(batch)) == 100 << 20
    assert round(_bytes({**batch, "SAGEMAKER_MAX_PAYLOAD_IN_MB": "0"})) == 100 << 20
    assert round(_bytes({"SAGEMAKER_BATCH": "true"})) == REAL_TIME_BYTES
    assert round(_bytes({}, body_mb=1000)) == 1_000_000_000
    assert round(_bytes({**batch, "SAGEMAKER_BATCH": "false"})) == REAL_TIME_BYTES


def test_asynchronous_photo_may_be_larger(
    exported: Path, session: BrightnessSession, tmp_path: Path
) -> None:
    """SageMaker hands the object of S3 on as one body; the setting says how much."""
    given = StationSettings.model_validate(
        {"station": {"folder": tmp_path / "container"}, "server": {"body_mb": 30}}
    )
    photo = GOOD + bytes(30_000_000 - len(GOOD))
    with opened(sagemaker_settings(given, {}), [exported]) as station:
        app = create_app(Serving(station), offer=Offer.CONTAINER)
        client = TestClient(app, "http://localhost")
        judged = client.post("/invocations", content=photo, headers=PNG)
        refused = client.post("/invocations", content=photo + b"\0", headers=PNG)

    assert (judged.status_code, judged.json()["verdict"]) == (200, "OK")
    assert (refused.status_code, refused.json()["allowed"]) == (413, "30,000,000 bytes (30 MB)")


def test_execution_parameters_ask_for_one_photo_a_request(hosted: TestClient) -> None:
    """In the words of the API; a batch transform asks for them before it begins."""
    assert hosted.get("/execution-parameters").json() == {
        "MaxConcurrentTransforms": concurrent_transforms(64),
        "BatchStrategy": "SINGLE_RECORD",
        "MaxPayloadInMB": 6,
    }
    assert concurrent_transforms(1) == 1


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("text/csv, application/json;q=0.5", "application/json"),
        ("application/jsonlines", "application/jsonlines"),
        ("application/x-ndjson; charset=utf-8", "application/x-ndjson"),
    ],
)
def test_answer_has_a_form_that_is_accepted(
    hosted: TestClient, accept: str | None, kind: str
) -> None:
    """Lines of JSON for a batch transform that assembles them into one file."""
    headers = PNG if accept is None else {**PNG, "accept": accept}
    answer = hosted.post("/invocations", content=GOOD, headers=headers)

    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert answer.json()["verdict"] == "OK"
    assert answer.text.endswith("\n") == (kind != "application/json")


def test_form_that_is_not_made_is_a_406(hosted: TestClient) -> None:
    """Before the photo is judged; with those that are."""
    headers = {**PNG, "accept": "text/csv"}
    answer = hosted.post("/invocations", content=GOOD, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (406, Code.REQUEST_ACCEPT)
    assert "application/jsonlines" in answer.json()["allowed"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"", "image/png", 400),
        (GOOD, "text/csv", 415),
        (GOOD, "application/x-recordio-protobuf", 415),
        (base64.b64encode(GOOD), "image/png", 415),
        (b"data:image/png;base64," + base64.b64encode(GOOD), "image/png", 415),
        (b"no photo at all", "image/png", 422),
        (b'{"instances": [[1]]}', "application/json", 400),
    ],
)
def test_bad_invocation_has_its_status(
    hosted: TestClient, content: bytes, kind: str, status: int
) -> None:
    """Empty, of a type that is not read, encoded, no photo, of another server's form."""
    answer = hosted.post("/invocations", content=content, headers={"content-type": kind})

    assert answer.status_code == status


def test_container_does_not_fill_its_disk() -> None:
    """Photos are not stored there, and rows for a day; a database of the user's is left alone."""
    short = sagemaker_settings(StationSettings(), {}).records
    own = StationSettings.model_validate({"records": {"database": "postgresql://okng@db/okng"}})
    kept = StationSettings.model_validate({"records": {"photos": "rejected"}})

    assert (short.photos, short.keep_days) == (Store.NONE, 1)
    assert sagemaker_settings(own, {}).records == own.records
    assert sagemaker_settings(kept, {}).records.photos is Store.REJECTED


def test_container_ends_before_it_is_killed() -> None:
    """SageMaker sends SIGKILL 30 seconds after SIGTERM."""
    given = StationSettings.model_validate({"server": {"stop_timeout": 60}})

    assert sagemaker_settings(given, {}).server.stop_timeout < 30


def test_model_of_the_container_must_be_one_of_okng(exported: Path, tmp_path: Path) -> None:
    """Another framework's file, two files, none; a file may be named as such."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.pth").touch()
    with pytest.raises(ModelFileError, match=r"no model file, but model\.pth"):
        sagemaker_model(folder)
    for name in ("a.onnx", "b.onnx"):
        (folder / name).touch()
    with pytest.raises(ModelFileError, match="holds 2 model files"):
        sagemaker_model(folder)
    with pytest.raises(ConfigError, match="No model is given"):
        sagemaker_model(env={"OKNG_MODEL": str(tmp_path / "none")})

    assert sagemaker_model(env={"OKNG_MODEL": str(exported)}) == exported
