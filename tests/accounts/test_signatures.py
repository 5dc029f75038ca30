"""Signatures: who, when, what for, and of exactly which row."""

import json

import pytest
from sqlalchemy import text

from okng.accounts import Accounts, Meaning, UserRole
from okng.errors import BusyError, DeniedError, MissingError, StationError
from okng.records import Kind, Records
from okng.records.database import connect
from okng.testing.station.accounts import PASSWORD, FakeClock, add_user
from okng.testing.station.records import inspection_row


@pytest.fixture
def row(accounts: Accounts, records: Records) -> str:
    """An inspection on record, and somebody who may sign it."""
    add_user(accounts, "anna", UserRole.QUALITY)
    inspection = inspection_row()
    records.append(inspection).result(10)
    return inspection.id


def test_a_signature_has_name_time_and_meaning(
    accounts: Accounts, row: str, clock: FakeClock
) -> None:
    """21 CFR 11.50: and it is part of the chain."""
    entry = accounts.signatures.sign(
        row, Meaning.APPROVAL, name="anna", password=PASSWORD, note="scratch is allowed here"
    )

    (signed,) = accounts.signatures.of(row)
    assert (signed.entry, signed.matches) == (entry, True)
    assert (entry.by, entry.time_us, entry.kind) == ("user:anna", clock(), Kind.SIGNATURE)
    assert (signed.signature.name, signed.signature.meaning) == ("Anna", "approval")
    assert signed.signature.note == "scratch is allowed here"


def test_a_signature_needs_the_password_anew(accounts: Accounts, row: str) -> None:
    """An open session is not enough, and guessing locks as at the login."""
    for _ in range(5):
        with pytest.raises(DeniedError):
            accounts.signatures.sign(row, Meaning.REVIEW, name="anna", password="guess")  # noqa: S106
    with pytest.raises(BusyError):
        accounts.signatures.sign(row, Meaning.REVIEW, name="anna", password=PASSWORD)

    assert accounts.signatures.of(row) == []


def test_a_signature_belongs_to_one_row_as_it_was(
    accounts: Accounts, records: Records, row: str, database: str
) -> None:
    """21 CFR 11.70: copied to another row, or beside a changed one, it does not match."""
    accounts.signatures.sign(row, Meaning.REVIEW, name="anna", password=PASSWORD)
    other = inspection_row()
    records.append(other).result(10)
    opened = connect(database)
    with opened.write.begin() as connection:
        connection.execute(text(f"UPDATE inspections SET hash = '{'0' * 64}' WHERE id = '{row}'"))  # noqa: S608
    opened.dispose()

    assert [each.matches for each in accounts.signatures.of(row)] == [False]
    assert accounts.signatures.of(other.id) == []


def test_an_entry_can_be_signed_as_well(accounts: Accounts, records: Records, row: str) -> None:
    """Such as a change of the threshold, by a second person."""
    entry = records.entries_of("user:anna")[0]

    accounts.signatures.sign(entry.id, Meaning.APPROVAL, name="anna", password=PASSWORD)

    (signed,) = accounts.signatures.of(entry.id)
    assert (signed.signature.table, signed.matches) == ("entries", True)
    assert json.loads(signed.entry.payload)["seq"] == 1


def test_what_is_not_on_record_cannot_be_signed(accounts: Accounts, row: str) -> None:
    """Nor can a note be longer than a page."""
    with pytest.raises(MissingError):
        accounts.signatures.sign("nothing", Meaning.REVIEW, name="anna", password=PASSWORD)
    with pytest.raises(StationError, match="too long"):
        accounts.signatures.sign(
            row, Meaning.REVIEW, name="anna", password=PASSWORD, note="x" * 4001
        )


def test_nobody_signs_with_the_password_of_an_admin(accounts: Accounts, row: str) -> None:
    """Two people have it: it proves nothing."""
    made = accounts.users.reset_password("anna", by="user:root")

    with pytest.raises(DeniedError, match="Nobody signs"):
        accounts.signatures.sign(row, Meaning.REVIEW, name="anna", password=made)
