"""Audit: what is wrong with the photos, found before anything learns from them."""

from okng.audit.examine import Examination, examine, with_splits
from okng.audit.findings import Conflict, Fault, Finding, Findings, Pair, Severity
from okng.audit.report import headline, write_report

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
