"""stdout and stderr that take every name of a file, whatever the console's encoding."""

import io
import os
from typing import TextIO


def accept_any_name(*streams: TextIO) -> None:
    """Print what an encoding lacks as an escape; redirects are UTF-8 where nobody chose otherwise.

    A console in cp1252, or a file behind `>` on Windows, would end a verb at the first name that
    it cannot hold.
    """
    for stream in streams:
        if not isinstance(stream, io.TextIOWrapper):  # replaced, as by a test
            continue
        chosen = "PYTHONIOENCODING" in os.environ or stream.isatty()
        stream.reconfigure(
            encoding=stream.encoding if chosen else "utf-8", errors="backslashreplace"
        )
