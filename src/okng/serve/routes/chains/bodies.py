"""Rows of a chain, as they travel."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, StrictStr

from okng.errors import OkngError
from okng.records import Link
from okng.records.photos.places import checked_path
from okng.records.transfer.collecting import MOST_ROWS, Placed

_WHOLE = Annotated[StrictInt, Field(ge=-(2**63), lt=2**63)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in hex."""


def _checked(place: str) -> str:
    try:
        return checked_path(place)
    except OkngError as fault:
        raise ValueError(fault.what) from fault


class RowBody(BaseModel):
    """One row of a chain."""

    model_config = ConfigDict(extra="forbid", strict=True)

    table: Literal["inspections", "entries", "tombstones"]
    seq: int = Field(ge=1, lt=2**63, description="Number of the row.")
    hash: Digest = Field(description="Of the row.")
    columns: dict[str, StrictStr | _WHOLE | None] = Field(description="Its other values.")

    def placed(self) -> Placed:
        """The row of the records."""
        return Placed(self.table, self.seq, self.hash, self.columns)


class RowsBody(BaseModel):
    """Rows in order of their numbers, without a gap."""

    model_config = ConfigDict(extra="forbid")

    rows: list[RowBody] = Field(min_length=1, max_length=MOST_ROWS)


class HeadBody(BaseModel):
    """The last row of a chain."""

    station: str
    seq: int = Field(description="Number of the last row; 0 where there is none.")
    hash: str = Field(description="Of the last row.")

    @classmethod
    def of(cls, head: Link) -> Self:
        """The body of a link."""
        return cls(station=head.station, seq=head.seq, hash=head.hash)


class DigestsBody(BaseModel):
    """Photos by their digest and the end of their name."""

    model_config = ConfigDict(extra="forbid")

    places: list[Annotated[str, Field(max_length=100), AfterValidator(_checked)]] = Field(
        max_length=MOST_ROWS
    )


class MissingBody(BaseModel):
    """Those of them that are not stored here."""

    places: list[str]
