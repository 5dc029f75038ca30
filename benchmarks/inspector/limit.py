"""How near `okng predict` comes to its network alone, and one photo to decode + network.

    python benchmarks/inspector/limit.py MODEL PHOTOS [--rounds 5] [--photos 600]

All parts take turns in one process, so that a busy machine slows all of them; medians over the
rounds. `predict` is the engine over paths, as `okng predict` runs it; `heatmaps` the same with
heatmaps; `network` the session of the engine on photos that are decoded, the same batch, as many
batches at once as there are cores. `start` is a process of its own: import to first verdict.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import numpy as np
import numpy.typing as npt

from okng import modelfile, preprocess
from okng.config import Runtime
from okng.inference import InspectionEngine
from okng.inference.engine.loaded import photos_at_once
from okng.inference.frames import Frame, read, resized
from okng.inference.processors import cores
from okng.inference.score_graph import DRAWN
from okng.inference.sessions import open_session

Batch = npt.NDArray[np.uint8]  # (N, H, W, 3)

START = """
import sys
from okng import Inspector
print(Inspector(sys.argv[1])(sys.argv[2]).verdict)
"""


def main() -> None:
    """Run all parts in turn and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("photos", type=Path, help="a folder")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=600, help="photos of a round")
    asked = parser.parse_args()
    file = modelfile.loaded(asked.model)
    found = sorted(path for path in asked.photos.rglob("*") if path.suffix in {".jpeg", ".jpg"})
    paths = list(islice(cycle(found), asked.count))
    with InspectionEngine(file) as engine:
        engine.warm_up()
        rates, single = _measured(file, engine, paths, asked.rounds)
    starts = [_start(asked.model, paths[0]) for _ in range(asked.rounds + 1)][1:]
    _print(rates, single, starts)


class Single:
    """Times of one photo after the other, in ms."""

    def __init__(self, file: modelfile.ModelFile) -> None:
        self._session = open_session(file.data, Runtime.ONNXRUNTIME, None)
        self._names = [name for name in self._session.outputs if name not in DRAWN]
        self._rules = file.metadata.input
        self.whole: list[float] = []
        self.decode: list[float] = []
        self.network: list[float] = []

    def round(self, engine: InspectionEngine, paths: Sequence[Path]) -> None:
        """Whole inspections; then decode and network of the same photos, each in a block."""
        self.whole += [_ms(lambda p=path: engine.inspect(p)) for path in paths]
        self.decode += [_ms(lambda p=path: _decoded(p, self._rules)) for path in paths]
        pixels = [_pixels(path, self._rules)[None] for path in paths]
        self.network += [_ms(lambda p=each: self._session.run(p, self._names)) for each in pixels]


def _measured(
    file: modelfile.ModelFile, engine: InspectionEngine, paths: Sequence[Path], rounds: int
) -> tuple[dict[str, list[float]], Single]:
    """Photos a second by part and round, and times of single photos."""
    batches = _batches(file, paths)
    single, names = Single(file), cores()
    session = open_session(file.data, Runtime.ONNXRUNTIME, None, names)
    wanted = [name for name in session.outputs if name not in DRAWN]
    parts: dict[str, Callable[[], object]] = {
        "network": lambda: _parallel(lambda batch: session.run(batch, wanted), batches, names),
        "predict": lambda: sum(1 for _ in engine.inspect_all(paths)),
        "heatmaps": lambda: sum(1 for _ in engine.inspect_all(paths, heatmap=True)),
        "decode": lambda: _parallel(lambda p: _decoded(p, file.metadata.input), paths, names),
    }
    rates: dict[str, list[float]] = {name: [] for name in parts}
    for number in range(rounds + 1):  # the first is not counted
        for name, work in parts.items():
            rate = 1000 * len(paths) / _ms(work)
            if number:
                rates[name].append(rate)
        single.round(engine, paths[:100])
    return rates, single


def _decoded(path: Path, rules: modelfile.InputRules) -> object:
    """What the line decodes and resizes, without digest and record."""
    pixels = preprocess.read(path, depth=rules.depth, reduced_side=rules.reduced_side)
    return resized(pixels, rules)


def _pixels(path: Path, rules: modelfile.InputRules) -> npt.NDArray[np.uint8]:
    frame = read(path, rules)
    if not isinstance(frame, Frame):
        sys.exit(f"{path}: {frame.message}")
    return frame.pixels


def _batches(file: modelfile.ModelFile, paths: Sequence[Path]) -> list[Batch]:
    rules, most = file.metadata.input, photos_at_once(file.metadata.input.image_size)
    pixels = [_pixels(path, rules) for path in paths]
    return [np.stack(pixels[at : at + most]) for at in range(0, len(pixels), most)]


def _parallel(work: Callable[..., object], items: Sequence[object], threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, items))


def _start(model: Path, photo: Path) -> float:
    """From the start of a process to its first verdict and its end, in ms."""
    command = [sys.executable, "-c", START, str(model), str(photo)]
    return _ms(lambda: subprocess.run(command, check=True, capture_output=True))


def _ms(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun)


def _print(rates: dict[str, list[float]], single: Single, starts: list[float]) -> None:
    for name, values in rates.items():
        print(
            f"{name:10s} {median(values):7.1f} photos/s  ({min(values):.1f} to {max(values):.1f})"
        )
    for name, of in (("of the limit", "network"), ("heatmaps", "predict")):
        part = "predict" if of == "network" else "heatmaps"
        ratios = [a / b for a, b in zip(rates[part], rates[of], strict=True)]
        print(f"share {name:14s} {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    whole, decode, network = map(median, (single.whole, single.decode, single.network))
    beyond = whole - decode - network
    p50, p99 = np.percentile(single.whole, [50, 99])
    print(
        f"one photo {whole:.2f} ms, decode {decode:.2f}, network {network:.2f}: {beyond:.2f} more"
    )
    print(f"p99/p50 {p99 / p50:.2f}; start to first verdict {median(starts) / 1000:.2f} s")


if __name__ == "__main__":
    main()
