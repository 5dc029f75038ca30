"""The drift alarm on real photos: false alarms in control, and parts until a change is found.

    python benchmarks/line/drift_alarm.py MODEL PHOTOS [--photos 400] [--parts 100000] [--rounds 10]

Each photo is measured and judged as it is, 20 % darker, blurred by 2 pixels, and moved by 5 % of
its side. Parts of a line are then drawn from them at random; each round learns anew. Single photos
are drawn many times, so this shows how the alarm behaves, and not how often photos of a real line
change.
"""

import argparse
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image, ImageFilter

from okng import preprocess
from okng.inference import InspectionEngine
from okng.station.camera.conditions import conditions_of
from okng.station.drift_alarm import Measured, Monitor
from okng.station.drift_alarm.measures import measured
from okng.verdict import Judgement

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff"})
Change = Callable[[np.ndarray], np.ndarray]


def main() -> None:
    """Print false alarms, and the parts until each change was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, default=400)
    parser.add_argument("--parts", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=10)
    asked = parser.parse_args()
    versions = _versions(asked.model, _paths(asked.folder, asked.photos))
    draw = random.Random(0)  # noqa: S311 - a simulation
    _in_control(versions["as before"], asked.parts, asked.rounds, draw)
    for name in CHANGES:
        _changed(name, versions, asked.rounds * 5, draw)


def _in_control(parts: list[Measured], many: int, rounds: int, draw: random.Random) -> None:
    alarms: Counter[str] = Counter()
    for _ in range(rounds):
        monitor = _learned(parts, draw)
        for part in draw.choices(parts, k=many):
            alarms.update(f"{f.measure}/{f.reference}" for f in monitor.add(part)
                          if not f.change.over)  # fmt: skip
    total = sum(alarms.values())
    print(f"in control, {rounds} x {many} parts: {total} false alarms {dict(alarms)}, "
          f"{total / (rounds * many) * 1e5:.2f} in 100,000", flush=True)  # fmt: skip


def _changed(
    name: str, versions: dict[str, list[Measured]], rounds: int, draw: random.Random
) -> None:
    waits, first = [], Counter[str]()
    for _ in range(rounds):
        monitor = _learned(versions["as before"], draw)
        for part in draw.choices(versions["as before"], k=1000):
            monitor.add(part)
        for number, part in enumerate(draw.choices(versions[name], k=5000), 1):
            found = [f for f in monitor.add(part) if not f.change.over]
            if found:
                waits.append(number)
                first[found[0].measure] += 1
                break
    print(f"{name}: found {len(waits)} of {rounds} times, after {median(waits) if waits else '-'} "
          f"parts (most {max(waits, default=0)}), first by {dict(first)}", flush=True)  # fmt: skip


def _learned(parts: list[Measured], draw: random.Random) -> Monitor:
    monitor = Monitor.new(1000, 1_000_000, None)
    for part in draw.choices(parts, k=1000):
        monitor.add(part)
    return monitor


def _versions(model: Path, paths: list[Path]) -> dict[str, list[Measured]]:
    photos = [preprocess.decode(path.read_bytes(), str(path)) for path in paths]
    with InspectionEngine(model) as engine:
        size = engine.metadata.input.image_size
        pixels = {name: [preprocess.shrink(change(photo), size) for photo in photos]
                  for name, change in {"as before": np.copy, **CHANGES}.items()}  # fmt: skip
        place = np.mean([conditions_of(p).grey for p in pixels["as before"][:50]], axis=0)
        return {name: [_part(engine, each, place) for each in many]
                for name, many in pixels.items()}  # fmt: skip


def _part(engine: InspectionEngine, pixels: np.ndarray, place: np.ndarray) -> Measured:
    inspection = engine.inspect(pixels)
    if inspection.verdict.verdict is Judgement.ERROR:
        raise SystemExit(inspection.verdict.error)
    return measured(inspection, conditions_of(pixels), place, 0)


def _blurred(photo: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(photo).filter(ImageFilter.GaussianBlur(2)))


def _moved(photo: np.ndarray) -> np.ndarray:
    by = round(0.05 * photo.shape[1])
    return np.concatenate([np.repeat(photo[:, :1], by, axis=1), photo[:, :-by]], axis=1)


CHANGES: dict[str, Change] = {
    "20 % darker": lambda photo: np.round(photo * 0.8).astype(np.uint8),
    "blurred by 2 pixels": _blurred,
    "moved by 5 %": _moved,
}


def _paths(folder: Path, most: int) -> list[Path]:
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    random.Random(1).shuffle(found)  # noqa: S311 - a simulation
    return found[:most]


if __name__ == "__main__":
    main()
