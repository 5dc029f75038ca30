"""The drift alarm: reports, part by part, that photos are no longer those of before.

The control charts of `okng.station.drift` show periods to a person; this one needs nobody to look.
"""

from okng.station.drift_alarm.cusum import Change
from okng.station.drift_alarm.measures import Measure, Measured, Reference
from okng.station.drift_alarm.monitor import Monitor
from okng.station.drift_alarm.watcher import Drift, DriftWatcher

__all__ = ["Change", "Drift", "DriftWatcher", "Measure", "Measured", "Monitor", "Reference"]
