"""Where SQLite does not work: its write-ahead log needs memory that all processes share."""

import os
import re
from pathlib import Path

from okng.error_codes import Code
from okng.errors import RecordsError

NETWORK = frozenset(
    {"9p", "afs", "ceph", "cifs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs",
     "virtiofs", "fuse.ceph", "fuse.davfs2", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs",
     "fuse.sshfs"}
)  # fmt: skip
"""File systems of other machines, as `/proc/self/mountinfo` names them."""


def refuse_network_share(file: Path, mounts: Path = Path("/proc/self/mountinfo")) -> None:
    """Raise where a database would lie on a file system of another machine.

    Args:
        file: the database; it need not exist.
        mounts: list of what is mounted. Without it, as outside of Linux, nothing is refused.

    Raises:
        RecordsError: it lies on a network share.
    """
    kind = file_system(file, mounts)
    if kind in NETWORK:
        raise RecordsError(
            f"SQLite does not work on a network share ({kind})",
            where=file,
            allowed="a folder on a disk of this machine, or the URL of a PostgreSQL database",
            hint="Change `records.database` or `station.folder`.",
            code=Code.RECORDS_NETWORK_SHARE,
        )


def file_system(file: Path, mounts: Path) -> str:
    """The kind of file system that a path lies on; empty if that is not known."""
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    target = Path(os.path.realpath(file))
    kind, longest = "", -1
    for line in lines:
        # proc(5): the mount point is field 5; behind a lone hyphen stands the kind.
        before, _, after = line.partition(" - ")
        point = Path(_unescaped(before.split(" ")[4]))
        # A later mount at the same point hides the one before.
        if target.is_relative_to(point) and len(point.parts) >= longest:
            kind, longest = after.split(" ")[0], len(point.parts)
    return kind


def _unescaped(text: str) -> str:
    """A blank in a mount point stands as a backslash and 040."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)
