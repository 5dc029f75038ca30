"""Large photos: time of decoding, resize and network, speed of `okng predict`, and its memory.

    python benchmarks/inspector/large.py draw PHOTOS --parts 96
    okng train PHOTOS --out RUN
    python benchmarks/inspector/large.py steps PHOTOS --model RUN
    python benchmarks/inspector/large.py speed PHOTOS --model RUN --rounds 3
    python benchmarks/inspector/large.py memory FOLDER --model RUN

`steps` takes one thread and the shortest of several tries. `speed` runs the command on all photos
and on one, with the file as it is and with one that decodes at full size, in turn, and compares
the verdicts. `memory` draws 20 photos of 48 megapixels, and the kernel gives the command's peak.
"""

import argparse
import csv
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing import Process
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from large_photos import large_photo, write_part
from PIL import Image

from okng import modelfile, preprocess
from okng.config import Runtime
from okng.inference.sessions import open_session
from okng.resize import resize
from okng.steps.score_photos import at_full_size

TRIES = 7
LARGEST = 20  # photos of 48 megapixels, as in issue 21


def main() -> None:
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["draw", "steps", "speed", "memory"])
    parser.add_argument("photos", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--parts", type=int, default=96)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if options.what == "draw":
        for number in range(options.parts):
            write_part(options.photos, number)
        return
    model = modelfile.located(options.model)
    if options.what == "steps":
        steps(options.photos, model)
    elif options.what == "speed":
        speed(options.photos, model, options.rounds)
    else:
        memory(options.photos, model)


def steps(photos: Path, model: Path) -> None:
    """Milliseconds of each step for one photo, on one thread."""
    file = modelfile.read(model)
    rules, session = file.metadata.input, open_session(file.data, Runtime.ONNXRUNTIME, 1)
    outputs = [name for name in session.outputs if name not in {"heatmap", "evidence"}]
    data = next(photos.rglob("*.jpg")).read_bytes()
    print(f"{len(data) / 1e6:.1f} MB, network of {rules.image_size} pixels")
    for side in dict.fromkeys((0, rules.reduced_side)):
        photo = preprocess.decode(data, reduced_side=side)
        small = resize(photo, rules.image_size)
        row = {
            "decode": shortest(lambda side=side: preprocess.decode(data, reduced_side=side)),
            "resize": shortest(lambda photo=photo: resize(photo, rules.image_size)),
            "network": shortest(lambda small=small: session.run(small[None], outputs)),
            "resize in the graph + network": shortest(
                lambda photo=photo: session.run(photo[None], outputs)
            ),
        }
        shown = ", ".join(f"{name} {value:.1f}" for name, value in row.items())
        print(f"{photo.shape[1]} x {photo.shape[0]}: {shown} ms")


def shortest(work: Callable[[], object]) -> float:
    """Milliseconds of the shortest try."""
    taken = []
    for _ in range(TRIES):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return 1000 * min(taken)


def speed(photos: Path, model: Path, rounds: int) -> None:
    """Photos a second of `okng predict`, at full size and as the file says, in turn."""
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        whole.write_bytes(model.read_bytes())
        modelfile.seal(whole, at_full_size(modelfile.read(model)).metadata)
        alone = str(next(photos.rglob("*.jpg")))
        rates: dict[str, list[float]] = {"full size": [], "as the file says": []}
        costs: dict[str, list[float]] = {name: [] for name in rates}
        tables: dict[str, dict[str, tuple[str, float]]] = {}
        for _ in range(rounds):
            for name, path in zip(rates, (whole, model), strict=True):
                start, _ = predict(path, alone)
                seconds, tables[name] = predict(path, str(photos))
                more = len(tables[name]) - 1
                rates[name].append(more / (seconds.wall - start.wall))
                costs[name].append(1000 * (seconds.cpu - start.cpu) / more)
    for name, values in rates.items():
        cost = f"CPU time of a photo {median(costs[name]):.1f} ms"
        listed = [round(value, 1) for value in values]
        print(f"{name:17s} {median(values):6.1f} photos/s {listed}, {cost}")
    ratios = [new / old for old, new in zip(*rates.values(), strict=True)]
    old, new = tables.values()
    changed = sum(old[path][0] != new[path][0] for path in old)
    apart = max(abs(old[path][1] - new[path][1]) for path in old)
    cheaper = median(old / new for old, new in zip(*costs.values(), strict=True))
    rounded = [round(ratio, 2) for ratio in ratios]
    print(f"ratio {median(ratios):.2f} {rounded}, of the CPU time {cheaper:.2f}")
    print(f"{changed} of {len(old)} verdicts differ, scores by up to {apart:.5f}")


class Seconds(NamedTuple):
    """How long a command took, and the CPU time of all its threads."""

    wall: float
    cpu: float


def predict(model: Path, photos: str) -> tuple[Seconds, dict[str, tuple[str, float]]]:
    """Time of `okng predict`, and verdict and defect score by path."""
    with TemporaryDirectory() as folder:
        table = Path(folder) / "verdicts.csv"
        command = [sys.executable, "-m", "okng", "predict", str(model), photos]
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([*command, "--output", str(table), "--quiet"], check=True)
        wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        with table.open(newline="") as file:
            rows = list(csv.DictReader(file))
    return Seconds(wall, cpu), {
        row["path"]: (row["verdict"], float(row["defect_score"])) for row in rows
    }


def memory(folder: Path, model: Path) -> None:
    """Peak memory of `okng predict` on 20 photos of 48 megapixels, JPEG and PNG."""
    for suffix in ("jpg", "png"):
        # In a process of its own: the peak of the command begins with that of who starts it.
        drawing = Process(target=draw_largest, args=(folder / suffix, suffix))
        drawing.start()
        drawing.join()
        seconds, _ = predict(model, str(folder / suffix))
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
        print(
            json.dumps(
                {"photos": suffix, "seconds": round(seconds.wall, 1), "peak_mb": round(peak)}
            )
        )


def draw_largest(folder: Path, suffix: str) -> None:
    """Write the photos that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number}.{suffix}" for number in range(LARGEST)]
    missing = [path for path in paths if not path.exists()]
    if not missing:
        return
    pixels = np.tile(large_photo(1, None), (2, 2, 1))
    for number, path in enumerate(missing):
        pixels[0, 0] = number
        Image.fromarray(pixels).save(path, quality=90, compress_level=1)


if __name__ == "__main__":
    main()
