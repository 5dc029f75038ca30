"""What happens in a job: stages report events; a terminal, a log or a file receives them."""

from collections.abc import Callable

from okng.events.cancel import Cancelled, CancelToken
from okng.events.progress import Advance, Progress, Several, Silent

__all__ = ["Advance", "CancelToken", "Cancelled", "Progress", "Several", "Silent", "watched"]


def watched(
    progress: Progress | bool | None, wording: Callable[[str], str] | None = None
) -> Progress:
    """The receiver that a call of the Python API reports to.

    Args:
        progress: a `Progress`; None or True shows it on stderr, as the command does; False shows
            nothing.
        wording: puts a sentence into the words of the front end, as flags for names of settings.
    """
    if progress is None or progress is True:
        from okng.events.terminal import on_stderr  # noqa: PLC0415 - rich takes 50 ms

        return on_stderr(wording or str)
    return Silent() if progress is False else progress
