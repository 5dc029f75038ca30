"""What a resize costs where several threads resize, with and without threads of BLAS.

    python benchmarks/training/resize_threads.py

Photos of noise; two threads, as the audit and the decoding of a training use. Each row: the most
multiplications per matrix product, and wall and CPU time per photo. Both settings run in turn.
"""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from okng import resize as module
from okng.resize import resize

SHAPES = ((300, 300, 3), (1000, 1200, 3))
SIDE = 128  # pixels, of the result
PHOTOS, THREADS, ROUNDS = 60, 2, 3


def main() -> None:
    """Print one row per setting and shape."""
    print("photo          product   wall ms   CPU ms")
    for shape in SHAPES:
        photos = _photos(shape)
        for _ in range(ROUNDS):
            for product in (module._PRODUCT, 10**12):  # noqa: SLF001 - what is compared
                module._PRODUCT = product  # noqa: SLF001
                wall, cpu = _times(photos)
                print(f"{shape!s:14} {product:>7.0e} {wall:9.2f} {cpu:8.2f}", flush=True)
            module._PRODUCT = 200_000  # noqa: SLF001


def _photos(shape: tuple[int, ...]) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, shape, dtype=np.uint8) for _ in range(PHOTOS)]


def _times(photos: list[np.ndarray]) -> tuple[float, float]:
    """Wall and CPU time per photo, in milliseconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda photo: resize(photo, SIDE), photos))
    each = 1000 / len(photos)
    return (time.perf_counter() - wall) * each, (time.process_time() - cpu) * each


if __name__ == "__main__":
    main()
