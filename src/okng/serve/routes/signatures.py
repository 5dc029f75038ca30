"""Sign what is on record, and read signatures."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from okng.accounts import Accounts, Meaning, SignedRow
from okng.error_codes import Code
from okng.errors import DeniedError, MissingError
from okng.serve.context import Serving, ServingNow
from okng.serve.problems import responses
from okng.serve.security import Caller, Scope, require
from okng.station.clock import moment_of

router = APIRouter(prefix="/api/v1/signatures", tags=["signatures"],
                   dependencies=[Depends(require())])  # fmt: skip


class SignatureGiven(BaseModel):
    """A signature to be made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: str = Field(max_length=200, description="Identifier of an inspection or of an entry.")
    meaning: Meaning
    password: str = Field(max_length=1000, description="Of the user who signs, typed anew.")
    note: str = Field("", max_length=4000)


class SignatureBody(BaseModel):
    """A signature as it stands on record."""

    model_config = ConfigDict(frozen=True)

    id: str
    row: str = Field(description="Identifier of the signed row.")
    time: datetime = Field(description="With the offset of the station.")
    by: str = Field(description="`user:NAME`.")
    printed_name: str
    meaning: str
    note: str
    hash: str = Field(description="Hash of the signed row in the chain.")
    matches: bool = Field(description="Whether the row still has this hash.")

    @classmethod
    def of(cls, signed: SignedRow) -> Self:
        """The body for a signature of the records."""
        entry, signature = signed.entry, signed.signature
        return cls(
            id=entry.id,
            row=entry.subject,
            time=moment_of(entry.time_us, entry.offset_min),
            by=entry.by,
            printed_name=signature.name,
            meaning=signature.meaning,
            note=signature.note,
            hash=signature.hash,
            matches=signed.matches,
        )


@router.post("", status_code=201,
             responses={**responses(400, 401, 403, 404, 422, 429, 503)})  # fmt: skip
def sign(
    serving: ServingNow,
    given: SignatureGiven,
    caller: Annotated[Caller, Depends(require(Scope.REVIEW))],
) -> SignatureBody:
    """Sign an inspection or an entry: printed name, time and meaning, linked to its hash."""
    accounts = _accounts(serving)
    if caller.user is None:
        raise DeniedError(
            "A program cannot sign",
            where=caller.name,
            hint="Log in as a person.",
            code=Code.ROLE_MISSING,
        )
    entry = accounts.signatures.sign(
        given.row,
        given.meaning,
        name=caller.user.name,
        password=given.password,
        note=given.note,
    )
    (made,) = (each for each in accounts.signatures.of(given.row) if each.entry.id == entry.id)
    return SignatureBody.of(made)


@router.get("", responses={**responses(401, 404, 503)})
def signatures(
    serving: ServingNow, row: Annotated[str, Query(max_length=200)]
) -> list[SignatureBody]:
    """The signatures of an inspection or an entry, oldest first."""
    return [SignatureBody.of(each) for each in _accounts(serving).signatures.of(row)]


def _accounts(serving: Serving) -> Accounts:
    if serving.accounts is None:
        raise MissingError("Without login nobody signs", hint="Start without `server.no_auth`.")
    return serving.accounts
