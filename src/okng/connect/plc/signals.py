"""What a PLC and the station signal to each other: levels, numbers and texts.

The table in `layout` gives each its place. Nothing here is a pulse: every bit stays until the
other side has acknowledged it.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple, Self

from okng.verdict import Judgement


class Offline(IntEnum):
    """Why the station takes no triggers now: the output `offline_reason`."""

    ONLINE = 0, "The station is online."
    STARTING = 1, "The station or its camera is not open."
    PLC_SILENT = 2, "The heartbeat of the PLC does not change."
    NO_PRODUCT = 3, "The PLC has not requested a product since the station started."
    PRODUCT_REFUSED = 4, "The product that the PLC requested last is not in the list."

    meaning: str

    def __new__(cls, value: int, meaning: str) -> Self:
        """Keep the meaning beside the number."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member


class Fault(IntEnum):
    """Why a result is ERROR: the output `error_number`."""

    NONE = 0, "The part was judged."
    OTHER = 1, "Another fault; the record of the part has its code."
    CAMERA = 2, "The camera gave no photo."
    PHOTO = 3, "The photo cannot be read or used."
    MODEL = 4, "The model file or the engine failed."
    RECORDS = 5, "The verdict could not be put on record."
    LATE = 6, "There was no verdict by the deadline."
    OVERRUN = 7, "The queue of results was full: the PLC acknowledged none in time."
    STATION = 8, "The station is full, blocked or stopping."

    meaning: str

    def __new__(cls, value: int, meaning: str) -> Self:
        """Keep the meaning beside the number."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member


class Signal(NamedTuple):
    """The result of one part, as the PLC gets it.

    Attributes:
        judgement: only OK lets the part pass.
        fault: why it is ERROR; NONE for the others.
    """

    judgement: Judgement
    fault: Fault = Fault.NONE


CONTROL_BITS = ("heartbeat", "trigger", "result_ack", "change_request", "reset")
"""Bits of the input `control`, from bit 0."""

STATUS_BITS = (
    "heartbeat", "online", "ready", "trigger_ack", "exposure_complete", "missed_trigger",
    "results_ready", "ok", "ng", "review", "error", "overrun", "change_ack", "change_refused",
    "reset_ack",
)  # fmt: skip
"""Bits of the output `status`, from bit 0."""


def _word(owner: object, bits: tuple[str, ...]) -> int:
    return sum(1 << place for place, name in enumerate(bits) if getattr(owner, name))


def _levels(word: int, bits: tuple[str, ...]) -> dict[str, bool]:
    return {name: bool(word >> place & 1) for place, name in enumerate(bits)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What the PLC signals.

    Attributes:
        heartbeat: changes once a second.
        trigger: a part is in front of the camera; held until `trigger_ack`.
        result_ack: the result was read; held until `results_ready` falls.
        change_request: `product_index` is to be inspected; held until `change_ack`.
        reset: forget every part and result; held until `reset_ack`.
        product_index: number of the product in the list, from 1; only read with `change_request`.
        serial: serial number of the part, UTF-8; empty without one; written before `trigger`.
        batch: batch of the part, likewise.
    """

    heartbeat: bool = False
    trigger: bool = False
    result_ack: bool = False
    change_request: bool = False
    reset: bool = False
    product_index: int = 0
    serial: str = ""
    batch: str = ""

    @property
    def control(self) -> int:
        """All bits as one word."""
        return _word(self, CONTROL_BITS)

    @classmethod
    def of(cls, *, control: int, product_index: int, serial: str, batch: str) -> "Inputs":
        """Inputs from the fields of the table; bits without a meaning are ignored."""
        levels = _levels(control, CONTROL_BITS)
        return cls(**levels, product_index=product_index, serial=serial, batch=batch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """What the station signals.

    Attributes:
        heartbeat: changes once a second.
        online: the station inspects; `offline_reason` is why it does not.
        ready: a trigger is taken now, and only now.
        trigger_ack: the trigger was taken, as `trigger_number`; falls with `trigger`.
        exposure_complete: the photo is taken, the part may move; until the next trigger is taken.
        missed_trigger: a trigger came while not ready; until the next one is taken.
        results_ready: the result of `result_number` is there; until `result_ack`.
        ok: the part passes. Never without `results_ready`, as each of the next three.
        ng: the part is rejected.
        review: the part is set aside for a person.
        error: the part could not be judged; `ng` is set as well.
        overrun: results found no room among the eight that wait; until all eight are read.
        change_ack: the request is answered; falls with `change_request`.
        change_refused: the product is not in the list; until another request is met.
        reset_ack: all is forgotten; falls with `reset`.
        trigger_number: number of the last trigger that was taken; 0 before the first.
        result_number: the number that the trigger of the part got; stays until the next result.
        error_number: why the result is ERROR, one of the error numbers; it stays likewise.
        offline_reason: why the station is not online, one of the offline reasons.
        missed_count: triggers that were missed so far, modulo 65536.
        waiting: results that wait to be read, with the one that is ready: 0 to 8.
        product_index: the product that is inspected now; 0 is that of the station.
    """

    heartbeat: bool = False
    online: bool = False
    ready: bool = False
    trigger_ack: bool = False
    exposure_complete: bool = False
    missed_trigger: bool = False
    results_ready: bool = False
    ok: bool = False
    ng: bool = False
    review: bool = False
    error: bool = False
    overrun: bool = False
    change_ack: bool = False
    change_refused: bool = False
    reset_ack: bool = False
    trigger_number: int = 0
    result_number: int = 0
    error_number: int = Fault.NONE
    offline_reason: int = Offline.STARTING
    missed_count: int = 0
    waiting: int = 0
    product_index: int = 0

    @property
    def status(self) -> int:
        """All bits as one word."""
        return _word(self, STATUS_BITS)

    @classmethod
    def of(
        cls,
        *,
        status: int,
        trigger_number: int,
        result_number: int,
        error_number: int,
        offline_reason: int,
        missed_count: int,
        waiting: int,
        product_index: int,
    ) -> "Outputs":
        """Outputs from the fields of the table, as a PLC reads them."""
        return cls(
            **_levels(status, STATUS_BITS),
            trigger_number=trigger_number,
            result_number=result_number,
            error_number=error_number,
            offline_reason=offline_reason,
            missed_count=missed_count,
            waiting=waiting,
            product_index=product_index,
        )
