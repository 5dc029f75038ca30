"""Keeps a camera open: it is opened in a thread of its own, so that no part waits for it."""

import logging
from threading import Condition, Thread
from typing import NamedTuple

from okng.connect.contracts import Camera
from okng.connect.part import Array
from okng.error_codes import Code
from okng.errors import ConnectError

_LOG = logging.getLogger(__name__)
_JOIN_S = 3.0


class BackOff(NamedTuple):
    """How long to wait before a camera is opened once more, in seconds."""

    first_s: float = 0.5
    longest_s: float = 10.0


class CameraKeeper:
    """Opens a camera, at start as well as after a fault, ever more seldom.

    Args:
        camera: not opened.
        back_off: between two tries.
    """

    def __init__(self, camera: Camera, back_off: BackOff | None = None) -> None:
        self._camera = camera
        self._back_off = back_off or BackOff()
        self._changed = Condition()
        self._fault: ConnectError | None = _not_tried()
        self._stopped = False
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to open the camera; returns at once. A second call changes nothing."""
        with self._changed:
            if self._thread is None and not self._stopped:
                self._thread = Thread(target=self._keep, daemon=True, name="camera keeper")
                self._thread.start()

    def photo(self) -> bytes | Array:
        """A photo of now.

        Raises:
            ConnectError: the camera is not open, or gave none; then it is opened anew.
        """
        with self._changed:
            if self._fault is not None:
                raise self._fault
        try:
            return self._camera.photo()
        except ConnectError as exc:
            with self._changed:
                self._fault = exc
                self._changed.notify_all()
            raise

    def stop(self) -> None:
        """Let the camera go, from any thread."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self._camera.close()
        if self._thread is not None:
            self._thread.join(_JOIN_S)

    def _keep(self) -> None:
        while not self._stopped:
            self._open()
            with self._changed:
                self._changed.wait_for(lambda: self._stopped or self._fault is not None)
        self._camera.close()

    def _open(self) -> None:
        """Open the camera; return once it is open, or all is to end."""
        wait_s = self._back_off.first_s
        while not self._stopped:
            try:
                self._camera.close()
                self._camera.open()
            except ConnectError as exc:
                _LOG.warning("camera not opened: %s", exc.what)
                with self._changed:
                    self._fault = exc
                    self._changed.wait_for(lambda: self._stopped, wait_s)
                wait_s = min(2 * wait_s, self._back_off.longest_s)
            else:
                with self._changed:
                    self._fault = None
                return


def _not_tried() -> ConnectError:
    return ConnectError(
        "The camera is not open yet.",
        hint="Wait until it is; signals that come before it are rejected.",
        code=Code.CAMERA_MISSING,
    )
