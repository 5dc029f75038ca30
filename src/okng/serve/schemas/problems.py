"""Errors and health, as answers have them."""

from pydantic import BaseModel, Field


class Problem(BaseModel):
    """An error, after RFC 9457.

    Programs rely on `code`; `detail`, `allowed` and `hint` are for people.
    """

    type: str = Field(description="`urn:okng:error:` and the code.")
    title: str = Field(description="What the code means.")
    status: int = Field(description="HTTP status.")
    detail: str = Field(description="The fault, in one sentence.")
    code: str = Field(description="One of the codes in docs/reference/errors.md.")
    where: str | None = Field(None, description="The field or file at fault.")
    allowed: str | None = Field(None, description="What would have been accepted.")
    hint: str | None = Field(None, description="The next step.")
    request_id: str | None = Field(None, description="As in the log of the station.")


class Alive(BaseModel):
    """The process runs."""

    status: str = "alive"


class Ready(BaseModel):
    """Whether the station takes photos, and what is wrong with it."""

    status: str = Field(description="`ready` or `not ready`.")
    station: str
    models: list[str]
    faults: list[str] = Field(description="Codes of what is wrong; empty if nothing is.")
