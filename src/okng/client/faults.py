"""Answers that are problems (RFC 9457), and failed connections -> errors of okng."""

from typing import Any

import httpx2

from okng.error_codes import Code
from okng.errors import (
    BusyError,
    DeniedError,
    MissingError,
    OkngError,
    PhotoError,
    PhotoFault,
    RecordsConflictError,
    StationError,
)

_CLASSES: dict[int, type[OkngError]] = {
    401: DeniedError,
    403: DeniedError,
    404: MissingError,
    409: RecordsConflictError,
}


def fault_of(result: httpx2.Response | httpx2.TransportError, url: str) -> OkngError:
    """The error of an answer with a status of 400 or above, or of a station without an answer."""
    if isinstance(result, httpx2.Response):
        return _refused(result)
    fault = StationError(
        f"The station does not answer: {str(result) or type(result).__name__}",
        where=url,
        hint="Check the address, and that the station runs.",
        code=Code.STATION_UNREACHABLE,
    )
    fault.__cause__ = result
    return fault


def _refused(response: httpx2.Response) -> OkngError:
    problem = _problem(response)
    what = str(problem.get("detail") or f"The station answered with status {response.status_code}")
    code, hint = _code(problem.get("code")), problem.get("hint")
    if response.status_code in {429, 503, 504}:
        wait = response.headers.get("Retry-After", "1")
        return BusyError(
            what, retry_after=float(wait) if wait.isdigit() else 1.0, code=code, hint=hint
        )
    where, allowed = problem.get("where"), problem.get("allowed")
    if code is not None and code.startswith("photo.") and code in _PHOTO_FAULTS:
        return PhotoError(what, where=where, allowed=allowed, hint=hint, fault=_PHOTO_FAULTS[code])
    kind = _CLASSES.get(response.status_code, StationError)
    return kind(what, where=where, allowed=allowed, hint=hint, code=code)


_PHOTO_FAULTS = {f"photo.{fault.value.replace(' ', '-')}": fault for fault in PhotoFault}


def _problem(response: httpx2.Response) -> dict[str, Any]:
    # A proxy between may answer with a page of its own.
    if "json" not in response.headers.get("content-type", ""):
        return {}
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _code(value: object) -> Code | None:
    # A later station may have codes that this version does not have.
    return Code(value) if isinstance(value, str) and value in set(Code) else None
