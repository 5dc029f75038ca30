"""Answers that are problems (RFC 9457), and failed connections -> errors of okng."""

import httpx2
from pydantic import BaseModel, ValidationError

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
    what = problem.detail or f"The station answered with status {response.status_code}"
    code, hint = _code(problem.code), problem.hint
    if response.status_code in {429, 503, 504}:
        wait = response.headers.get("Retry-After", "1")
        return BusyError(
            what, retry_after=float(wait) if wait.isdigit() else 1.0, code=code, hint=hint
        )
    where, allowed = problem.where, problem.allowed
    if problem.code in _PHOTO_FAULTS:
        fault = _PHOTO_FAULTS[problem.code]
        return PhotoError(what, where=where, allowed=allowed, hint=hint, fault=fault)
    kind = _CLASSES.get(response.status_code, StationError)
    return kind(what, where=where, allowed=allowed, hint=hint, code=code)


_PHOTO_FAULTS = {f"photo.{fault.value.replace(' ', '-')}": fault for fault in PhotoFault}


class _Problem(BaseModel):
    """A problem after RFC 9457; empty where the answer is none."""

    detail: str = ""
    code: str = ""
    where: str | None = None
    allowed: str | None = None
    hint: str | None = None


def _problem(response: httpx2.Response) -> _Problem:
    # A proxy between may answer with a page of its own.
    try:
        return _Problem.model_validate_json(response.content)
    except ValidationError:
        return _Problem()


def _code(value: str) -> Code | None:
    # A later station may have codes that this version does not have.
    return Code(value) if value in set(Code) else None
