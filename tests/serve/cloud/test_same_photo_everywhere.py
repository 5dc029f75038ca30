"""One photo by every contract: REST, Open Inference Protocol, SageMaker, AWS Lambda."""

import base64
import io
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from okng.config import StationSettings
from okng.inference import InspectionEngine
from okng.serve import Serving, create_app
from okng.serve.app import Offer
from okng.serve.aws_lambda.function import Function
from okng.serve.aws_lambda.settings import lambda_settings
from okng.serve.sagemaker import sagemaker_settings
from okng.station import opened
from okng.testing import station_settings
from okng.testing.cloud.lambda_events import balancer_event, direct_event, url_event


class _Found(NamedTuple):
    """What a contract answers."""

    verdict: str
    score: float


def _photo() -> bytes:
    """A JPEG with structure, so that scores have many digits."""
    draw = np.random.default_rng(7)
    data = io.BytesIO()
    Image.fromarray(draw.integers(0, 255, (90, 120, 3), np.uint8)).save(data, "JPEG", quality=90)
    return data.getvalue()


def _of(body: Any) -> _Found:
    return _Found(body["verdict"], body["defect_score"])


def _of_tensors(body: Any) -> _Found:
    found = {output["name"]: output["data"][0] for output in body["outputs"]}
    return _Found(found["verdict"], found["defect_score"])


def test_same_photo_has_one_verdict_and_one_score_by_every_contract(
    exported: Path, tmp_path: Path
) -> None:
    """Nine ways to ask, with the network of the model file: not a digit of the record differs."""
    photo = _photo()
    jpeg = {"content-type": "image/jpeg"}
    encoded = base64.b64encode(photo).decode()
    tensor = {"name": "photo_bytes", "shape": [1], "datatype": "BYTES", "data": [encoded]}
    asked: dict[str, Any] = {"inputs": [tensor]}
    with InspectionEngine(exported) as engine:
        alone = engine.inspect(photo).verdict
    with opened(station_settings(tmp_path / "station"), [exported]) as station:
        client = TestClient(create_app(Serving(station)), "http://localhost")
        form = {"photo": ("p.jpg", photo, "image/jpeg")}
        rest = client.post("/api/v1/inspections", content=photo, headers=jpeg).json()
        many = client.post("/api/v1/inspections/batch", files=form).json()
        oip = client.post("/v2/models/test/infer", json=asked).json()
    container = sagemaker_settings(station_settings(tmp_path / "container"), {})
    with opened(container, [exported]) as station:
        app = create_app(Serving(station), offer=Offer.CONTAINER)
        client = TestClient(app, "http://localhost")
        sagemaker = client.post("/invocations", content=photo, headers=jpeg).json()
        triton = client.post("/invocations", json=asked).json()
    given = StationSettings.model_validate({"station": {"folder": tmp_path / "function"}})
    function = Function(lambda_settings(given), exported)
    url, balancer, by_rest, direct = (
        function(event)
        for event in (
            url_event(photo, kind="image/jpeg"),
            balancer_event(photo, kind="image/jpeg"),
            url_event(photo, "/api/v1/inspections", kind="image/jpeg"),
            direct_event(photo),
        )
    )
    function.close()
    bodies = [rest, many["results"][0]["inspection"], sagemaker, direct]
    bodies += [json.loads(answer["body"]) for answer in (url, balancer, by_rest)]
    found = [*map(_of, bodies), _of_tensors(oip), _of_tensors(triton)]

    assert len(found) == 9
    assert set(found) == {found[0]}
    assert found[0].verdict == alone.verdict
    assert found[0].score == pytest.approx(alone.defect_score, abs=1e-9)  # nine decimals on record
