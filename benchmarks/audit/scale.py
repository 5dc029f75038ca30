"""Throughput, peak memory, and what a photo costs when there are many more of them.

    python benchmarks/audit/scale.py [--sizes 5000 100000] [--no-castings]

Where photos have many copies: `casting_data` (7,348 photos of 300x300). Where they have none:
photos of one design, 300x300, rendered here by numpy in some five milliseconds each. Every one is a
part of its own: grain, exposure and noise are drawn anew for each, only the smooth shape under them
comes from a stock of 300. Each size is audited with an empty cache in a process of its own. They
lie under /tmp/okng-bench (3 GB for 100,000, and 4 GB for the cache) and are deleted afterwards.
100,000 take about an hour. Costs are compared in seconds of a core, which other jobs on the machine
change less than the clock. Expected: 1,500 photos a minute, cost ratio below
1.5, peak memory below 2 GB.
"""

import argparse
import multiprocessing
import shutil
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from bench import DATA, WORK, Photo, Run, audit, save

_SIDE, _STOCK, _BLADES = 300, 300, 6
Floats = npt.NDArray[np.float32]


def main(sizes: list[int], *, with_castings: bool) -> None:
    """Measure and print."""
    if with_castings:
        print(f"many copies: {audit(DATA / 'casting_data', name='scale').speed()}", flush=True)
    runs = [own_parts(size) for size in sizes]
    costs = [run.core_seconds / size for run, size in zip(runs, sizes, strict=True)]
    for size, cost in zip(sizes[1:], costs[1:], strict=True):
        print(f"one of {size:,} photos costs {cost / costs[0]:.2f} times one of {sizes[0]:,}")


def own_parts(count: int) -> Run:
    """Audit so many photos, each of a part of its own."""
    folder = WORK / f"parts-{count}"
    shutil.rmtree(folder, ignore_errors=True)
    with multiprocessing.Pool() as pool:
        pool.starmap(_write, ((folder, number) for number in range(count)), chunksize=50)
    run = audit(folder, name=f"parts-{count}")
    shutil.rmtree(folder)
    pairs = len(run.findings["near_duplicates"])
    print(f"no copies: {run.speed()}; pairs found, all of them false: {pairs}")
    print(f"  {run.findings['summary']['search']}", flush=True)
    return run


def _write(folder: Path, number: int) -> None:
    label = "defective" if number % 2 else "ok"
    save(folder / label / f"part{number:06d}.jpg", photo_of(number), 90)


def photo_of(number: int) -> Photo:
    """One part: a shape from the stock; grain, exposure and noise of its own."""
    rng = np.random.default_rng((number, 23))
    grain = np.ones((_SIDE, _SIDE), np.float32)
    for cells, strength in ((24, 0.05), (96, 0.06)):
        noise = strength * rng.standard_normal((cells, cells), np.float32)
        grain += cv2.resize(noise, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC)
    noise = 0.012 * rng.standard_normal((_SIDE, _SIDE), np.float32)
    grey = _stock()[number % _STOCK] * grain * rng.uniform(0.96, 1.04) + noise
    return np.repeat((grey.clip(0, 1) * 255).astype(np.uint8)[..., None], 3, axis=2)


@cache
def _stock() -> list[Floats]:
    return [_shape(2 * np.pi * number / _STOCK) for number in range(_STOCK)]


def _shape(angle: float) -> Floats:
    """A disc with hub, bore and curved blades, turned by an angle, on a dark ground."""
    steps = np.linspace(-1, 1, _SIDE)
    x, y = np.meshgrid(steps, steps)
    radius, direction = np.hypot(x, y), np.arctan2(y, x)
    turns = np.sin((direction - angle - 1.1 * radius) * _BLADES)
    value = 0.5 + 0.15 * np.where((radius > 0.3) & (radius < 0.7), turns**5, 0)
    value = np.where(radius < 0.3, 0.65, value) - 0.16 * np.exp(-(((radius - 0.72) / 0.02) ** 2))
    value = np.where((radius < 0.12) | (radius > 0.86), 0.2, value)
    return np.asarray(value * (1 - 0.1 * x - 0.1 * y), dtype=np.float32)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5_000, 100_000])
    parser.add_argument("--no-castings", action="store_true")
    arguments = parser.parse_args()
    main(arguments.sizes, with_castings=not arguments.no_castings)
