"""A station with a camera and a PLC that is killed again and again.

Usage: python -m okng.testing.line.faults.killed_plc_line DATABASE FOLDER MODEL BROKER CARRIER PLC

All is as `okng run` has it, but for the camera, which shows the part whose number stands in a file
of the folder, and for the network: the score of a photo is its brightness.
"""

import sys
from pathlib import Path
from typing import ClassVar

from okng.connect.contracts import Around, Camera, CameraSettings, Finding, TriggerSettings
from okng.connect.plc.settings.modbus import ModbusPlcSettings
from okng.connect.plc.settings.opcua import OpcUaPlcSettings
from okng.connect.sources.camera import CameraSourceSettings
from okng.connect.station_file import StationFile
from okng.connect.station_file.settings import LineSettings
from okng.errors import ConnectError
from okng.inference.engine import loaded
from okng.serve.lines import run
from okng.testing.line.faults.killed_line import photo_of, sinks
from okng.testing.sessions import BrightnessSession

IN_FRONT = "in-front"
"""File with the number of the part in front of the camera; empty without one."""


class PartCamera:
    """Photographs the part that stands in front of it."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def open(self) -> None:
        """It is always there."""

    def photo(self) -> bytes:
        """A photo of the part.

        Raises:
            ConnectError: no part is there.
        """
        number = self._file.read_text()
        if not number:
            raise ConnectError("No part is in front of the camera")
        return photo_of(int(number))

    def close(self) -> None:
        """Nothing is held."""


class PartCameraSettings(CameraSettings):
    """A camera above a simulated line."""

    kind: ClassVar[str] = "part"

    file: Path

    def check(self, around: Around) -> list[Finding]:  # noqa: ARG002 - it needs nothing
        """It is always there."""
        return []

    def camera(self, around: Around) -> Camera:  # noqa: ARG002 - it belongs to no station
        """The camera."""
        return PartCamera(self.file)


def trigger_of(carrier: str, port: int) -> TriggerSettings:
    """The PLC at a port of this machine; `carrier` is modbus or opcua."""
    if carrier == "modbus":
        return ModbusPlcSettings(host="127.0.0.1", port=port)
    return OpcUaPlcSettings(url=f"opc.tcp://127.0.0.1:{port}", insecure=True)


def station_file(
    database: str, folder: Path, model: Path, broker: int, trigger: TriggerSettings
) -> StationFile:
    """The station, as a `station.toml` would describe it."""
    settings = LineSettings.model_validate(
        {
            "station": {"name": "station-1", "folder": folder},
            "models": {"files": [model]},
            "records": {"database": database, "photos": "none"},
            "server": {"no_auth": True},
            "line": {"flush_timeout": 60},
        }
    )
    camera = PartCameraSettings(file=folder / IN_FRONT)
    return StationFile(
        settings=settings,
        sources=[CameraSourceSettings(name="camera", camera=camera, trigger=trigger)],
        sinks=sinks(folder, broker),
        serves=False,
        where=folder / "station.toml",
    )


def main(database: str, folder: Path, model: Path, broker: int, carrier: str, plc: int) -> None:
    """Run the station until it is killed, or ended by SIGTERM."""
    setattr(loaded, "open_session", lambda *_: BrightnessSession())  # noqa: B010 - a fake
    file = station_file(database, folder, model, broker, trigger_of(carrier, plc))
    run([file], lambda _: None)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]), sys.argv[5],
         int(sys.argv[6]))  # fmt: skip
