"""Rows of the database -> rows as they were appended."""

from dataclasses import fields
from typing import Any

from sqlalchemy import Row

from okng.records.rows import Entry, InspectionRow, Kind, Role


def inspection_row(row: Row[Any]) -> InspectionRow:
    """The row of `inspections` as it was appended."""
    values = {name: row._mapping[name] for name in _INSPECTION}  # noqa: SLF001 - its public name
    return InspectionRow(**values | {"role": Role(values["role"])})


def entry_row(row: Row[Any]) -> Entry:
    """The row of `entries` as it was appended."""
    values = {name: row._mapping[name] for name in _ENTRY}  # noqa: SLF001
    return Entry(**values | {"kind": Kind(values["kind"])})


_INSPECTION = tuple(each.name for each in fields(InspectionRow))
_ENTRY = tuple(each.name for each in fields(Entry))
