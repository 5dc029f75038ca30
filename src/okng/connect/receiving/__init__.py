"""Receiving: parts of sources -> verdicts on record -> answers to the line.

It owns retries, deadlines, back-pressure and alarms; sources own none of them.
"""

from okng.connect.receiving.deadlines import Deadlines
from okng.connect.receiving.judging import Seen, ignored
from okng.connect.receiving.receiver import NamedSource, Receiver

__all__ = ["Deadlines", "NamedSource", "Receiver", "Seen", "ignored"]
