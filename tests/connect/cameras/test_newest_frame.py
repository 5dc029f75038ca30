"""A photo of a running camera is never one that was exposed before it was asked for."""

import threading
import time

import pytest

from okng.connect.cameras.reader import Arrivals, Reader
from okng.error_codes import Code
from okng.errors import ConnectError
from okng.testing.line.frame_streams import RunningStream, number_of


def _started(stream: RunningStream, latency_s: float | None = None) -> Reader:
    reader = Reader(stream, "camera 1", latency_s)
    reader.start(3, 5.0)
    return reader


def test_no_photo_is_older_than_its_call() -> None:
    """Of 20 photos at odd moments each was exposed after it was asked for."""
    stream = RunningStream(0.02)
    reader = _started(stream)
    ages = []
    for pause in range(20):
        time.sleep(pause % 5 * 0.003)
        asked = time.monotonic()
        ages.append(stream.exposed[number_of(reader.photo(2.0))] - asked)
    reader.stop()

    assert min(ages) >= 0


def test_a_long_pause_leaves_no_old_frames() -> None:
    """After a pause in which buffers would have filled, the photo is one of now."""
    stream = RunningStream(0.02, buffers=50)
    reader = _started(stream)
    time.sleep(0.2)
    asked = time.monotonic()
    exposed = stream.exposed[number_of(reader.photo(2.0))]
    reader.stop()

    assert 0 <= exposed - asked < 1


def test_frames_within_the_latency_are_dropped() -> None:
    """A photo arrives no sooner after the call than the latency that was set."""
    reader = _started(RunningStream(0.005), latency_s=0.08)
    asked = time.monotonic()
    reader.photo(2.0)
    took = time.monotonic() - asked
    reader.stop()

    assert took >= 0.08


def _steady(gaps: tuple[float, ...], latency_s: float | None = None) -> bool:
    """Whether the last of frames with these gaps between them counts as one that did not wait."""
    arrivals, now = Arrivals(), 0.0
    arrivals.note(now)
    for gap in gaps:
        now += gap
        arrivals.note(now)
    return arrivals.is_steady(latency_s)


def test_frames_after_a_stall_have_waited() -> None:
    """The first frame after a stall is refused, those right behind it, too, and then no more."""
    before = (0.1, 0.1, 0.1, 0.1, 0.1)

    assert _steady(before)
    assert not _steady((*before, 0.4))
    assert not _steady((*before, 0.4, 0.001))
    assert _steady((*before, 0.4, 0.001, 0.001, 0.1))


def test_frames_of_a_network_come_less_evenly() -> None:
    """With a latency that was set, a gap is a stall only where it is longer."""
    gaps = (0.1, 0.1, 0.1, 0.1, 0.25)

    assert not _steady(gaps)
    assert _steady(gaps, latency_s=0.5)
    assert not _steady((*gaps, 0.6), latency_s=0.5)


def test_a_lost_camera_is_an_error_at_once() -> None:
    """The cable is pulled while a photo is waited for: no wait until the timeout."""
    stream = RunningStream(0.01)
    reader = _started(stream, latency_s=5.0)
    threading.Timer(0.05, stream.lose).start()
    start = time.monotonic()
    with pytest.raises(ConnectError) as caught:
        reader.photo(10.0)

    assert caught.value.code is Code.CAMERA_LOST
    assert time.monotonic() - start < 2
    assert stream.released.wait(2)


def test_a_hanging_camera_is_an_error() -> None:
    """No frame within the timeout is an error with the next step."""
    stream = RunningStream(0.01)
    reader = _started(stream)
    stream.hang()
    time.sleep(0.1)
    with pytest.raises(ConnectError, match=r"no frame within 0\.1 s") as caught:
        reader.photo(0.1)
    stream.lose()
    reader.stop()

    assert caught.value.hint


def test_a_camera_without_frames_does_not_start() -> None:
    """A camera that opens and sends nothing is refused at the start."""
    stream = RunningStream(0.01)
    stream.hang()
    reader = Reader(stream, "camera 1")
    with pytest.raises(ConnectError) as caught:
        reader.start(2, 0.2)
    stream.lose()
    reader.stop()

    assert caught.value.code is Code.CAMERA_LOST


def test_stop_ends_a_waiting_photo() -> None:
    """Whoever waits gets an error when the camera is closed."""
    reader = _started(RunningStream(0.01), latency_s=5.0)
    threading.Timer(0.05, reader.stop).start()
    start = time.monotonic()
    with pytest.raises(ConnectError):
        reader.photo(10.0)

    assert time.monotonic() - start < 2
