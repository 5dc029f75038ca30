"""What a reader asks the page of inspections for, as it stands in its address."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from okng.records.queries import InspectionFilter

_US = 1_000_000  # microseconds in a second


@dataclass(frozen=True, slots=True)
class Asked:
    """The search of the page of inspections; empty fields do not count.

    Attributes:
        serial: a serial number or its beginning.
        batch: exactly this one.
        since: first day, as YYYY-MM-DD in the time zone of the server.
        until: last day, likewise.
        verdicts: any of these.
        reviewed: `yes`, `no`, or empty.
        view: `table` or `gallery`.
        cursor: where the page begins.
    """

    serial: str = ""
    batch: str = ""
    since: str = ""
    until: str = ""
    verdicts: tuple[str, ...] = ()
    reviewed: str = ""
    view: str = "table"
    cursor: str = ""

    def filter(self) -> InspectionFilter:
        """The same as a question to the records; a day that is none does not count."""
        return InspectionFilter(
            serial_prefix=self.serial.strip() or None,
            batch=self.batch.strip() or None,
            since_us=_begin(self.since),
            until_us=_begin(self.until, days=1),
            verdicts=frozenset(self.verdicts),
            reviewed={"yes": True, "no": False}.get(self.reviewed),
        )


def address(asked: Asked, path: str = "/inspections", **changes: str) -> str:
    """The address of the page with some fields changed, or of another one with this search."""
    fields = asdict(replace(asked, **changes))  # type: ignore[arg-type]
    fields["verdict"] = fields.pop("verdicts")
    given = {name: value for name, value in fields.items() if value}
    return f"{path}?{urlencode(given, doseq=True)}"


def _begin(day: str, days: int = 0) -> int | None:
    """The begin of a day, moved by so many days, in microseconds since 1970."""
    try:
        begin = datetime.combine(date.fromisoformat(day) + timedelta(days=days), time())
        return int(begin.astimezone().timestamp()) * _US
    except (ValueError, OverflowError, OSError):
        return None
