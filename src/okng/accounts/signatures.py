"""Signatures: a person signs a row on record with name, time and meaning, and the password anew.

It helps with 21 CFR 11.50, 11.70 and 11.200: the printed name, the time and the meaning stand in
the entry, and the hash of the row links the two.
"""

import hmac
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Table, select

from okng.accounts.audit import Auditor
from okng.accounts.users import Users
from okng.error_codes import Code
from okng.errors import DeniedError, MissingError, StationError
from okng.records import Entry, Kind, Link, Records
from okng.records.payloads import Signature
from okng.records.tables import entries, inspections

_NOTE = 4000
"""Characters."""


class Meaning(StrEnum):
    """What a signature states (21 CFR 11.50(a)(3))."""

    REVIEW = "review"
    APPROVAL = "approval"
    RESPONSIBILITY = "responsibility"
    AUTHORSHIP = "authorship"


class SignedRow(NamedTuple):
    """A signature as it reads now.

    Attributes:
        entry: with the time and the user.
        signature: printed name, meaning, note, and the hash of the row.
        matches: whether the row still has this hash.
    """

    entry: Entry
    signature: Signature
    matches: bool


class Signatures:
    """Signs rows on record.

    Args:
        users: who may sign.
        audit: where signatures are put on record.
        records: with the rows; None where nothing is stored.
    """

    def __init__(self, users: Users, audit: Auditor, records: Records | None) -> None:
        self._users, self._audit, self._records = users, audit, records

    def sign(
        self, row: str, meaning: Meaning, *, name: str, password: str, note: str = ""
    ) -> Entry:
        """Sign a row.

        Args:
            row: identifier of an inspection or an entry.
            meaning: what the signature states.
            name: of the user who signs.
            password: typed anew: an open session is not enough. Failures count as those of logins.
            note: what the person adds.

        Raises:
            BusyError: too many attempts with this name failed.
            DeniedError: the password is wrong, or the user must replace it first.
            MissingError: there is no such row.
            StationError: the note is too long, or nothing is on record here.
        """
        if len(note) > _NOTE:
            raise StationError(
                "The note is too long", where="note", allowed=f"{_NOTE} characters", hint="Cut it."
            )
        table, link = self._link(row)
        # Name and password again (21 CFR 11.200): a session alone signs nothing.
        user = self._users.check(name, password)
        if user.must_change:
            raise DeniedError(
                "Nobody signs with the password of an admin",
                where=user.name,
                hint="Replace it by one of your own first.",
                code=Code.ROLE_MISSING,
            )
        signature = Signature(
            name=user.printed_name,
            meaning=meaning,
            note=note,
            table=table,
            seq=link.seq,
            hash=link.hash,
        )
        return self._audit.put(Kind.SIGNATURE, row, user.subject, signature, station=link.station)

    def of(self, row: str) -> list[SignedRow]:
        """The signatures of a row, oldest first.

        Raises:
            MissingError: there is no such row.
        """
        _, link = self._link(row)
        signed = []
        for entry in self._stored().entries_of(row, Kind.SIGNATURE):
            signature = Signature.of(entry.payload)
            # The row is still the one that was signed (21 CFR 11.70).
            same = hmac.compare_digest(signature.hash, link.hash) and signature.seq == link.seq
            signed.append(SignedRow(entry, signature, same))
        return signed

    def _link(self, row: str) -> tuple[str, Link]:
        """The table and the link of a row."""
        for table in (inspections, entries):
            link = self._link_in(table, row)
            if link is not None:
                return table.name, link
        raise MissingError("There is no such row on record", where=row, hint="Check the address.")

    def _link_in(self, table: Table, row: str) -> Link | None:
        query = select(table.c.station, table.c.seq, table.c.hash).where(table.c.id == row)
        rows = self._stored().read(query)
        return Link(rows[0].station, rows[0].seq, rows[0].hash) if rows else None

    def _stored(self) -> Records:
        if self._records is None:
            raise MissingError(
                "Nothing is on record here", hint="Start without `records.no_records`."
            )
        return self._records
