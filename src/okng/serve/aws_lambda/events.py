"""Events of AWS Lambda: requests by HTTP as they are, and a photo of a direct call as a request.

A direct call, by `aws lambda invoke` or Step Functions, is a JSON object: the photo in base64, and
what is known of it.
"""

import base64
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from okng.errors import StationError

Event = dict[str, Any]
"""JSON of AWS, in forms that differ by who calls."""
PHOTO = "photo"
ABOUT = ("serial", "batch", "product", "station", "model", "idempotency_key")
"""What a direct call may state of its photo."""
_ALLOWED = f'{{"{PHOTO}": BASE64}}, and any of {", ".join(ABOUT)}'


def is_http(event: object) -> bool:
    """Whether an event comes from a function URL, an API Gateway or a load balancer."""
    return isinstance(event, Mapping) and isinstance(event.get("requestContext"), Mapping)


def request_of(event: object, request_id: str = "") -> Event:
    """A direct call, as a function URL would send it.

    Args:
        event: the JSON of the call.
        request_id: of AWS; it is that of the answer and of the log.

    Raises:
        StationError: it is no object with a photo, names something unknown, or is no base64.
    """
    if not isinstance(event, Mapping) or not isinstance(event.get(PHOTO), str):
        raise _wrong("The event is neither a request by HTTP nor an object with a photo")
    strange = sorted(set(event) - {PHOTO, *ABOUT})
    if strange:
        raise _wrong(f"The event has unknown keys: {', '.join(map(str, strange))[:200]}")
    about = {name: str(event[name]) for name in ABOUT if event.get(name) is not None}
    path, method = "/api/v1/inspections", "POST"
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": urlencode(about),
        "headers": {
            "content-type": "application/octet-stream",
            "host": "localhost",
            "x-request-id": request_id,
        },
        "requestContext": {"http": {"method": method, "path": path, "sourceIp": "127.0.0.1"}},
        "body": _decoded(event[PHOTO]),  # bytes, which are passed on as they are
        "isBase64Encoded": False,
    }


def result_of(answer: Event) -> Event:
    """The result of a direct call: the inspection, or the problem with its `status` and `code`.

    Raises:
        StationError: the station could not judge now; AWS repeats calls that end in an error.
    """
    body: Event = json.loads(answer["body"])
    if answer["statusCode"] >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise StationError(
            str(body.get("detail", "The function failed")),
            where=body.get("code"),
            hint="Repeat it.",
        )
    return body


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as exc:  # binascii.Error is one
        raise _wrong(f"The photo is not in base64: {exc}") from exc


def _wrong(what: str) -> StationError:
    return StationError(what, where="the event", allowed=_ALLOWED, hint="Correct the call.")
