"""Verdicts as a table in memory, and as a file: for notebooks and scripts."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from okng.errors import ConfigError
from okng.inference.tables.rows import csv_writer, jsonl_writer, row
from okng.verdict import Verdict

if TYPE_CHECKING:
    import pandas as pd

_SUFFIXES = (".csv", ".jsonl", ".xlsx")


def to_frame(verdicts: Verdict | Iterable[Verdict]) -> "pd.DataFrame":
    """Verdicts as a table of pandas: one row each, a column for each value and class.

    Args:
        verdicts: one, or several.

    Returns:
        The columns of `okng predict --format csv`.
    """
    import pandas as pd  # noqa: PLC0415 - comes with an extra

    return pd.DataFrame([row(verdict) for verdict in _several(verdicts)])


def save(verdicts: Verdict | Iterable[Verdict], path: Path | str) -> Path:
    """Write verdicts to a file of the kind that its suffix names.

    Args:
        verdicts: one, or several.
        path: `.csv`, `.jsonl` or `.xlsx`. A picture of one verdict is
            `inspector.picture(verdict).save("part.png")`.

    Returns:
        The path.

    Raises:
        ConfigError: another suffix.
        OkngError: the file cannot be written.
    """
    target, found = Path(path), _several(verdicts)
    suffix = target.suffix.lower()
    if suffix not in _SUFFIXES:
        raise ConfigError(
            f"No file of verdicts ends in {suffix or 'nothing'}",
            where=target,
            allowed=", ".join(_SUFFIXES),
            hint="A picture of one verdict: inspector.picture(verdict).save(path).",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    _save_table(found, target, suffix)
    return target


def _several(verdicts: Verdict | Iterable[Verdict]) -> list[Verdict]:
    return [verdicts] if isinstance(verdicts, Verdict) else list(verdicts)


def _save_table(verdicts: list[Verdict], path: Path, suffix: str) -> None:
    classes = list(dict.fromkeys(name for v in verdicts for name in v.probabilities))
    if suffix == ".xlsx":
        from okng.inference.tables.spreadsheets import workbook  # noqa: PLC0415 - not on the line

        with workbook(path, classes) as write:
            _write(verdicts, write)
        return
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        _write(verdicts, csv_writer(file, classes) if suffix == ".csv" else jsonl_writer(file))


def _write(verdicts: Iterable[Verdict], write: Callable[[Verdict], None]) -> None:
    for verdict in verdicts:
        write(verdict)
