"""Values of a database, a file or a spool -> rows as they were appended."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Row as DatabaseRow

from okng.records.rows import Entry, InspectionRow, Kind, Role, Row

COLUMNS = {
    "inspections": tuple(each.name for each in fields(InspectionRow)),
    "entries": tuple(each.name for each in fields(Entry)),
}
"""Columns of each table without `seq` and `hash`."""


def inspection_row(row: DatabaseRow[Any]) -> InspectionRow:
    """The row of `inspections` as it was appended."""
    return _inspection(row._asdict())


def entry_row(row: DatabaseRow[Any]) -> Entry:
    """The row of `entries` as it was appended."""
    return _entry(row._asdict())


def row_of(table: str, values: Mapping[str, Any]) -> Row:
    """The row of a table by its name."""
    return _inspection(values) if table == "inspections" else _entry(values)


def _inspection(values: Mapping[str, Any]) -> InspectionRow:
    known = {name: values[name] for name in COLUMNS["inspections"]}
    return InspectionRow(**known | {"role": Role(known["role"])})


def _entry(values: Mapping[str, Any]) -> Entry:
    known = {name: values[name] for name in COLUMNS["entries"]}
    return Entry(**known | {"kind": Kind(known["kind"])})
