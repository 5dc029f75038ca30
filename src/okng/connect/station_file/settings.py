"""Settings of a station on the line: those of `okng serve`, and what the line adds."""

from pathlib import Path

from pydantic import Field

from okng.config import Duration, Section, StationSettings
from okng.config.station import ModelsSection, StationSection


class LineStationSection(StationSection):
    """Which station this is, and where."""

    site: str = Field(
        "plant", min_length=1, max_length=100, description="Name of the plant, in topics."
    )


class LineModelsSection(ModelsSection):
    """Which models judge."""

    files: tuple[Path, ...] = Field(
        (), description="Model files, or folders of runs; the first one decides."
    )


class LineSection(Section):
    """How the line stops."""

    flush_timeout: Duration = Field(
        10.0,
        ge=0,
        description="Time to send what is left at a stop; the rest is sent after the next start.",
    )


class LineSettings(StationSettings):
    """The tables of `station.toml` beside `[[sources]]` and `[[sinks]]`."""

    station: LineStationSection = LineStationSection()
    models: LineModelsSection = LineModelsSection()
    line: LineSection = LineSection()
