"""Audit: what is wrong with the photos, found before anything learns from them."""

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
