"""A camera and what triggers it: each signal is one part, with a photo or without."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from okng.connect.contracts import Camera, Shot, Trigger
from okng.connect.part import Array, Part
from okng.connect.sources.camera.keeper import CameraKeeper
from okng.errors import ConnectError
from okng.inference.frames import Arrival


@dataclass
class CameraSource:
    """Takes a photo at each signal. Without a photo the part is rejected; signals go on.

    Attributes:
        camera: not opened.
        trigger: not opened.
    """

    camera: Camera
    trigger: Trigger
    connection: CameraKeeper = field(init=False)

    def __post_init__(self) -> None:
        self.connection = CameraKeeper(self.camera)

    def open(self) -> None:
        """Reach the trigger. The camera is reached for beside it, as often as needed."""
        self.connection.start()
        self.trigger.open()

    def parts(self) -> Iterator[Part]:
        """One part for each signal."""
        for shot in self.trigger.shots():
            yield self._part(shot)

    def close(self) -> None:
        """End signals, and let the camera go."""
        self.trigger.close()
        self.connection.stop()

    def _part(self, shot: Shot) -> Part:
        arrival = Arrival.now()  # of the signal: the time for the photo counts, too
        photo, fault = self._taken(shot)
        return Part(
            photo=photo,
            fault=fault,
            key=shot.key,
            serial=shot.serial,
            batch=shot.batch,
            product=shot.product,
            arrival=arrival,
            deadline_s=shot.deadline_s,
            answered=shot.answered,
        )

    def _taken(self, shot: Shot) -> tuple[bytes | Array | None, ConnectError | None]:
        """The photo of a shot, or why there is none."""
        if shot.fault is not None:
            return None, shot.fault
        try:
            photo = self.connection.photo()
        except ConnectError as exc:
            return None, exc
        shot.exposed()
        return photo, None
