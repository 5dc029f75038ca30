"""JSON lines -> one Parquet file, some rows at a time."""

import json
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from okng.connect.messages import Message
from okng.error_codes import Code
from okng.errors import ConfigError, ConnectError, OkngError
from okng.files import whole_file

_ROWS = 10_000
"""Rows of one group of a file: some 20 MB."""


def to_parquet(part: Path, target: Path, message: type[Message]) -> None:
    """Make one Parquet file of collected lines, and remove them.

    Args:
        part: JSON lines.
        target: the file; where it is there already, a number is put behind its name.
        message: whose fields are the columns.

    Raises:
        ConnectError: it cannot be written.
        ConfigError: pyarrow is not installed.
    """
    pa, pq = pyarrow_or_fault()
    schema = pa.schema([(name, _type(pa, kind)) for name, kind in _columns(message).items()])
    try:
        with (
            whole_file(_free(target)) as temporary,
            part.open("rb") as lines,
            pq.ParquetWriter(temporary, schema) as writer,
        ):
            rows = (_row(line, schema.names) for line in lines if line.endswith(b"\n"))
            while group := list(islice(rows, _ROWS)):
                writer.write_table(pa.Table.from_pylist(group, schema=schema))
        part.unlink()
    except OkngError as exc:
        raise ConnectError(exc.what, where=exc.where, hint=exc.hint, code=exc.code) from exc


def _columns(message: type[Message]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in message.model_fields.items()}


def _type(pa: Any, annotation: Any) -> Any:
    known = {int: pa.int64(), float: pa.float64(), float | None: pa.float64(), bool: pa.bool_(),
             datetime: pa.timestamp("us", tz="UTC")}  # fmt: skip
    return known.get(annotation, pa.string())


def _row(line: bytes, names: list[str]) -> dict[str, Any]:
    values = json.loads(line)
    return {name: _cell(name, values.get(name)) for name in names}


def _cell(name: str, value: Any) -> Any:
    if name == "time":
        return datetime.fromisoformat(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value


def _free(target: Path) -> Path:
    """The path, or one with a number where a file is there: late verdicts get a second file."""
    number, path = 2, target
    while path.exists():
        path, number = target.with_stem(f"{target.stem}-{number}"), number + 1
    return path


def pyarrow_or_fault() -> tuple[Any, Any]:
    """Pyarrow and its module for Parquet.

    Raises:
        ConfigError: they are not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ModuleNotFoundError as exc:
        raise ConfigError(
            "Parquet needs the package pyarrow, which is not installed",
            hint="pip install pyarrow, or set `format` to csv.", code=Code.LIBRARY_MISSING,
        ) from exc  # fmt: skip
    return pa, pq
