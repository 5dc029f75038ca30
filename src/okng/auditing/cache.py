"""The cache folder of the audit.

`platformdirs` would give other folders on macOS and Windows; caches of earlier versions would then
stay behind unused.
"""

import atexit
import functools
import os
import shutil
import tempfile
from pathlib import Path


def cache_folder() -> Path:
    """`$OKNG_CACHE`, or okng's folder in the user's cache; without a home, a temporary folder.

    `docker run --user 12345` runs a process as a user without an entry in passwd, without HOME.
    """
    named = os.environ.get("OKNG_CACHE")
    if named:
        return Path(named)
    home = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(home) if home else Path.home() / ".cache") / "okng"
    except RuntimeError:  # no home
        return temporary_folder()


@functools.cache
def temporary_folder() -> Path:
    """A temporary folder of this process, removed when it ends."""
    folder = tempfile.mkdtemp(prefix="okng-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
