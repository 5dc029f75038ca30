"""What `okng run --check` finds out about a camera: it takes a photo."""

import time

import numpy as np

from okng.connect.contracts import Camera, Finding


def examined(camera: Camera, name: str) -> list[Finding]:
    """Open a camera, take a photo, and let it go.

    Args:
        camera: not opened yet.
        name: of the camera, as it is shown.

    Raises:
        ConnectError: it is not there, or takes no photo.
    """
    try:
        camera.open()
        start = time.perf_counter()
        photo = camera.photo()
        took_ms = (time.perf_counter() - start) * 1000
    finally:
        camera.close()
    findings = [Finding("camera", name)]
    if isinstance(photo, np.ndarray):
        findings.append(Finding("size", f"{photo.shape[1]} x {photo.shape[0]}"))
    return [*findings, Finding("time to photo", f"{took_ms:.0f} ms")]
