"""A network camera on loopback: numbered JPEGs as one endless HTTP answer (MJPEG)."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import cv2
import numpy as np

from okng.connect.part import Array
from okng.testing.line.frame_streams import numbered

_BITS = 16
_BLOCK = 16  # pixels of one bit: JPEG keeps blocks of this size apart


def blocks(number: int) -> Array:
    """A frame that holds its number in blocks, which survive JPEG: uint8 (48, 256, 3), RGB."""
    frame = np.full((48, _BITS * _BLOCK, 3), (200, 40, 40), np.uint8)
    for bit in range(_BITS):
        frame[:_BLOCK, bit * _BLOCK : (bit + 1) * _BLOCK] = 255 * (number >> bit & 1)
    return frame


def number_in_blocks(frame: Array) -> int:
    """The number that a frame of `blocks` holds."""
    middle = _BLOCK // 2
    return sum(1 << bit for bit in range(_BITS) if frame[middle, bit * _BLOCK + middle, 0] > 127)


class MjpegCamera:
    """A camera that sends frames for as long as somebody reads them.

    Attributes:
        url: of the stream.
        exposed: when each frame was exposed, by its number, in seconds of `time.monotonic`.

    Args:
        period_s: between two frames.
    """

    def __init__(self, period_s: float) -> None:
        self.exposed: dict[int, float] = {}
        self._period_s = period_s
        self._lost = Event()
        camera = self

        class Handler(BaseHTTPRequestHandler):
            """Sends frames."""

            def do_GET(self) -> None:
                """One endless answer."""
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                for jpeg in camera._frames():
                    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}"
                    try:
                        self.wfile.write(head.encode() + b"\r\n\r\n" + jpeg + b"\r\n")
                    except OSError:
                        return

            def log_message(self, *_args: object) -> None:
                """Nothing on the terminal of a test."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/stream"
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def lose(self) -> None:
        """End all streams."""
        self._lost.set()

    def close(self) -> None:
        """End the server."""
        self.lose()
        self._server.shutdown()
        self._server.server_close()

    def _frames(self) -> Iterator[bytes]:
        while not self._lost.wait(self._period_s):
            number = len(self.exposed) + 1
            self.exposed[number] = time.monotonic()
            _, jpeg = cv2.imencode(".jpg", blocks(number)[..., ::-1])
            yield jpeg.tobytes()


@contextmanager
def mjpeg_camera(period_s: float = 0.03) -> Iterator[MjpegCamera]:
    """A network camera that runs meanwhile."""
    camera = MjpegCamera(period_s)
    try:
        yield camera
    finally:
        camera.close()


def write_video(path: str, numbers: range) -> None:
    """A video without loss (FFV1) with one frame of `numbered` for each number."""
    first = numbered(numbers.start)
    code = cv2.VideoWriter.fourcc(*"FFV1")
    writer = cv2.VideoWriter(path, code, 25, (first.shape[1], first.shape[0]))
    for number in numbers:
        writer.write(numbered(number)[..., ::-1])
    writer.release()
