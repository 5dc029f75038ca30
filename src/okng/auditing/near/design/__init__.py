"""Near-duplicates among parts that bear one print: what is left when the print is taken away."""

from okng.auditing.near.design.line import OwnMarks, own_marks

__all__ = ["OwnMarks", "own_marks"]
