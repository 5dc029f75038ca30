"""A person lets the drift alarm learn anew, on record."""

from datetime import UTC, datetime

from okng.records import Kind, Records
from okng.records.payloads import Audit
from okng.station.clock import entry_now
from okng.station.drift_alarm.watcher import DriftWatcher

ACTION = "drift-learned-anew"


def learn_anew(
    watcher: DriftWatcher, records: Records, station: str, by: str, reason: str, product: str | None
) -> None:
    """Learn what is in control from the next parts; it is on record when this returns.

    Args:
        watcher: of the station.
        records: where it is put on record.
        station: its name.
        by: who asks for it.
        reason: why.
        product: whose parts changed; of all, if None.

    Raises:
        RecordsError: it cannot be put on record; the alarm goes on as before.
    """
    details = {"reason": reason} | ({} if product is None else {"product": product})
    entry = entry_now(
        datetime.now(UTC), station=station, kind=Kind.AUDIT, subject="drift", by=by,
        payload=Audit(action=ACTION, details=details),
    )  # fmt: skip
    records.append(entry).result()
    watcher.forget(product)
