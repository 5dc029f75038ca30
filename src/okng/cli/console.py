"""Progress on stderr, results on stdout."""

from okng.cli.flags import with_flags
from okng.events import Progress, watched


def progress(*, quiet: bool) -> Progress:
    """The receiver that a verb hands to its stages."""
    return watched(not quiet, with_flags)
