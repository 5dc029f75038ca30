"""Where the audit stores what it has computed."""

import atexit
import functools
import os
import shutil
import tempfile
from pathlib import Path


def cache_folder() -> Path:
    """`$OKNG_CACHE`, or okng's folder in the user's cache; a temporary one for a user without home.

    `docker run --user 12345` gives a process a user without an entry in passwd and without HOME.
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
    """A folder of this process alone, removed when it ends."""
    folder = tempfile.mkdtemp(prefix="okng-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
