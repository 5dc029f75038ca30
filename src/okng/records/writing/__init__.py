"""The one thread that writes, and where it puts rows while the database is down."""

from okng.records.writing.spool import Spool
from okng.records.writing.watchers import Watchers
from okng.records.writing.writer import Also, Committed, Writer, silent

__all__ = ["Also", "Committed", "Spool", "Watchers", "Writer", "silent"]
