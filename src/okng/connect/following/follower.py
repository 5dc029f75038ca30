"""Looks at an address now and then, and lets the station take the model that it offers."""

import random
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from okng.config.station import FollowAs
from okng.connect.alarms import Alarms
from okng.connect.backoff import Backoff
from okng.connect.following.contents import shown
from okng.connect.following.offers import check_classes, checked, offered
from okng.connect.following.state import LEFT_BEHIND, followed, remember, temporary
from okng.connect.operator_log import log
from okng.error_codes import Code
from okng.errors import ModelFileError, OkngError
from okng.files import write_error
from okng.modelfile import ModelFile
from okng.station import Station
from okng.station.library import FOLDER
from okng.wording import mark

_LONGEST_S = 3600.0
"""Between two looks at an address that fails, at most; the interval itself where that is longer."""
_CLOSE_S = 5.0


@contextmanager
def following(station: Station, alarms: Alarms) -> Iterator[None]:
    """Follow the model of a station's settings until the block ends; nothing without one."""
    if station.settings.models.follow is None:
        yield
        return
    follower = Follower(station, alarms)
    station.watched.append(lambda: follower.fault)
    follower.start()
    try:
        yield
    finally:
        follower.close()


class Follower:
    """Follows the model of one station, in a thread of its own.

    Args:
        station: whose settings name the address.
        alarms: of the station.

    Attributes:
        fault: why the followed model is not in use; None while all is well.
    """

    def __init__(self, station: Station, alarms: Alarms) -> None:
        self._station, self._alarms = station, alarms
        self._settings = station.settings.models
        self._url = self._settings.follow or ""
        self._folder = station.settings.station.folder / FOLDER
        self._library = station.models.library
        self._taken = followed(self._folder, self._url)
        self._version = self._taken.version
        self._refusal: ModelFileError | None = None  # of what the address offers
        self.fault: OkngError | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="okng-follow", daemon=True)

    def start(self) -> None:
        """Take the shadow of before again, and begin to look."""
        for left in self._folder.glob(LEFT_BEHIND):  # of a process that was killed
            shutil.rmtree(left, ignore_errors=True)
        self._resume()
        self._thread.start()

    def close(self) -> None:
        """End the looks; one that hangs in the network is left behind."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(_CLOSE_S)

    def poll(self) -> bool:
        """Ask the address once; whether another model was taken. No error leaves it."""
        try:
            taken = self._poll()
        except OkngError as exc:
            self._failed(exc)
            return False
        except OSError as exc:  # the disk is full, or may not be written to
            self._failed(write_error(exc, self._folder))
            return False
        self._recovered()
        return taken

    def _run(self) -> None:
        every = self._settings.follow_every
        backoff = Backoff(longest=max(_LONGEST_S, every), first=every)
        pause = 0.0
        while not self._stop.wait(pause):
            self.poll()
            if self.fault is None:
                backoff.reset()
                # stations that were started together do not ask together
                pause = every * random.uniform(0.9, 1.1)  # noqa: S311 - no secret
            else:
                pause = backoff.next()

    def _poll(self) -> bool:
        with temporary(self._folder) as place:
            offer = offered(self._settings, self._version, place)
            if offer is None:
                if self._refusal is not None:
                    raise self._refusal  # it still offers what was refused
                return False
            self._refusal = None
            try:
                file = checked(offer, self._settings, place / "unpacked")
                return self._take(file, offer.version)
            except ModelFileError as exc:
                # not fetched again until the address offers something else
                self._version, self._refusal = offer.version, exc
                raise

    def _take(self, file: ModelFile, version: str) -> bool:
        role = self._settings.follow_as.value
        is_new = getattr(self._taken, role) != file.digest and self._put_in(file)
        self._taken = self._taken.model_copy(update={role: file.digest, "version": version})
        remember(self._folder, self._taken)
        self._version = version
        return is_new

    def _put_in(self, file: ModelFile) -> bool:
        """Let a file judge; whether it did not before."""
        reason = f"followed {shown(self._url)}"
        if self._settings.follow_as is FollowAs.SHADOW:
            self._library.store(file)  # for the next start
            self._station.changes.set_shadow(file, by="station", reason=reason)
            return True
        name, engine = self._station.models.live()
        check_classes(file, engine.metadata.classes, engine.metadata.ok_class, self._url)
        if engine.digest == file.digest:
            return False
        self._station.changes.swap(name, file, by="station", reason=reason)
        return True

    def _resume(self) -> None:
        if self._settings.follow_as is not FollowAs.SHADOW or not self._taken.shadow:
            return
        try:
            file = self._library.held(self._taken.shadow)
            self._station.changes.set_shadow(file, by="station", reason="followed before")
        except OkngError as exc:
            self._taken = self._taken.model_copy(update={"shadow": ""})
            self._version = ""  # fetch it anew
            self._failed(exc)

    def _failed(self, exc: OkngError) -> None:
        if self.fault is None or self.fault.what != exc.what:
            log.warning(
                mark("The followed model is not taken"), url=shown(self._url), fault=exc.what,
                next=exc.hint,
            )  # fmt: skip
        self.fault = OkngError(
            exc.what, where=exc.where, allowed=exc.allowed, hint=exc.hint,
            code=Code.MODEL_NOT_FOLLOWED,
        )  # fmt: skip
        values = {"cause": exc.code.value}
        self._alarms.begin(Code.MODEL_NOT_FOLLOWED, shown(self._url), values)

    def _recovered(self) -> None:
        self.fault = None
        self._alarms.over(Code.MODEL_NOT_FOLLOWED, shown(self._url))
