"""The checks of the audit, one file each. Checks do not import each other."""

from okng.auditing.check import Check
from okng.auditing.checks.class_counts import ClassCounts
from okng.auditing.checks.defect_sizes import SizesOfDefects
from okng.auditing.checks.drift import Drift
from okng.auditing.checks.exact_duplicates import ExactDuplicates
from okng.auditing.checks.exposure import Exposure
from okng.auditing.checks.formats import Formats
from okng.auditing.checks.label_conflicts import LabelConflicts
from okng.auditing.checks.leaks import Leaks
from okng.auditing.checks.left_out import LeftOut
from okng.auditing.checks.near_duplicates import NearDuplicates
from okng.auditing.checks.ok_class import OkClass
from okng.auditing.checks.shortcuts import Shortcuts
from okng.auditing.checks.suspicious_labels import SuspiciousLabels
from okng.auditing.checks.unreadable import UnreadableFiles

CHECKS: tuple[Check, ...] = (
    Leaks(),
    LabelConflicts(),
    NearDuplicates(),
    OkClass(),
    ClassCounts(),
    ExactDuplicates(),
    UnreadableFiles(),
    LeftOut(),
    Formats(),
    Exposure(),
    Drift(),
    SizesOfDefects(),
    Shortcuts(),
    SuspiciousLabels(),
)
"""All checks, in the order of their findings among those of equal severity."""
