"""Inspection numbers: UInt32 from 1, never one twice within weeks, also after a restart."""

_MODULUS = 2**32
_A_SECOND = 1024  # more parts than a line makes in a second


def first_number(unix_s: float) -> int:
    """The number of the first part after a start.

    It follows the clock, so it is above every number that was given before the start, until they
    wrap after 48 days. A PLC that still waits for a number of the time before never gets it.
    """
    return int(unix_s) * _A_SECOND % _MODULUS or 1


def next_number(number: int) -> int:
    """The number after this one; 0 is left out, since it means that there is none."""
    return (number + 1) % _MODULUS or 1
