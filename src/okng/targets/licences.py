"""Licences of what a bundle holds and needs, with their texts as far as they are installed."""

from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath
from typing import NamedTuple

_TEXTS = ("licen", "notice", "copying")


class Licence(NamedTuple):
    """Of one package.

    Attributes:
        package: its name.
        name: of the licence, as the package states it.
        texts: file name -> content.
    """

    package: str
    name: str
    texts: dict[str, str]


def licence_of(package: str) -> Licence:
    """What an installed package states; of one that is not installed, that it is not known."""
    try:
        installed = distribution(package)
    except PackageNotFoundError:
        return Licence(package, "see its page on PyPI", {})
    return Licence(package, _name(installed), dict(_texts(installed)))


def _name(installed: Distribution) -> str:
    meta = installed.metadata
    # Not by key: where a later importlib_metadata is loaded, a key that is missing is a KeyError.
    keys = ("License-Expression", "License")
    stated: list[str] = [text for key in keys for text in meta.get_all(key, []) if text]
    short = stated[0].strip().splitlines() if stated else []
    if short and len(short[0]) < 60:
        return short[0]
    kinds = [c.rpartition(" :: ")[2] for c in meta.get_all("Classifier", [])
             if c.startswith("License ::")]  # fmt: skip
    return ", ".join(kinds) or "see its text"


def _texts(installed: Distribution) -> Iterator[tuple[str, str]]:
    """Those of its metadata, or at the top of the package; below lie those of its parts."""
    for path in installed.files or []:
        parts = PurePosixPath(path).parts
        is_text = any(word in parts[-1].lower() for word in _TEXTS)
        whole = Path(str(path.locate()))
        near = parts[0].endswith(".dist-info") or len(parts) == 2
        if is_text and near and whole.suffix not in {".py", ".pyc"} and whole.is_file():
            yield "-".join(parts[1:]), whole.read_text(encoding="utf-8", errors="replace")
