"""Times of entries: UTC in microseconds, with the offset of the station's clock."""

from datetime import UTC, datetime, timedelta, timezone

from okng.inference.inspection import new_id
from okng.records import Entry, Kind
from okng.records.payloads import Payload

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970, UTC, of a time with a time zone."""
    # whole division: a float of 1.7e15 would still be exact, and of nanoseconds not
    return (moment - _EPOCH) // timedelta(microseconds=1)


def utc_of(time_us: int) -> datetime:
    """The time of `microseconds`, in UTC."""
    return _EPOCH + timedelta(microseconds=time_us)


def moment_of(time_us: int, offset_min: int) -> datetime:
    """The time of `microseconds`, on a clock that is so many minutes ahead of UTC."""
    return utc_of(time_us).astimezone(timezone(timedelta(minutes=offset_min)))


def offset_minutes(moment: datetime) -> int:
    """Minutes by which the clock of this machine is ahead of UTC at a time."""
    offset = moment.astimezone().utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)


def entry_now(
    now: datetime, *, station: str, kind: Kind, subject: str, by: str, payload: Payload
) -> Entry:
    """An entry of a time.

    Args:
        now: with a time zone.
        station: name of the chain.
        kind: what it is about.
        subject: identifier of what it is about.
        by: who did it.
        payload: in the form of its kind.
    """
    return Entry(
        id=new_id(),
        time_us=microseconds(now),
        offset_min=offset_minutes(now),
        station=station,
        kind=kind,
        subject=subject,
        by=by,
        payload=payload.text(),
    )
