"""Read what is on record: lists, single inspections, photos, heatmaps; and review them."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from okng.errors import MissingError, StationError
from okng.records import InspectionFilter, InspectionRow, Records, Role
from okng.records.payloads import Review, Truth
from okng.serve.context import Serving, ServingNow
from okng.serve.problems import responses
from okng.serve.schemas import (
    DetailBody,
    InspectionBody,
    PageBody,
    ReviewBody,
    ReviewGiven,
    ReviewShort,
)
from okng.serve.security import Caller, Scope, require
from okng.station.clock import microseconds
from okng.station.heatmaps import photo_of
from okng.station.reviews import review
from okng.verdict import Judgement

router = APIRouter(prefix="/api/v1/inspections", tags=["inspections"],
                   dependencies=[Depends(require())])  # fmt: skip

_FOR_GOOD = {"Cache-Control": "private, max-age=31536000, immutable"}  # content by its digest
_KINDS = {"jpg": "jpeg", "png": "png", "bmp": "bmp", "tif": "tiff", "webp": "webp"}
_IMAGE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/*": {}}, "description": "The bytes of an image file."}
}


class Wanted(BaseModel):
    """Which inspections are wanted; what is left out does not count."""

    model_config = ConfigDict(frozen=True)

    station: str | None = Field(None, max_length=200)
    since: datetime | None = Field(None, description="Time from which on, with its offset.")
    until: datetime | None = Field(None, description="Time before which.")
    verdict: list[Judgement] = Field([], max_length=4, description="Any of these.")
    serial: str | None = Field(None, max_length=200)
    serial_prefix: str | None = Field(None, max_length=200)
    batch: str | None = Field(None, max_length=200)
    model_digest: str | None = Field(None, max_length=64)
    role: Role = Role.LIVE
    reviewed: bool | None = None
    label: str | None = Field(None, max_length=200, description="Class that the review names.")
    limit: int = Field(50, ge=1, le=500)
    cursor: str | None = Field(None, max_length=500, description="`next` of the page before.")

    def filter(self) -> InspectionFilter:
        """As the records take it."""
        return InspectionFilter(
            station=self.station,
            since_us=None if self.since is None else microseconds_of(self.since),
            until_us=None if self.until is None else microseconds_of(self.until),
            verdicts=frozenset(verdict.value for verdict in self.verdict),
            serial=self.serial,
            serial_prefix=self.serial_prefix,
            batch=self.batch,
            model_digest=self.model_digest,
            role=self.role,
            reviewed=self.reviewed,
            label=self.label,
        )


@router.get("", responses={**responses(400, 401, 422, 503)})
def inspections(serving: ServingNow, wanted: Annotated[Wanted, Query()]) -> PageBody:
    """Inspections, newest first, a page at a time."""
    page = records_of(serving).page(wanted.filter(), wanted.limit, wanted.cursor)
    return PageBody(
        inspections=[
            InspectionBody.of(row, bypassed=serving.is_bypassed(row)) for row in page.rows
        ],
        next=page.next,
        reviews={
            identifier: ReviewShort(truth=latest.truth, label=latest.label)
            for identifier, latest in page.reviews.items()
        },
    )


@router.get("/{identifier}", responses={**responses(401, 404, 503)})
def inspection(serving: ServingNow, identifier: str) -> DetailBody:
    """One inspection as it stands on record, with its reviews and the verdicts of shadows."""
    detail = records_of(serving).detail(identifier)
    if detail is None:
        raise _missing(identifier)
    return DetailBody.of_detail(detail, bypassed=serving.is_bypassed(detail.inspection))


@router.get("/{identifier}/photo", response_class=Response,
            responses={**_IMAGE, **responses(401, 404, 503)})  # fmt: skip
def photo(serving: ServingNow, identifier: str) -> Response:
    """The photo of an inspection, byte for byte as it was given."""
    row = _row(serving, identifier)
    data = photo_of(serving.station, row)
    suffix = (row.photo_place or "").rpartition(".")[2]
    kind = f"image/{_KINDS[suffix]}" if suffix in _KINDS else "application/octet-stream"
    return Response(data, media_type=kind, headers=_FOR_GOOD)


@router.get("/{identifier}/heatmap", response_class=Response,
            responses={**_IMAGE, **responses(401, 404, 503)})  # fmt: skip
def heatmap(serving: ServingNow, identifier: str) -> Response:
    """The heatmap of an inspection, a PNG of the size of the photo that is laid over it."""
    picture = serving.heatmaps.png(_row(serving, identifier))
    return Response(picture, media_type="image/png", headers=_FOR_GOOD)


@router.post("/{identifier}/reviews", status_code=201,
             responses={**responses(400, 401, 403, 404, 422, 503)})  # fmt: skip
def add_review(
    serving: ServingNow,
    identifier: str,
    given: ReviewGiven,
    caller: Annotated[Caller, Depends(require(Scope.REVIEW))],
) -> ReviewBody:
    """Agree or disagree with a verdict; the last review of an inspection counts."""
    row = _row(serving, identifier)
    content = Review(
        truth=_truth(given, row), label=given.label, verdict=row.verdict, note=given.note
    )
    return ReviewBody.of(review(records_of(serving), identifier, content, caller.name))


def records_of(serving: Serving) -> Records:
    """The records of the station.

    Raises:
        MissingError: it stores nothing.
    """
    if serving.records is None:
        raise MissingError(
            "This station stores nothing", hint="Start it without `records.no_records`."
        )
    return serving.records


def _row(serving: Serving, identifier: str) -> InspectionRow:
    row = records_of(serving).inspection(identifier)
    if row is None:
        raise _missing(identifier)
    return row


def _missing(identifier: str) -> MissingError:
    return MissingError(
        "There is no such inspection", where=identifier, hint="Search for its serial number."
    )


def _truth(given: ReviewGiven, row: InspectionRow) -> Truth | None:
    if given.agree is None:
        return given.truth
    if row.verdict not in {"OK", "NG"}:
        raise StationError(
            f"With the verdict {row.verdict} nobody can agree or disagree",
            where="agree",
            allowed="`truth`: OK or NG",
            hint="State what the part is.",
        )
    return "OK" if (row.verdict == "OK") == given.agree else "NG"


def microseconds_of(moment: datetime) -> int:
    """A time as the records have it.

    Raises:
        StationError: it has no offset.
    """
    if moment.tzinfo is None:
        raise StationError(
            "A time has no offset", where="since, until", allowed="such as 2026-03-02T06:00:00Z",
            hint="Add Z or +01:00; in a URL, + is written %2B.",
        )  # fmt: skip
    return microseconds(moment)
