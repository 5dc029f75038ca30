"""Requests of a station as values, and their answers: what both clients share."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeGuard, TypeVar
from urllib.parse import quote

import httpx2
from pydantic import BaseModel

from okng.client.answers import Inspection, Model, Page, Review, Station
from okng.verdict import Judgement

T = TypeVar("T")
Given = str | int | bool | datetime | Judgement | None
Photo = str | Path | bytes
"""The path of an image file, or its bytes."""


@dataclass(frozen=True)
class Call(Generic[T]):
    """One request.

    Attributes:
        method: of HTTP.
        path: below the address of the station.
        read: turns the answer into its type.
        params: of the query; None is left out.
        content: body as bytes.
        json: body as JSON.
        headers: beside those of the client.
        safe: whether a repeat does nothing that the first did not.
        refusals: statuses of 400 and above that are answers, not errors.
    """

    method: str
    path: str
    read: Callable[[httpx2.Response], T]
    params: dict[str, str | int | bool] = field(default_factory=dict)
    content: bytes | None = None
    json: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    safe: bool = True
    refusals: frozenset[int] = frozenset()


def answered(
    result: httpx2.Response | httpx2.TransportError, call: Call[T]
) -> TypeGuard[httpx2.Response]:
    """Whether a result is the answer of a call, and no refusal."""
    return isinstance(result, httpx2.Response) and (
        result.status_code < 400 or result.status_code in call.refusals
    )


M = TypeVar("M", bound=BaseModel)


def _as(model: type[M]) -> Callable[[httpx2.Response], M]:
    return lambda response: model.model_validate_json(response.content)


def judging(photo: Photo, key: str | None, **about: Given) -> Call[Inspection]:
    """Judge a photo.

    Raises:
        OSError: the file cannot be read.
    """
    data = photo if isinstance(photo, bytes) else Path(photo).read_bytes()
    return Call(
        "POST",
        "/api/v1/inspections",
        _as(Inspection),
        params=_given(about),
        content=data,
        headers={
            "Content-Type": "application/octet-stream",
            # one key for all tries of a call: the station answers the first one again
            "Idempotency-Key": key or uuid.uuid4().hex,
        },
    )


def one_inspection(identifier: str) -> Call[Inspection]:
    """An inspection with its reviews."""
    return Call("GET", f"/api/v1/inspections/{_segment(identifier)}", _as(Inspection))


def page(cursor: str | None, **wanted: Given) -> Call[Page]:
    """A page of inspections."""
    return Call("GET", "/api/v1/inspections", _as(Page), params=_given(wanted | {"cursor": cursor}))


def picture(identifier: str, kind: str) -> Call[bytes]:
    """The photo or the heatmap of an inspection."""
    path = f"/api/v1/inspections/{_segment(identifier)}/{kind}"
    return Call("GET", path, lambda response: response.content)


def reviewing(identifier: str, statement: dict[str, Any]) -> Call[Review]:
    """State what a part is."""
    path = f"/api/v1/inspections/{_segment(identifier)}/reviews"
    # no key makes a repeat of a review harmless
    return Call("POST", path, _as(Review), json=statement, safe=False)


def models() -> Call[list[Model]]:
    """The models of the station."""
    return Call(
        "GET",
        "/api/v1/models",
        lambda response: [Model.model_validate(each) for each in response.json()],
    )


def readiness() -> Call[Station]:
    """Whether the station takes photos; one that does not answers with 503."""
    # not ready is an answer, no fault
    return Call("GET", "/readyz", _as(Station), refusals=frozenset({503}))


def statement(
    *, agree: bool | None, truth: str | None, label: str, note: str
) -> dict[str, str | bool | None]:
    """The body of a review: `agree` where it is given, else `truth`, which may be None."""
    content: dict[str, str | bool | None] = {"label": label, "note": note}
    return content | ({"truth": truth} if agree is None else {"agree": agree})


def _given(values: dict[str, Given]) -> dict[str, str | int | bool]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
        if value is not None
    }


def _segment(text: str) -> str:
    """Text as one segment of a path: a slash in it names no other route."""
    return quote(text, safe="")
