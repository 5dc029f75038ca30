"""A camera above a line, without a camera: drawn parts in front of it, and faults on demand."""

import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import ClassVar

import numpy as np
from pydantic import Field

from okng.connect.contracts import Around, Camera, CameraSettings, Finding
from okng.connect.part import Array
from okng.error_codes import Code
from okng.errors import ConnectError
from okng.testing.defects import Defect
from okng.testing.parts import draw_part


class CameraFault(StrEnum):
    """What is wrong with a camera."""

    MISSING = "missing"
    LOST = "lost"
    FROZEN = "frozen"
    WRONG_SIZE = "wrong size"


class SimulatedCamera:
    """Shows one part after another; part n is the same at each run.

    Attributes:
        fault: in force from now on; None for a camera in order.
        opened: times that `open` succeeded.

    Args:
        size: height and width of photos in pixels.
        defective: share of parts with a defect, in [0, 1].
        light_per_hour: change of light, in units of `draw_part` an hour.
        first: number of the first part.
        clock: seconds; the light drifts with it.
    """

    DEFECTS: ClassVar[Sequence[Defect]] = tuple(Defect)

    def __init__(
        self,
        size: int = 128,
        defective: float = 0.1,
        light_per_hour: float = 0.0,
        first: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.fault: CameraFault | None = None
        self.opened = 0
        self._size = size
        self._defective = defective
        self._light_per_hour = light_per_hour
        self._number = first
        self._clock = clock
        self._start = clock()
        self._last: Array | None = None

    def open(self) -> None:
        """Switch it on."""
        if self.fault in (CameraFault.MISSING, CameraFault.LOST):
            raise ConnectError(
                "The camera is not there.", hint="Plug it in.", code=Code.CAMERA_MISSING
            )
        self.opened += 1

    def photo(self) -> Array:
        """The next part: uint8 (size, size, 3), RGB."""
        if self.fault in (CameraFault.MISSING, CameraFault.LOST):
            raise ConnectError("The camera is lost.", hint="Plug it in.", code=Code.CAMERA_LOST)
        if self.fault is CameraFault.FROZEN and self._last is not None:
            return self._last
        size = self._size // 2 if self.fault is CameraFault.WRONG_SIZE else self._size
        self._last = self._drawn(size)
        return self._last

    def close(self) -> None:
        """Switch it off."""

    def _drawn(self, size: int) -> Array:
        self._number += 1
        seed = self._number
        defect = self.defect_of(seed)
        hours = (self._clock() - self._start) / 3600
        light = float(np.clip(self._light_per_hour * hours, -1, 1))
        return draw_part(seed, defect, size=size, light=light).photo

    def defect_of(self, number: int) -> Defect | None:
        """What is wrong with a part, by its number from `first` + 1; None for a good one."""
        rng = np.random.default_rng((number, 23))
        if rng.random() >= self._defective:
            return None
        return self.DEFECTS[int(rng.integers(len(self.DEFECTS)))]


class SimulatedCameraSettings(CameraSettings):
    """A camera that shows drawn parts, to try a line out without one."""

    kind: ClassVar[str] = "simulated"

    size: int = Field(300, ge=32, le=2048, description="Height and width of photos in pixels.")
    defective: float = Field(0.1, ge=0, le=1, description="Share of parts with a defect.")
    light_per_hour: float = Field(
        0.0, ge=-10, le=10, description="Change of light in an hour; 1 is a third brighter."
    )
    first: int = Field(0, ge=0, description="Number of the first part.")

    def check(self, around: Around) -> list[Finding]:  # noqa: ARG002 - it needs nothing
        """It is always there."""
        return [Finding("camera", "simulated"), Finding("size", f"{self.size} x {self.size}")]

    def camera(self, around: Around) -> Camera:  # noqa: ARG002 - it belongs to no station
        """The camera; it is not opened yet."""
        return SimulatedCamera(self.size, self.defective, self.light_per_hour, self.first)
