"""What a station is asked, and what it answers."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from okng.inference.frames import Arrival
from okng.records import InspectionRow, Role

Array = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartRequest:
    """One part, and who asks about it.

    Attributes:
        station: name of the chain that the inspection joins; that of the station, if None.
        serial: of the part; None without one.
        batch: likewise.
        product: likewise; that of the station's settings, if None.
        key: idempotency key; a repeat with the same key gets the same answer.
        model: name of the model that decides; the first of the station, if None.
        role: what the inspection is for; a master part does not reach the shadow.
        asked_by: who asks, on record: `key:NAME`, `user:NAME`, `source:NAME`, or `local`.
        client: whose photos are counted together.
        request_id: of the request, as in the log.
        arrival: when the photo was received.
    """

    station: str | None = None
    serial: str | None = None
    batch: str | None = None
    product: str | None = None
    key: str | None = None
    model: str | None = None
    role: Role = Role.LIVE
    asked_by: str = "local"
    client: str = "local"
    request_id: str | None = None
    arrival: Arrival = field(default_factory=Arrival.now)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhotoRequest(PartRequest):
    """One photo of a part that is to be judged.

    Attributes:
        photo: bytes of an image file, or uint8 (H, W, 3), RGB.
    """

    photo: bytes | Array


class Answer(NamedTuple):
    """A verdict that may be answered.

    Attributes:
        row: the inspection, as it stands on record.
        repeated: whether it was on record before: the same key with the same photo.
    """

    row: InspectionRow
    repeated: bool = False
