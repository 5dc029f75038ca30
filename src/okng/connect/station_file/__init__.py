"""`station.toml`: one station with its sources and sinks, in one file.

It is read and checked as a whole, all faults at once, and written as a template by `okng init`.
"""

from okng.connect.station_file.checking import Checked, checked
from okng.connect.station_file.reading import StationFile, kind_settings, read_station_file
from okng.connect.station_file.settings import LineSettings
from okng.connect.station_file.template import Wanted, station_template

__all__ = [
    "Checked",
    "LineSettings",
    "StationFile",
    "Wanted",
    "checked",
    "kind_settings",
    "read_station_file",
    "station_template",
]
