"""Who watches the station itself: checks with master parts, the bypass log, reviewed photos."""

from okng.station.oversight.line_guards import LineGuards, StationState

__all__ = ["LineGuards", "StationState"]
