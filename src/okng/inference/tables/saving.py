"""Verdicts as a table in memory, and as a file: for notebooks and scripts."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from okng.errors import ConfigError
from okng.inference.inspection import Inspection
from okng.inference.tables.rows import Result, csv_writer, jsonl_writer
from okng.verdict import Verdict

if TYPE_CHECKING:
    import pandas as pd

_SUFFIXES = (".csv", ".jsonl", ".xlsx")


def to_frame(verdicts: Result | Iterable[Result]) -> "pd.DataFrame":
    """Verdicts as a table of pandas: one row each, a column for each value and class.

    Args:
        verdicts: one, or several; verdicts or inspections.

    Returns:
        The columns of `okng predict --format csv`.
    """
    import pandas as pd  # noqa: PLC0415 - comes with an extra

    return pd.DataFrame([result.to_row() for result in _several(verdicts)])


def save(verdicts: Result | Iterable[Result], path: Path | str) -> Path:
    """Write verdicts to a file of the kind that its suffix names.

    Args:
        verdicts: one, or several; verdicts or inspections.
        path: `.csv`, `.jsonl` or `.xlsx`. A picture of one verdict is
            `inspector.picture(verdict).save("part.png")`.

    Returns:
        The path.

    Raises:
        ConfigError: another suffix.
        OkngError: the file cannot be written.
    """
    target, rows = Path(path), _several(verdicts)
    suffix = target.suffix.lower()
    if suffix not in _SUFFIXES:
        raise ConfigError(
            f"No file of verdicts ends in {suffix or 'nothing'}",
            where=target,
            allowed=", ".join(_SUFFIXES),
            hint="A picture of one verdict: inspector.picture(verdict).save(path).",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    _save_table(rows, target, suffix)
    return target


def _several(results: Result | Iterable[Result]) -> list[Result]:
    return [results] if isinstance(results, Verdict | Inspection) else list(results)


def _save_table(results: list[Result], path: Path, suffix: str) -> None:
    verdicts = [r.verdict if isinstance(r, Inspection) else r for r in results]
    classes = list(dict.fromkeys(name for v in verdicts for name in v.probabilities))
    traced = any(isinstance(result, Inspection) for result in results)
    if suffix == ".xlsx":
        from okng.inference.tables.spreadsheets import workbook  # noqa: PLC0415 - not on the line

        with workbook(path, classes, traced=traced) as write:
            _write(results, write)
        return
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        is_csv = suffix == ".csv"
        _write(results, csv_writer(file, classes, traced=traced) if is_csv else jsonl_writer(file))


def _write(results: Iterable[Result], write: Callable[[Result], None]) -> None:
    for result in results:
        write(result)
