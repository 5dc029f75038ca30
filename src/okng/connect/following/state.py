"""What a station has followed, beside its model files: a restart neither forgets nor repeats it."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from okng.files import write_atomic

_FILE = "followed.json"
_PREFIX = ".follow-"
LEFT_BEHIND = f"{_PREFIX}*"
"""Temporary folders that a process which was killed has left."""


class Followed(BaseModel):
    """What was taken from an address.

    Attributes:
        url: the address.
        version: of it, when it was last taken.
        live: digest of the model file that was taken to decide; empty for none.
        shadow: likewise, as the shadow.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    url: str = ""
    version: str = ""
    live: str = ""
    shadow: str = ""


def followed(folder: Path, url: str) -> Followed:
    """What was taken from an address; nothing for another one, or where that cannot be read.

    Args:
        folder: of model files of the station.
        url: the address.
    """
    try:
        stored = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        known = Followed.model_validate(stored)
    except (OSError, ValueError, ValidationError):
        return Followed(url=url)  # at worst the model is fetched once more
    return known if known.url == url else Followed(url=url)


def remember(folder: Path, taken: Followed) -> None:
    """Store what was taken.

    Raises:
        OkngError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_atomic(folder / _FILE, taken.model_dump_json(indent=1))


@contextmanager
def temporary(folder: Path) -> Iterator[Path]:
    """A folder on the disk of the models, until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=folder) as place:
        yield Path(place)
