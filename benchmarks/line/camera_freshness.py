"""How old photos of a camera that runs by itself are when they come, with and without the reader.

Usage: python benchmarks/line/camera_freshness.py [PHOTOS]

A network camera on loopback sends numbered JPEGs, 30 a second, and notes when it exposed each.
Photos are asked for at random moments. The time of exposure less the time of the call is printed:
below 0 the photo shows what was there before the signal, that is the part before.
"""

import statistics
import sys
import time
from collections.abc import Callable

import cv2
import numpy as np

from okng.connect.cameras.stream import StreamCameraSettings
from okng.connect.contracts import Around
from okng.testing.line.mjpeg_server import MjpegCamera, mjpeg_camera, number_in_blocks

PERIOD_S = 1 / 30
SEED = 0


def plainly(server: MjpegCamera) -> Callable[[], np.ndarray]:
    """Reads one frame when it is asked to, as a short script does."""
    capture = cv2.VideoCapture(server.url, cv2.CAP_FFMPEG)

    def photo() -> np.ndarray:
        return np.asarray(capture.read()[1])[..., ::-1]

    return photo


def by_reader(server: MjpegCamera) -> Callable[[], np.ndarray]:
    """The camera of okng, with the latency of this stream: below 0.1 s."""
    camera = StreamCameraSettings(url=server.url, latency=0.1).camera(Around("plant", "line"))
    camera.open()
    return lambda: np.asarray(camera.photo())


def ages(take: Callable[[], np.ndarray], server: MjpegCamera, photos: int) -> list[float]:
    """Ages in seconds of photos that are asked for at random moments."""
    rng = np.random.default_rng(SEED)
    found = []
    for _ in range(photos):
        time.sleep(rng.uniform(0.05, 0.3))
        asked = time.monotonic()
        found.append(server.exposed[number_in_blocks(take())] - asked)
    return found


def main() -> None:
    """Print the ages of both ways."""
    photos = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for name, way in (("plainly", plainly), ("reader", by_reader)):
        with mjpeg_camera(PERIOD_S) as server:
            found = sorted(ages(way(server), server, photos))
        before = sum(age < 0 for age in found)
        print(f"{name:8} {photos} photos, {before} from before the call; exposed after the call:")
        print(
            f"{'':8} min {found[0]:+.3f} s, median {statistics.median(found):+.3f} s, "
            f"max {found[-1]:+.3f} s"
        )


if __name__ == "__main__":
    main()
