"""The one file that loads harvesters: producers (.cti), their cameras, and frames.

A producer can be initialised once in a process (GenTL 1.6, GCInitLib), and so can its list of
cameras. So all cameras of one file share one `Producer`, across stations, until the process ends.
"""

import logging
import signal
import threading
from collections.abc import Collection, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from okng.connect.cameras.genicam.pixels import Samples, to_rgb
from okng.connect.part import Array
from okng.error_codes import Code
from okng.errors import ConnectError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOG = logging.getLogger("okng.genicam")
_LOG.addHandler(logging.NullHandler())  # harvesters logs stack traces of what is raised as well
_LOG.propagate = False
_LOCK = threading.RLock()
_PRODUCERS: dict[str, "Producer"] = {}
_UPDATE_MS = 1000
_BUFFERS = 4  # one is held while it is read, the camera fills the others


class Frame(NamedTuple):
    """One frame, as it came; most are never looked at, so pixels are converted last.

    Attributes:
        samples: flat, of its own memory.
        width: in pixels.
        height: likewise.
        form: name of the pixel format.
        number: of the frame, by the camera; None where it does not count.
    """

    samples: Samples
    width: int
    height: int
    form: str
    number: int | None

    def photo(self, where: str) -> Array:
        """uint8 (H, W, 3), RGB.

        Raises:
            ConnectError: the format is not read, or the frame is cut off.
        """
        return to_rgb(self.samples, self.width, self.height, self.form, where)


class Producer:
    """A GenTL producer and the cameras that it finds."""

    def __init__(self, path: Path) -> None:
        from harvesters.core import Harvester  # noqa: PLC0415 - an extra

        self._path = path
        self._harvester = Harvester(logger=_LOG)
        self._harvester.add_file(str(path), check_existence=True, check_validity=True)

    def acquirer(self, device: str) -> Any:
        """A camera, opened for this process alone.

        Args:
            device: serial number, name or id of the camera; empty where there is only one.

        Raises:
            ConnectError: it is not there, or another program has it.
        """
        with _LOCK:
            self._refresh()
            info = self._chosen(device)
            with _signals_restored():
                try:
                    return self._harvester.create(self._harvester.device_info_list.index(info))
                except _faults() as exc:
                    raise self._missing(f"The camera cannot be opened: {exc}") from exc

    def let_go(self, acquirer: Any) -> None:
        """Close a camera."""
        with _LOCK:
            acquirer.destroy()
            if acquirer in self._harvester.image_acquirers:
                self._harvester.image_acquirers.remove(acquirer)

    def _refresh(self) -> None:
        """Find cameras that came. `Harvester.update` would close all that are open."""
        if not self._harvester.image_acquirers:
            self._harvester.update()
            return
        from harvesters.core import DeviceInfo  # noqa: PLC0415 - an extra

        infos = self._harvester.device_info_list
        interfaces = {id(info.parent): info.parent for info in infos}.values()
        refreshed = []
        for interface in interfaces:
            interface.update_device_info_list(_UPDATE_MS)
            refreshed += [
                DeviceInfo(module=each, parent=interface) for each in interface.device_info_list
            ]
        infos[:] = refreshed

    def _chosen(self, device: str) -> Any:
        infos = self._harvester.device_info_list
        known = [[_text(info, key) for key in ("serial_number", "user_defined_name", "id_")]
                 for info in infos]  # fmt: skip
        fitting = [info for info, names in zip(infos, known, strict=True)
                   if not device or device in names]  # fmt: skip
        if len(fitting) == 1:
            return fitting[0]
        listed = ", ".join(names[0] or names[2] for names in known) or "none"
        what = "not there" if device or not infos else "one of several"
        raise self._missing(f"The camera is {what}; the producer finds: {listed}.")

    def _missing(self, what: str) -> ConnectError:
        return ConnectError(
            what,
            where=self._path,
            hint="Look at its power, cable and address (same network as this machine), end other "
            "programs that use it, and set `device` to its serial number.",
            code=Code.CAMERA_MISSING,
        )


def producer(path: Path) -> Producer:
    """The producer of a file; loaded once in this process.

    Raises:
        ConnectError: harvesters is not installed, or the file is no producer.
    """
    with _LOCK:
        key = str(path.resolve())
        if key not in _PRODUCERS:
            _PRODUCERS[key] = _loaded(path)
        return _PRODUCERS[key]


def _loaded(path: Path) -> Producer:
    try:
        return Producer(path)
    except ImportError as exc:
        raise ConnectError(
            "GenICam cameras need the packages harvesters and genicam.",
            hint='Install them: pip install "okng[genicam]".',
            code=Code.LIBRARY_MISSING,
        ) from exc
    except OSError as exc:
        raise ConnectError(
            f"The file is no GenTL producer for this machine: {str(exc) or 'it is not there'}.",
            where=path,
            allowed="the .cti file of the camera maker's driver, 64 bit",
            hint="Install the maker's driver; its folder stands in GENICAM_GENTL64_PATH.",
            code=Code.CAMERA_MISSING,
        ) from exc


def features_set(
    acquirer: Any, features: Mapping[str, bool | float | str], where: str, spare: Collection[str]
) -> None:
    """Set features of a camera, in their order.

    Args:
        acquirer: not started.
        features: by name.
        where: of the camera, for errors.
        spare: those that a camera need not have.

    Raises:
        ConnectError: the camera has no such feature, or does not take the value.
    """
    nodes = acquirer.remote_device.node_map
    for name, value in features.items():
        if name in spare and not hasattr(nodes, name):
            continue
        try:
            getattr(nodes, name).value = value
        except AttributeError as exc:
            raise _refused(f"The camera has no feature {name}.", where) from exc
        except _faults() as exc:
            reason = str(exc).partition(" : ")[0]
            raise _refused(f"The camera does not take {name} = {value}: {reason}", where) from exc


def started(acquirer: Any) -> None:
    """Let the camera send frames."""
    acquirer.num_buffers = max(_BUFFERS, acquirer.min_num_buffers)
    acquirer.start()


def fetched(acquirer: Any, timeout_s: float, where: str) -> Frame | None:
    """The next frame; None where none came in time, or one that is not whole.

    Raises:
        ConnectError: the camera is lost.
    """
    try:
        buffer = acquirer.try_fetch(timeout=timeout_s)
    except _faults() as exc:
        raise ConnectError(
            f"The camera sends no frames any more: {exc}",
            where=where,
            hint="Look at its cable, its power and its network.",
            code=Code.CAMERA_LOST,
        ) from exc
    if buffer is None:
        return None
    with buffer:
        part = buffer.payload.components[0]
        number = _number(buffer)
        return Frame(np.array(part.data), part.width, part.height, part.data_format, number)


def _number(buffer: Any) -> int | None:
    try:
        return int(buffer.module.frame_id)
    except _faults():
        return None


def _text(info: Any, key: str) -> str:
    try:
        return str(getattr(info, key) or "")
    except _faults():
        return ""


def _faults() -> tuple[type[Exception], ...]:
    """What harvesters and the producer raise."""
    from genicam.genapi import GenericException as FeatureFault  # noqa: PLC0415 - an extra
    from genicam.gentl import GenericException as TransportFault  # noqa: PLC0415

    return (FeatureFault, TransportFault, ValueError, TypeError, RuntimeError)


def _refused(what: str, where: str) -> ConnectError:
    return ConnectError(
        what,
        where=where,
        hint="Look its features and their bounds up in the maker's viewer.",
        code=Code.CAMERA_SETTING,
    )


@contextmanager
def _signals_restored() -> "Iterator[None]":
    """Harvesters takes Ctrl-C for itself where a camera is opened in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
