"""Near duplicates among parts with a common print: comparison after the print is removed."""

from okng.auditing.near.design.line import OwnMarks, own_marks

__all__ = ["OwnMarks", "own_marks"]
