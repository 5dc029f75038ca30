"""What a source, a sink and their settings must have: the contracts of `okng.connect`.

A third party adds a kind by an entry point in the group `okng.sources`, `okng.sinks`,
`okng.cameras` or `okng.triggers`, named by the kind, that gives its settings class.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict, Field

from okng.config.sections import Duration
from okng.connect.delivery import Alarm, Delivery
from okng.connect.part import Answered, Array, Part
from okng.connect.shared import Shared
from okng.error_codes import Code
from okng.errors import ConnectError
from okng.records import Role
from okng.records.outbox import Begin, ChainRow


class Alarming(Protocol):
    """Alarms of a station that begin and are over; to be used from any thread."""

    def begin(self, code: Code, where: str, values: Mapping[str, object] | None = None) -> bool:
        """Raise an alarm, unless it is on already; whether it was not on before."""

    def over(self, code: Code, where: str, values: Mapping[str, object] | None = None) -> bool:
        """End an alarm; whether it was on."""


class NoAlarms:
    """Alarms that nobody gets, such as those of a check before the station runs."""

    def begin(self, _code: Code, _where: str, _values: Mapping[str, object] | None = None) -> bool:
        """Nothing happens."""
        return False

    def over(self, _code: Code, _where: str, _values: Mapping[str, object] | None = None) -> bool:
        """Nothing happens."""
        return False


def nothing_known(_keys: Sequence[str]) -> frozenset[str]:
    """No part is on record."""
    return frozenset()


@dataclass(frozen=True)
class Around:
    """The station that an adapter belongs to.

    Attributes:
        site: name of the plant, in topics and addresses.
        station: name of the station.
        product: that is inspected; None without one.
        shared: what several adapters of the station use together.
        known: which of some idempotency keys are on record; for sources whose photos stay.
        alarms: for what a source, a sink or a PLC finds by itself. Of a fault that it raises, the
            runner makes the alarm.
    """

    site: str
    station: str
    product: str | None = None
    shared: Shared = field(default_factory=Shared)
    known: Callable[[Sequence[str]], AbstractSet[str]] = nothing_known
    alarms: Alarming = field(default_factory=NoAlarms)


class Finding(NamedTuple):
    """One thing that `okng run --check` found to be as it must be.

    Attributes:
        subject: what was looked at: `folder`, `broker`, `certificate`, `tag`.
        value: what is there: a path, a version, a number of parts; shown as it is.
    """

    subject: str
    value: str


class Source(Protocol):
    """Where parts come from. Used by one thread, except for `close`.

    A part stays in flight until it is answered, and a source may have many in flight. After `close`
    its `parts` may wait for their answers, to leave everything in order.
    """

    def open(self) -> None:
        """Reach what photos come from.

        Raises:
            ConnectError: it cannot be reached now. The runner calls `open` again, ever more
                seldom, at start as well as later, without `close` in between.
        """

    def parts(self) -> Iterator[Part]:
        """Parts as they arrive, until `close`.

        Raises:
            ConnectError: what photos come from is lost. The runner opens it anew.
        """

    def close(self) -> None:
        """End `parts`, from any thread; also where `open` failed or was never called."""


class Takes(StrEnum):
    """What a kind of sink gets."""

    VERDICTS = "verdicts"
    CHAIN = "chain"


class Sink(Protocol):
    """Where verdicts go. Used by one thread of its own.

    It does not buffer, order, retry or count: the runner alone does.
    """

    def open(self) -> None:
        """Connect.

        Raises:
            ConnectError: it cannot be reached now. The runner calls `open` again, ever more seldom.
        """

    def send(self, deliveries: Sequence[Delivery]) -> None:
        """Send verdicts, in their order, and return once the other side has all of them.

        A repeat after a fault may hold what arrived already: the other side knows it by its id.
        While nothing is to be sent, it is called with no verdict at all, now and then: a sink that
        can see whether its connection still stands does so.

        Raises:
            ConnectError: the connection is lost. The runner opens it anew and repeats all of them,
                after `retry_after` seconds where the error has them.
            RefusedError: the other side will never take one of them. The runner sends them one by
                one, sets the refused one aside, and raises an alarm.
        """

    def alarm(self, alarm: Alarm) -> None:
        """Send an alarm; a sink without a place for it returns at once.

        Raises:
            ConnectError: likewise.
        """

    def close(self) -> None:
        """Say good-bye; also where `open` failed or was never called."""


class ChainSink(Protocol):
    """Where the whole chain of a station goes, row by row. Used by one thread of its own."""

    def open(self) -> int:
        """Connect.

        Returns:
            Number of the last row that the other side has; rows behind it are sent again.

        Raises:
            ConnectError: it cannot be reached now.
        """

    def send(self, rows: Sequence[ChainRow]) -> None:
        """Send rows, in their order, and return once the other side has all of them.

        Raises:
            ConnectError: the connection is lost, or the other side has another chain.
        """

    def close(self) -> None:
        """Say good-bye; also where `open` failed or was never called."""


class Camera(Protocol):
    """What takes a photo when it is asked to. Used by one thread, except for `close`."""

    def open(self) -> None:
        """Reach the camera.

        Raises:
            ConnectError: it cannot be reached now; `open` is called again.
        """

    def photo(self) -> bytes | Array:
        """A photo of now, never one that was taken before the call: uint8 (H, W, 3), RGB.

        Raises:
            ConnectError: there is none; the part is rejected, and the camera is opened anew.
        """

    def close(self) -> None:
        """Let the camera go; also where `open` failed or was never called."""


class Shot(NamedTuple):
    """One part that is in front of the camera now.

    Attributes:
        key: idempotency key of the part.
        exposed: to be called once the photo is taken: the part may move.
        answered: to be called once with what became of the part.
        serial: of the part; None without one.
        batch: likewise.
        product: likewise.
        deadline_s: seconds from now after which the verdict is late; None for never.
        fault: why there is no photo to take any more; the part is on record as an error.
    """

    key: str
    exposed: Callable[[], None]
    answered: Answered
    serial: str | None = None
    batch: str | None = None
    product: str | None = None
    deadline_s: float | None = None
    fault: ConnectError | None = None


class Trigger(Protocol):
    """Signals that a part is in front of the camera. Used by one thread, except for `close`."""

    def open(self) -> None:
        """Reach what triggers.

        Raises:
            ConnectError: it cannot be reached now; `open` is called again.
        """

    def shots(self) -> Iterator[Shot]:
        """Parts as they come in front of the camera, until `close`.

        Raises:
            ConnectError: what triggers is lost; the runner opens it anew.
        """

    def close(self) -> None:
        """End `shots`, from any thread; also where `open` failed or was never called."""


class _AdapterSettings(BaseModel):
    """One table of `station.toml`.

    Attributes:
        kind: name of the kind, as in `station.toml`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: ClassVar[str]

    def check(self, around: Around) -> list[Finding]:
        """Look at all that it needs, and change nothing.

        Raises:
            OkngError: something is missing or refused.
        """
        raise NotImplementedError


class SourceSettings(_AdapterSettings):
    """One table `[[sources]]` of `station.toml`; each kind adds its fields."""

    name: str = Field("", max_length=100, description="Name on alarms; its kind, if empty.")
    deadline: Duration | None = Field(
        None,
        gt=0,
        description="Time from the photo to the answer, such as 200ms; a part whose verdict is "
        "late is rejected.",
    )
    frozen_after: int = Field(
        5,
        ge=0,
        description="So many identical photos in a row are a camera that hangs: these parts are "
        "rejected; 0 for never.",
    )
    width: int | None = Field(None, ge=1, description="Width of photos; others are rejected.")
    height: int | None = Field(None, ge=1, description="Height of photos; others are rejected.")

    def source(self, around: Around) -> Source:
        """The source; it is not opened yet."""
        raise NotImplementedError


class SinkSettings(_AdapterSettings):
    """One table `[[sinks]]` of `station.toml`; each kind adds its fields.

    Attributes:
        at_once: verdicts of one call of `send`, at most. A sink that sends one after the other
            takes 1, so that a fault repeats none that arrived.
        takes: verdicts and alarms, or all rows of the chain.
    """

    at_once: ClassVar[int] = 500
    takes: ClassVar[Takes] = Takes.VERDICTS

    name: str = Field("", max_length=100, description="Name in the outbox; its kind, if empty.")
    roles: tuple[Role, ...] = Field(
        (Role.LIVE,), description="Which verdicts: live, shadow, master."
    )
    begin: Begin = Field(
        Begin.NOW,
        description="What a new sink gets: verdicts from now on, or from the first on record.",
    )
    retry_longest: Duration = Field(
        60.0, gt=0, le=3600, description="Longest time between two attempts to reach it."
    )
    alarm_after: Duration = Field(
        30.0, ge=0, description="Time out of reach after which an alarm is raised."
    )

    @property
    def title(self) -> str:
        """Its name, or its kind."""
        return self.name or self.kind

    def sink(self, around: Around) -> Sink | ChainSink:
        """The sink; it is not opened yet. One of chains has `takes` set to `Takes.CHAIN`."""
        raise NotImplementedError


class CameraSettings(_AdapterSettings):
    """The table `camera` of a source of kind `camera`; each kind adds its fields."""

    def camera(self, around: Around) -> Camera:
        """The camera; it is not opened yet."""
        raise NotImplementedError


class TriggerSettings(_AdapterSettings):
    """The table `trigger` of a source of kind `camera`; each kind adds its fields."""

    def trigger(self, around: Around) -> Trigger:
        """The trigger; it is not opened yet."""
        raise NotImplementedError
