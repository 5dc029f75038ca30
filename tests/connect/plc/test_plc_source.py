"""A table of `station.toml` with a PLC: it triggers a camera, and every part is answered."""

import threading
from dataclasses import dataclass, field

import numpy as np
import pytest

from okng.connect.contracts import Around
from okng.connect.part import Array, Outcome, Part
from okng.connect.sources.camera import CameraSource, CameraSourceSettings
from okng.errors import ConnectError
from okng.testing.line.plc.plc_memory import ServingRegisters
from okng.testing.line.plc.plc_program import Bin, PlcProgram, Trouble
from okng.testing.line.plc.plc_simulator import simulated_plc
from okng.testing.line.plc.plc_station import free_port, until
from okng.testing.station.records import inspection_row

PARTS = [f"part-{number}" for number in range(6)]
BAD = {"part-1", "part-4"}


@dataclass
class PartCamera:
    """Its photo is the number of the part in front of it."""

    program: PlcProgram
    lost: set[str] = field(default_factory=set)

    def open(self) -> None:
        """Nothing to reach."""

    def photo(self) -> Array:
        """One pixel."""
        part = self.program.at_camera
        if part in self.lost:
            self.lost.remove(part)
            raise ConnectError("The camera gave no photo")
        return np.full((1, 1, 3), PARTS.index(part), np.uint8)

    def close(self) -> None:
        """Nothing to let go."""


def _inspected(part: Part) -> Outcome:
    """By the photo alone, as an engine does it."""
    if part.photo is None or isinstance(part.photo, bytes):
        return Outcome(None, part.fault)
    name = PARTS[part.photo[0, 0, 0]]
    return Outcome(inspection_row(verdict="NG" if name in BAD else "OK", serial=part.serial))


def _run(program: PlcProgram, camera: PartCamera) -> list[Part]:
    """Sort all parts; what the source gave."""
    port, parts = free_port(), list[Part]()
    table = {
        "camera": {"kind": "video", "file": "unused.mp4"},
        "trigger": {"kind": "plc-modbus", "host": "127.0.0.1", "port": port},
    }
    settings = CameraSourceSettings.model_validate(table)
    source = CameraSource(camera, settings.trigger.trigger(Around("plant", "station-1")))

    def receive() -> None:
        for part in source.parts():
            parts.append(part)
            threading.Timer(0.005, part.answered, [_inspected(part)]).start()

    with simulated_plc(program, ServingRegisters(port)) as plc:
        source.open()
        thread = threading.Thread(target=receive)
        thread.start()
        done = plc.wait(20)
        source.close()
        thread.join(10)
    assert done
    return parts


def test_every_part_has_its_own_photo_serial_and_bin() -> None:
    """Trigger, camera, judge and PLC, by a table of the station."""
    program = PlcProgram(PARTS)

    parts = _run(program, PartCamera(program))

    assert [part.serial for part in parts] == PARTS
    assert len({part.key for part in parts}) == len(PARTS)
    assert {name for name, where in program.bins.items() if where is Bin.REJECT} == BAD


def test_a_photo_that_fails_rejects_its_part_only() -> None:
    """The camera is opened anew, and the PLC gets ERROR with its number for that part."""
    program = PlcProgram(PARTS)

    _run(program, PartCamera(program, {"part-2"}))

    rejected = {name for name, where in program.bins.items() if where is Bin.REJECT}
    assert {"part-2"} | BAD <= rejected
    assert program.bins["part-5"] is Bin.GOOD
    assert program.results[2].error_number == 2


@pytest.mark.parametrize("trouble", [Trouble.DOUBLE_TRIGGER, Trouble.MISSING_TRIGGER])
def test_doubled_and_missing_triggers_shift_no_verdict(trouble: Trouble) -> None:
    """Parts after them keep their own verdicts."""
    program = PlcProgram(PARTS, {"part-0": trouble, "part-3": trouble})

    parts = _run(program, PartCamera(program))

    assert {name for name in BAD if program.bins[name] is Bin.GOOD} == set()
    assert {program.bins["part-2"], program.bins["part-5"]} == {Bin.GOOD}
    until(lambda: bool(parts))
