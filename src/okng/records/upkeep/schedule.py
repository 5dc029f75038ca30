"""What a station does by the clock: heads at shift ends, heads handed on, retention."""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from time import monotonic

from okng.config.station import StationSettings
from okng.error_codes import Code
from okng.errors import ConfigError, OkngError, RecordsError
from okng.files import write_error
from okng.records.photos import PhotoStore
from okng.records.proof import HeadSigner
from okng.records.proof.heads import hand_on
from okng.records.records import Records
from okng.records.upkeep.retention import Retained, RetentionRule, retain, retain_photos

_LOG = logging.getLogger(__name__)
_STEP_SECONDS = 30.0
"""How exactly the end of a shift is met."""
_RETENTION = timedelta(hours=1)
_LARGEST_JUMP = timedelta(hours=2)
"""Local time moves by one hour where summer time begins."""
_GB = 10**9


class Schedule:
    """Runs in a thread of its own until it is stopped.

    Faults stay in `fault`, of retention, and `handing_fault`, of heads that are handed on.

    Args:
        records: of the station.
        photos: of the station.
        signer: of its heads.
        settings: of the station.
        clock: gives the local time.
        elapsed: gives seconds that no change of the clock moves.

    Raises:
        ConfigError: a start of a shift is no time.
    """

    def __init__(
        self,
        records: Records,
        photos: PhotoStore,
        signer: HeadSigner,
        settings: StationSettings,
        clock: Callable[[], datetime] = datetime.now,
        elapsed: Callable[[], float] = monotonic,
    ) -> None:
        self._records, self._photos, self._signer = records, photos, signer
        self._settings, self._clock, self._elapsed = settings, clock, elapsed
        self._elapsed_before, self._jumped = elapsed(), False
        self._starts = shift_starts(settings.station.shifts)  # local times of day
        self._checked = self._retained = clock()
        self._stopped = threading.Event()
        self._heads = settings.station.folder / "heads"
        self.fault: OkngError | None = None
        self.handing_fault: OkngError | None = None
        self._thread = threading.Thread(target=self._work, name="okng-schedule", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread, after a deletion that is on its way."""
        self._stopped.set()
        self._thread.join()

    def step(self) -> None:
        """Do what is due: the thread calls it every 30 seconds."""
        now = self._clock()
        if shift_begins(self._starts, self._checked, now):
            self._signer.mark("shift")
        self._watch_clock(now)
        self._checked = now
        self.hand_on()
        # The first time an hour after the start: a restart is no moment for long work.
        if now - self._retained >= _RETENTION and not self._jumped:
            self._retained = now
            self._retain()

    def hand_on(self) -> None:
        """Copy new heads to the other place, here and not in the writer: a share may hang."""
        other = self._settings.records.heads_to
        if other is None:
            return
        try:
            hand_on(self._heads, other, self._settings.station.name)
            self.handing_fault = None
        except OkngError as exc:
            self.handing_fault = exc
        except OSError as exc:
            self.handing_fault = write_error(exc, other)

    def _watch_clock(self, now: datetime) -> None:
        """A clock that jumps ahead would let every inspection look old, and delete it."""
        elapsed = self._elapsed()
        # beyond the time that a clock without jumps has measured
        jump = (now - self._checked) - timedelta(seconds=elapsed - self._elapsed_before)
        self._elapsed_before = elapsed
        if jump > _LARGEST_JUMP:
            self._jumped = True
            self.fault = RecordsError(
                f"The clock jumped ahead by {jump}; nothing is deleted until the next start",
                hint="Check the time of this machine, then start the station again.",
                code=Code.RECORDS_RETENTION,
            )
            _LOG.warning("%s", self.fault.what)

    def _retain(self) -> None:
        try:
            retained = retain_as_set(self._records, self._photos, self._settings)
            self.fault = _held_back(retained.held) if retained.held else None
        except OkngError as exc:
            self.fault = exc
            _LOG.warning("Retention failed, and is repeated in an hour: %s", exc)

    def _work(self) -> None:
        while not self._stopped.wait(_STEP_SECONDS):  # true once it is to stop
            self.step()


def retain_as_set(
    records: Records, photos: PhotoStore, settings: StationSettings, by: str = "station"
) -> Retained:
    """Apply the rules of a station's settings: first the age, then the size of the photos.

    Raises:
        RecordsError: the database refuses it.
        OkngError: the store of photos fails.
    """
    own, station = settings.records, settings.station.name
    rule = RetentionRule(own.keep_days, own.keep_rejected_days)
    by_age = retain(records, rule, photos, station=station, by=by)
    if own.photos_gb is None:
        return by_age
    by_size = retain_photos(records, photos, int(own.photos_gb * _GB), station=station, by=by)
    photos_removed, freed = by_age.photos + by_size.photos, by_age.bytes + by_size.bytes
    return Retained(by_age.rows, photos_removed, freed, by_age.held)


def _held_back(rows: int) -> RecordsError:
    return RecordsError(
        f"{rows} inspections are older than the rule allows, and stay: a sink has not got them",
        hint="See `okng outbox list`: repair the sink, or remove it with `okng outbox forget`.",
        code=Code.RECORDS_HELD,
    )


def shift_starts(text: str) -> list[time]:
    """The times in `station.shifts`, such as `06:00,14:00,22:00`.

    Raises:
        ConfigError: one of them is no time.
    """
    try:
        return [
            # 6:00 -> 06:00, which `fromisoformat` asks for
            time.fromisoformat(each.strip().zfill(5))
            for each in text.split(",")
            if each.strip()
        ]
    except ValueError as exc:
        raise ConfigError(
            f"A start of a shift is no time: {exc}",
            where="station.shifts",
            allowed="times by commas, such as 06:00,14:00,22:00",
            hint="Correct `station.shifts`.",
        ) from exc


def shift_begins(starts: Iterable[time], since: datetime, until: datetime) -> bool:
    """Whether a shift begins in (since, until], two local times at most a day apart."""
    today = [datetime.combine(until.date(), start) for start in starts]
    # the day before: (since, until] may hold midnight
    return any(since < each <= until for day in today for each in (day, day - timedelta(days=1)))
