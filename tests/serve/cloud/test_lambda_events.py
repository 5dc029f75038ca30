"""A function of AWS Lambda answers each form of event that AWS sends."""

import base64
import json
from typing import Any, NamedTuple

import pytest

from okng.error_codes import Code
from okng.errors import StationError
from okng.serve.aws_lambda.function import Function
from okng.serve.aws_lambda.settings import PHOTO_BYTES
from okng.testing import grey_photo
from okng.testing.cloud.lambda_events import balancer_event, direct_event, url_event

GOOD, BAD = grey_photo(51), grey_photo(230)


class _Context(NamedTuple):
    """What AWS gives beside an event."""

    aws_request_id: str = "r-1"


def _body(answer: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(answer["body"])
    return body


def test_function_url_gets_a_verdict(function: Function) -> None:
    """By the route of SageMaker, as the body of an answer that AWS passes on."""
    answer = function(url_event(BAD), _Context())

    assert (answer["statusCode"], answer["isBase64Encoded"]) == (200, False)
    assert _body(answer)["verdict"] == "NG"


def test_function_url_has_the_routes_that_judge(function: Function) -> None:
    """REST and the Open Inference Protocol; health for checks from outside."""
    rest = function(url_event(GOOD, "/api/v1/inspections", query="serial=A-7"))
    tensor = {
        "name": "photo_bytes", "shape": [1], "datatype": "BYTES",
        "data": [base64.b64encode(GOOD).decode()],
    }  # fmt: skip
    oip = function(
        url_event(
            json.dumps({"inputs": [tensor]}).encode(),
            "/v2/models/test/infer",
            kind="application/json",
        )
    )
    ready = function(url_event(b"", "/readyz", method="GET"))

    assert (rest["statusCode"], _body(rest)["serial"]) == (201, "A-7")
    assert next(output["data"] for output in _body(oip)["outputs"]) == ["OK"]
    assert (ready["statusCode"], _body(ready)["status"]) == (200, "ready")


@pytest.mark.parametrize(
    ("path", "method"),
    [("/", "GET"), ("/api/v1/models", "GET"), ("/api/v1/models/test", "PUT"), ("/live", "GET")],
)
def test_function_has_no_route_that_changes_or_shows(
    function: Function, path: str, method: str
) -> None:
    """Nobody logs in there."""
    assert function(url_event(b"", path, method=method))["statusCode"] in {404, 405}


def test_load_balancer_gets_a_verdict(function: Function) -> None:
    """Its query comes encoded, and is decoded once."""
    answer = function(balancer_event(GOOD, "/api/v1/inspections"), _Context())

    body = _body(answer)
    assert (answer["statusCode"], body["verdict"], body["serial"]) == (201, "OK", "A/7")


def test_direct_call_gets_the_inspection_itself(function: Function) -> None:
    """Without the frame of HTTP; what is known of the photo goes along."""
    result = function(direct_event(BAD, serial="A-7", batch="B"), _Context())

    assert (result["verdict"], result["serial"], result["batch"]) == ("NG", "A-7", "B")


def test_direct_call_with_a_bad_photo_gets_the_problem(function: Function) -> None:
    """A repeat would end likewise, so the call itself is no failure."""
    result = function(direct_event(b"no photo at all"), _Context())

    assert (result["status"], result["code"]) == (422, Code.PHOTO_NO_PHOTO)
    assert result["request_id"] == "r-1"


@pytest.mark.parametrize(
    ("event", "match"),
    [
        ({}, "neither a request by HTTP nor an object with a photo"),
        ([], "neither a request"),
        ({"photo": 7}, "neither a request"),
        ({"photo": "not base64!"}, "not in base64"),
        ({"photo": base64.b64encode(GOOD).decode(), "seriel": "1"}, "unknown keys: seriel"),
        ({"Records": [{"s3": {}}]}, "neither a request"),
    ],
)
def test_event_of_another_form_is_refused(function: Function, event: object, match: str) -> None:
    """What a direct call may hold is named."""
    with pytest.raises(StationError, match=match) as caught:
        function(event, _Context())

    assert "serial" in str(caught.value.allowed)


def test_direct_call_that_fails_now_is_an_error(function: Function) -> None:
    """AWS repeats asynchronous calls that end in an error."""
    function(direct_event(GOOD))
    function.station.stop()

    with pytest.raises(StationError, match="stopping"):
        function(direct_event(GOOD))


def test_photo_up_to_the_limit_is_judged(function: Function) -> None:
    """4.5 MB of bytes are 6.0 MB of base64, below the 6,291,456 bytes that AWS takes."""
    photo = GOOD + bytes(PHOTO_BYTES - len(GOOD))
    event = url_event(photo)

    assert len(json.dumps(event)) < 6_291_456
    assert _body(function(event))["verdict"] == "OK"


@pytest.mark.parametrize("stated", [True, False])
def test_photo_beyond_the_limit_is_a_413_that_names_it(function: Function, stated: bool) -> None:
    """By the length that is stated, and by what came."""
    event = url_event(bytes(PHOTO_BYTES + 1))
    if not stated:
        del event["headers"]["content-length"]
    answer = function(event)

    body = _body(answer)
    assert (answer["statusCode"], body["code"]) == (413, Code.REQUEST_TOO_LARGE)
    assert body["allowed"] == "4,500,000 bytes (4.5 MB)"
    assert "AWS Lambda takes no more" in body["hint"]


def test_direct_photo_beyond_the_limit_is_refused_likewise(function: Function) -> None:
    """A direct call states no length."""
    assert function(direct_event(bytes(PHOTO_BYTES + 1)))["status"] == 413


def test_photo_in_base64_where_bytes_are_due_is_told(function: Function) -> None:
    """A caller that encodes it although AWS does so already."""
    answer = function(url_event(base64.b64encode(GOOD)))

    assert answer["statusCode"] == 415
    assert _body(answer)["detail"] == "The photo is text in base64"
