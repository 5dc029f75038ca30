"""Verdicts to files of a folder: CSV, JSON lines or Parquet, one file a day or a shift.

A line is on the disk before its verdict counts as delivered. A line that a crash has cut off is
taken away when the file is opened again, and what was written before the crash is not written
twice. Parquet cannot be appended to: a period is collected as JSON lines (`.part`) and becomes one
Parquet file once it is over.
"""

from okng.connect.sinks.journal.journal import JournalSettings, JournalSink
from okng.connect.sinks.journal.names import JournalFormat

__all__ = ["JournalFormat", "JournalSettings", "JournalSink"]
