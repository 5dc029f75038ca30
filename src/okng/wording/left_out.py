"""Files that are left out of a data set, in one sentence."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from okng.wording.languages import mark, translated
from okng.wording.numbers import counted, number
from okng.wording.plural import Plural

_FOLDERS = 5  # folders named in one sentence
NOUNS = (
    Plural("more folder", "more folders", "number"),
    Plural("file of the system", "files of the system", "number"),
    Plural("mask", "masks", "number"),
)


class LeftOutRow(NamedTuple):
    """Files of one kind in one folder; names as they are shown.

    Attributes:
        reason: a value of `okng.dataset.Reason`.
        folder: their folder; for files of the system the name of the folder or file itself.
        suffix: of their names.
        files: number of files.
        first: path of one of them.
    """

    reason: str
    folder: str
    suffix: str
    files: int
    first: str


Rows = Sequence[LeftOutRow]


def left_out_in_words(rows: Sequence[Sequence[str | int]]) -> str:
    """As `12 .mp4, 3 .txt; folder new_defects with 24 photos`; empty where nothing is left out.

    Args:
        rows: cells as `LeftOutRow` has them.
    """
    items = [LeftOutRow(*row) for row in rows]  # type: ignore[arg-type] # cells read from JSON
    parts = [
        words([item for item in items if item.reason == reason and item.files])
        for reason, words in _BY_REASON.items()
    ]
    return "; ".join(part for part in parts if part)


def _suffixes(rows: Rows) -> str:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row.suffix] += row.files
    none = translated("without suffix")
    return ", ".join(f"{number(n)} {suffix or none}" for suffix, n in counts.most_common())


def _folders(rows: Rows, text: str) -> str:
    named = [
        translated(text).format(
            folder=row.folder or translated("the top folder"), files=number(row.files)
        )
        for row in rows[:_FOLDERS]
    ]
    if rest := rows[_FOLDERS:]:
        folders = counted(len(rest), "more folder", "more folders")
        text = translated("{folders} with {files} photos")
        named.append(text.format(folders=folders, files=number(sum(row.files for row in rest))))
    return ", ".join(named)


def _masks(rows: Rows) -> str:
    if not rows:
        return ""
    files = sum(row.files for row in rows)
    more = "" if files == 1 else ", ..."
    return f"{counted(files, 'mask', 'masks')} ({rows[0].first}{more})"


def _system(rows: Rows) -> str:
    if not rows:
        return ""
    names = list(dict.fromkeys(row.folder for row in rows))
    listed = ", ".join(names[:_FOLDERS]) + (", ..." if len(names) > _FOLDERS else "")
    files = sum(row.files for row in rows)
    return f"{counted(files, 'file of the system', 'files of the system')} ({listed})"


_BESIDE = mark("folder {folder} with {files} photos")
_NO_CLASS = mark("{files} photos in no class folder ({folder})")
_BY_REASON: dict[str, Callable[[Rows], str]] = {
    "no photo": _suffixes,
    "beside the folders of the splits": lambda rows: _folders(rows, _BESIDE),
    "in no class folder": lambda rows: _folders(rows, _NO_CLASS),
    "mask": _masks,
    "system": _system,
}
"""In the order of the sentence."""
