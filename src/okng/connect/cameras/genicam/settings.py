"""Settings of a GenICam camera."""

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from okng.config import Duration
from okng.connect.cameras.checks import Identical, PhotoChecks
from okng.connect.cameras.genicam.free_running import FreeRunning
from okng.connect.cameras.genicam.producer import Producer, features_set, producer, started
from okng.connect.cameras.genicam.triggered import TRIGGERED, TriggeredCamera
from okng.connect.cameras.live import LiveCamera, Timing
from okng.connect.cameras.looking import examined
from okng.connect.contracts import Around, Camera, CameraSettings, Finding


class Acquisition(StrEnum):
    """Who decides when a frame is exposed."""

    SOFTWARE = "software"
    FREE = "free"


class GenicamCameraSettings(CameraSettings):
    """An industrial camera after GenICam: GigE Vision, USB3 Vision, CoaXPress and others."""

    kind: ClassVar[str] = "genicam"

    producer: Path = Field(description="GenTL producer (.cti file) of the maker's driver.")
    device: str = Field(
        "", max_length=200, description="Serial number, name or id; empty for the only camera."
    )
    acquisition: Acquisition = Field(
        Acquisition.SOFTWARE,
        description="software: the camera exposes at each trigger. free: it runs by itself.",
    )
    pixel_format: str = Field(
        "", max_length=40, description="As PFNC names it, such as BayerRG8; the camera's, if empty."
    )
    width: int | None = Field(None, ge=16, le=65535, description="Width of photos in pixels.")
    height: int | None = Field(None, ge=16, le=65535, description="Height of photos in pixels.")
    exposure_us: float | None = Field(
        None, gt=0, le=60e6, description="Exposure in microseconds; the camera's, if left out."
    )
    gain_db: float | None = Field(
        None, ge=-20, le=100, description="Gain in decibels; the camera's, if left out."
    )
    frames_per_s: float | None = Field(
        None, gt=0, le=10000, description="Frames a second of a camera that runs by itself."
    )
    features: dict[str, bool | int | float | str] = Field(
        default_factory=dict,
        description="Other features by the name that the maker gives them, set first, in order.",
    )
    latency: Duration | None = Field(
        None,
        ge=0,
        le=10,
        description="free: time from exposure to arrival; the time between two frames, if left "
        "out.",
    )
    timeout: Duration = Field(2.0, gt=0, le=120, description="Time that a photo may take.")
    identical: Identical = Field(
        Identical.REFUSE, description="A photo that equals the one before: refuse, or accept it."
    )

    def check(self, around: Around) -> list[Finding]:
        """Open it and take a photo."""
        return examined(self.camera(around), self._where)

    def camera(self, around: Around) -> Camera:  # noqa: ARG002 - it belongs to no station
        """The camera; it is not opened yet."""
        size = (self.width, self.height) if self.width and self.height else None
        checks = PhotoChecks(self._where, size, self.identical)
        if self.acquisition is Acquisition.SOFTWARE:
            return TriggeredCamera(self._where, self._opened, self.timeout, checks)
        timing = Timing(self.timeout, max(10.0, self.timeout), 2, self.latency)
        return LiveCamera(self._where, self._stream, timing, checks)

    def values(self) -> dict[str, bool | float | str]:
        """Features to set, in the order in which cameras take them."""
        triggers = self.acquisition is Acquisition.SOFTWARE
        wanted: dict[str, bool | float | str | None] = {
            **self.features,
            "PixelFormat": self.pixel_format or None,
            "Width": self.width,
            "Height": self.height,
            **({} if self.exposure_us is None else {"ExposureAuto": "Off"}),
            "ExposureTime": self.exposure_us,
            **({} if self.gain_db is None else {"GainAuto": "Off"}),
            "Gain": self.gain_db,
            "AcquisitionFrameRate": self.frames_per_s,
            **(TRIGGERED if triggers else {"TriggerMode": "Off"}),
        }
        return {name: value for name, value in wanted.items() if value is not None}

    @property
    def _where(self) -> str:
        return f"GenICam camera {self.device or self.producer.name}"

    @property
    def _spare(self) -> tuple[str, ...]:
        free = self.acquisition is Acquisition.FREE
        return ("ExposureAuto", "GainAuto", "TriggerSelector", *(("TriggerMode",) if free else ()))

    def _opened(self) -> tuple[Producer, Any]:
        maker = producer(self.producer)
        acquirer = maker.acquirer(self.device)
        try:
            features_set(acquirer, self.values(), self._where, self._spare)
            started(acquirer)
        except BaseException:
            maker.let_go(acquirer)
            raise
        return maker, acquirer

    def _stream(self) -> FreeRunning:
        make = partial(FreeRunning, where=self._where, timeout_s=self.timeout)
        return make(*self._opened())
