"""Files as they were when they were read: a file of the same name may be another photo."""

import hashlib
import os
from typing import NamedTuple


class Stamp(NamedTuple):
    """What changes when a file is written anew.

    Attributes:
        size: in bytes.
        modified_ns: time of the last change of its content, by the clock of its machine.
        inode: of its file system.
    """

    size: int
    modified_ns: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Stamp":
        """Of the status of a file."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ino)


class File(NamedTuple):
    """A file that holds, or will hold, a photo.

    Attributes:
        path: of it.
        stamp: as it was seen.
        key: idempotency key of its part.
    """

    path: str
    stamp: Stamp
    key: str

    @property
    def name(self) -> str:
        """Without its folder."""
        return os.path.basename(self.path)  # noqa: PTH119 - quick


def file_of(path: str, status: os.stat_result, *, stays: bool) -> File:
    """A file with the key of its part.

    Path, size and time of change make the key: the file is judged once, also after a restart, and
    anew when another photo gets its name. Where files are moved away, the time of the last change
    of its status counts, too: who moves a file back from `error` wants it judged again. Where they
    stay it does not count, or a backup program that touches them would have all judged again.

    Args:
        path: absolute.
        status: of the file.
        stays: whether files stay where they are.
    """
    digest = hashlib.sha256(os.fsencode(path))
    digest.update(f"\0{status.st_size}\0{status.st_mtime_ns}".encode())
    if not stays:
        digest.update(f"\0{status.st_ctime_ns}".encode())
    return File(path, Stamp.of(status), f"folder:{digest.hexdigest()}")
