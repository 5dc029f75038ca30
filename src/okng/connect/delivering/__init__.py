"""Delivers what is on record to sinks: in order, at least once, whatever is down meanwhile.

One thread for each sink reads the outbox (`okng.records.outbox`), sends, repeats and counts. Sinks
know nothing of that, and judging goes on whatever becomes of them.
"""

from okng.connect.delivering.delivering import Delivering
from okng.connect.delivering.state import SinkState

__all__ = ["Delivering", "SinkState"]
