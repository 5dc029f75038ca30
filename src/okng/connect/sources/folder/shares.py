"""Network shares: the system reports no change there that another machine made."""

from pathlib import Path

from okng.records.network_shares import NETWORK, file_system

_MOUNTS = Path("/proc/self/mountinfo")


def is_on_share(path: Path, mounts: Path = _MOUNTS) -> bool:
    """Whether a folder is on another machine; False where the system does not list its mounts."""
    return file_system(path, mounts) in NETWORK
