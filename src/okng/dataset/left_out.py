"""Files that were left out of a data set, as rows for a sentence."""

import os
from collections.abc import Iterable

from okng.dataset.records import LeftOut, Reason
from okng.text import shown
from okng.wording import LeftOutRow, left_out_in_words


def left_out_rows(items: Iterable[LeftOut]) -> list[LeftOutRow]:
    """The files by reason, folder and suffix; names as they are shown."""
    return [_row(item) for item in items]


def in_words(items: Iterable[LeftOut]) -> str:
    """As `12 .mp4, 3 .txt; folder new_defects with 24 photos`; empty where nothing is left out."""
    return left_out_in_words(left_out_rows(items))


def _row(item: LeftOut) -> LeftOutRow:
    folder = item.folder
    if item.reason is Reason.SYSTEM:
        folder = os.path.basename(folder)  # noqa: PTH119 - Path drops a trailing backslash
    return LeftOutRow(
        item.reason.value, shown(folder), shown(item.suffix), item.files, shown(item.first)
    )
