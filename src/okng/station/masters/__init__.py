"""Master parts: known OK and NG parts with which the station itself is checked.

A master part is shown to the camera like any other part. Its verdict must match what it is known to
be; the result is on record. What a failed or overdue check means is decided in `status`.
"""

from okng.station.masters.check import CheckResult, MasterCheck, ShownPart
from okng.station.masters.log import MasterLog
from okng.station.masters.parts import MasterPart, MasterParts
from okng.station.masters.status import CheckState, Consequence, MasterStatus, Schedule, status_of

__all__ = [
    "CheckResult",
    "CheckState",
    "Consequence",
    "MasterCheck",
    "MasterLog",
    "MasterPart",
    "MasterParts",
    "MasterStatus",
    "Schedule",
    "ShownPart",
    "status_of",
]
