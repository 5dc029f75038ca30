"""Changes of the drift alarm become alarms of the line: on record, and sent to every sink."""

from okng.connect.alarms import Alarms
from okng.station import Station
from okng.station.drift_alarm import Drift
from okng.station.drift_alarm.codes import CODES, values_of


def report_drift(station: Station, alarms: Alarms) -> None:
    """Raise and end alarms with the drift of a station; nothing happens where it watches none."""
    if station.drift is None:
        return

    def report(drift: Drift) -> None:
        finding = drift.finding
        where = f"{drift.product or station.name} ({finding.reference})"
        change = alarms.over if finding.change.over else alarms.begin
        change(CODES[finding.measure], where, values_of(finding))

    station.drift.reports.append(report)
