"""What sinks have not got yet: the chain of a station is the outbox, and a sink has a place in it.

There is no row for each verdict and sink. A cursor names the last row that a sink has, rows that it
refused are set aside, and everything behind the cursor waits, in the order of the chain.
"""

from okng.records.outbox.chain_pages import ChainPage, ChainRow, Tombstone, chain_page
from okng.records.outbox.cursors import Begin, Cursor, cursors, least_cursor
from okng.records.outbox.outbox import Outbox
from okng.records.outbox.set_aside import Refused, forget, refused, send_again

__all__ = [
    "Begin",
    "ChainPage",
    "ChainRow",
    "Cursor",
    "Outbox",
    "Refused",
    "Tombstone",
    "chain_page",
    "cursors",
    "forget",
    "least_cursor",
    "refused",
    "send_again",
]
