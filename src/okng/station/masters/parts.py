"""The list of master parts, as the entries about them add up to it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from okng.errors import MissingError, StationError
from okng.records import Entry
from okng.records.payloads import MasterPartChange, Truth
from okng.station.clock import utc_of


@dataclass(frozen=True, slots=True)
class MasterPart:
    """A part that is known to be good or defective.

    Attributes:
        serial: its own serial number.
        truth: OK or NG.
        label: class of its defect; empty if it is good, or not named.
        note: what a person adds, such as where it is stored.
        photos: SHA-256 of photos of it, in hex; may be empty.
        since: when it joined the list, in UTC.
        by: who put it there.
    """

    serial: str
    truth: Truth
    label: str
    note: str
    photos: tuple[str, ...]
    since: datetime
    by: str


@dataclass(frozen=True, slots=True)
class MasterParts:
    """The master parts of a station by serial, in the order in which they joined.

    Attributes:
        active: those that a check needs.
        retired: serials that were on the list once.
    """

    active: Mapping[str, MasterPart] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()

    def __iter__(self) -> Iterator[MasterPart]:
        """The active ones."""
        return iter(self.active.values())

    def __len__(self) -> int:
        """How many are active."""
        return len(self.active)

    def part(self, serial: str) -> MasterPart:
        """The active part of a serial.

        Raises:
            MissingError: there is none.
        """
        part = self.active.get(serial)
        if part is None:
            raise MissingError(
                f"There is no master part {serial!r}",
                hint="Take a serial from the list of master parts.",
            )
        return part

    def check_change(self, serial: str, change: MasterPartChange) -> None:
        """Whether a change fits the list as it is.

        Raises:
            StationError: the serial is empty, or is on the list already.
            MissingError: the part that is replaced or retired is not on the list.
        """
        if change.action == "retired":
            self.part(serial)
            return
        if change.action == "replaced":
            self.part(change.replaces)
        if not serial.strip():
            raise StationError("A master part needs a serial", hint="Give the one that it bears.")
        if serial in self.active and serial != change.replaces:
            raise StationError(
                f"There is a master part {serial!r} already",
                hint="Replace it, or give this one another serial.",
            )


def master_parts(entries: Iterable[Entry]) -> MasterParts:
    """The list after all entries about master parts.

    Args:
        entries: of kind master-part, oldest first. Their subject is the serial.
    """
    active: dict[str, MasterPart] = {}
    retired: set[str] = set()
    for entry in entries:
        change = MasterPartChange.of(entry.payload)
        leaving = entry.subject if change.action == "retired" else change.replaces
        if active.pop(leaving, None) is not None:
            retired.add(leaving)
        if change.action != "retired":
            active[entry.subject] = _part(entry, change)
            retired.discard(entry.subject)
    return MasterParts(active, frozenset(retired))


def _part(entry: Entry, change: MasterPartChange) -> MasterPart:
    return MasterPart(
        entry.subject,
        change.truth or "OK",
        change.label,
        change.note,
        change.photos,
        utc_of(entry.time_us),
        entry.by,
    )
