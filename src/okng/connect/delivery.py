"""What a sink receives: a verdict that is on record, or an alarm."""

from typing import Any, NamedTuple

from okng.error_codes import Code
from okng.records import InspectionRow


class Delivery(NamedTuple):
    """One verdict, as it is on record.

    Attributes:
        row: the inspection. Its `id` is the idempotency key of every sink: what was sent twice
            has the same one.
        seq: number of the row in the chain of its station, from 1; sinks get rows in this order.
    """

    row: InspectionRow
    seq: int


class Alarm(NamedTuple):
    """Something that a person of the line must see.

    Attributes:
        id: UUID version 7.
        time_us: when it happened, in microseconds since 1970, UTC.
        station: name of the station.
        code: what is wrong; its sentence is rendered where it is shown.
        where: source, sink or part that it is about.
        values: figures of the sentence, as JSON takes them.
        over: whether it ends an alarm with the same code and place.
    """

    id: str
    time_us: int
    station: str
    code: Code
    where: str = ""
    values: dict[str, Any] = {}  # noqa: RUF012 - the default of a named tuple, never written to
    over: bool = False
