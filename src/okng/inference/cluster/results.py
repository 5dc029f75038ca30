"""The verdicts of a job: how many there are while it runs, and whether each photo has one."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from okng.error_codes import Code
from okng.errors import OkngError


class Tally(NamedTuple):
    """What came of a job.

    Attributes:
        verdicts: photos by verdict.
        photos: all photos of the job.
    """

    verdicts: Counter[str]
    photos: int

    @property
    def failed(self) -> int:
        """Photos that could not be judged."""
        return self.verdicts["ERROR"]


class WrittenRows:
    """Rows in the files of a folder; each file is opened once, as none changes.

    Args:
        folder: of Parquet files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rows: dict[Path, int] = {}

    def count(self) -> int:
        """Rows so far; a file that is being written counts later."""
        import pyarrow as pa  # noqa: PLC0415 - comes with an extra
        import pyarrow.parquet as pq  # noqa: PLC0415

        for file in set(self._folder.glob("*.parquet")) - self._rows.keys():
            try:
                self._rows[file] = pq.read_metadata(file).num_rows
            except (OSError, pa.ArrowInvalid):
                continue
        return sum(self._rows.values())


def is_complete(folder: Path, asked: Sequence[str]) -> bool:
    """Whether every photo has its row already; a file that cannot be read makes it incomplete."""
    import pyarrow as pa  # noqa: PLC0415 - comes with an extra

    try:
        tally(folder, asked)
    except (OkngError, OSError, pa.ArrowInvalid):
        return False
    return True


def tally(folder: Path, asked: Sequence[str]) -> Tally:
    """Count the verdicts of the photos that are asked for.

    Raises:
        OkngError: a photo has no row, or more than one.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 - comes with an extra

    files = list(folder.glob("*.parquet"))
    table = pq.read_table(folder, columns=["path", "verdict"]).to_pydict() if files else {}
    rows = Counter(table.get("path", ()))
    wrong = [path for path in asked if rows[path] != 1]
    if wrong:
        missing = sum(rows[path] == 0 for path in wrong)
        raise OkngError(
            f"{missing} photos have no row, {len(wrong) - missing} have several: {wrong[0]}, ...",
            where=folder,
            hint="Run the same command again, which judges what is missing.",
            code=Code.CLUSTER_FAILED,
        )
    wanted = set(asked)
    pairs = zip(table.get("path", ()), table.get("verdict", ()), strict=True)
    return Tally(Counter(verdict for path, verdict in pairs if path in wanted), len(asked))
