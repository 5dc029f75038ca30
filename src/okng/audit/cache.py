"""Where the audit keeps what it worked out."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """`$OKNG_CACHE`, or okng's folder in the user's cache."""
    named = os.environ.get("OKNG_CACHE")
    home = os.environ.get("XDG_CACHE_HOME")
    return Path(named) if named else (Path(home) if home else Path.home() / ".cache") / "okng"
