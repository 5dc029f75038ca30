"""Audit: checks a data set for copies, leaks, wrong labels and bad photos before training."""

from okng.auditing.findings import (
    Conflict,
    Fault,
    Finding,
    Findings,
    Pair,
    Severity,
)
from okng.auditing.report import headline, write_report
from okng.auditing.run_checks import Examination, examine, with_splits

__all__ = [
    "Conflict",
    "Examination",
    "Fault",
    "Finding",
    "Findings",
    "Pair",
    "Severity",
    "examine",
    "headline",
    "with_splits",
    "write_report",
]
