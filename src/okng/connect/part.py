"""One part on its way: as it arrives at the camera, and as it is answered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from okng.errors import OkngError
from okng.inference.frames import Arrival
from okng.records import InspectionRow
from okng.verdict import Judgement

Array = npt.NDArray[np.uint8]


class Outcome(NamedTuple):
    """What became of a part.

    Attributes:
        row: the inspection as it is on record; None where there is none.
        fault: why there is none; None where there is one.
    """

    row: InspectionRow | None
    fault: OkngError | None = None

    @property
    def signal(self) -> Judgement:
        """What the line acts on: never OK without a verdict OK on record."""
        return Judgement.ERROR if self.row is None else Judgement(self.row.verdict)

    @property
    def rejects(self) -> bool:
        """Whether the part must not pass as good: NG, REVIEW and ERROR alike."""
        return self.signal is not Judgement.OK


Answered = Callable[[Outcome], None]
"""Called once for each part, in any thread; it must return at once."""


def nobody(_outcome: Outcome) -> None:
    """Nobody waits for the outcome."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """One part that a source has seen.

    Attributes:
        photo: bytes of an image file, or uint8 (H, W, 3), RGB; None where there is no photo.
        fault: why there is no photo. Such a part is on record as an error, and is rejected.
        name: of the photo where it comes from, such as that of a file; empty without one.
        key: idempotency key: the same part never gets two inspections, also after a restart.
        serial: of the part; None without one.
        batch: likewise.
        product: likewise; that of the station, if None.
        arrival: when the photo was taken or received.
        deadline_s: seconds after the arrival at which the verdict is late; None for never.
        answered: called once with what became of it, after the record is on the disk.
    """

    photo: bytes | Array | None
    key: str
    fault: OkngError | None = None
    name: str = ""
    serial: str | None = None
    batch: str | None = None
    product: str | None = None
    arrival: Arrival = field(default_factory=Arrival.now)
    deadline_s: float | None = None
    answered: Answered = nobody
