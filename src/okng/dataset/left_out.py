"""One sentence on the files that were left out of a data set."""

import os
from collections import Counter
from collections.abc import Iterable

from okng.dataset.records import LeftOut, Reason
from okng.text import shown

_FOLDERS = 5  # folders listed in one sentence


def in_words(items: Iterable[LeftOut]) -> str:
    """As `12 .mp4, 3 .txt; folder new_defects with 24 photos`; empty where nothing is left out."""
    items = list(items)
    by_reason = {
        reason: [item for item in items if item.reason is reason and item.files]
        for reason in Reason
    }
    parts = [
        _suffixes(by_reason[Reason.NO_PHOTO]),
        _folders(by_reason[Reason.BESIDE], "folder {} with {} photos"),
        _folders(by_reason[Reason.NO_CLASS], "{1} photos in no class folder ({0})"),
        _masks(by_reason[Reason.MASK]),
        _system(by_reason[Reason.SYSTEM]),
    ]
    return "; ".join(part for part in parts if part)


def _suffixes(items: list[LeftOut]) -> str:
    counts: Counter[str] = Counter()
    for item in items:
        counts[item.suffix] += item.files
    return ", ".join(
        f"{files} {shown(suffix) or 'without suffix'}" for suffix, files in counts.most_common()
    )


def _folders(items: list[LeftOut], words: str) -> str:
    named = [words.format(shown(i.folder) or "the top folder", i.files) for i in items[:_FOLDERS]]
    if len(items) > _FOLDERS:
        rest = sum(item.files for item in items[_FOLDERS:])
        named.append(f"{len(items) - _FOLDERS} more folders with {rest} photos")
    return ", ".join(named)


def _masks(items: list[LeftOut]) -> str:
    if not items:
        return ""
    files, first = sum(item.files for item in items), shown(items[0].first)
    return f"1 mask ({first})" if files == 1 else f"{files} masks ({first}, ...)"


def _system(items: list[LeftOut]) -> str:
    if not items:
        return ""
    names = dict.fromkeys(shown(os.path.basename(item.folder)) for item in items)  # noqa: PTH119
    listed = ", ".join(list(names)[:_FOLDERS]) + (", ..." if len(names) > _FOLDERS else "")
    files = sum(item.files for item in items)
    return f"{files} file{'' if files == 1 else 's'} of the system ({listed})"
