"""Times model files in turn, each with the code that judges on the line.

Two sessions drive each other out of the caches, so they take turns in blocks of photos, and the
network is timed inside the very call whose latency is told.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from okng import preprocess
from okng.benchmark.results import Benchmark, BenchmarkRow, Latency, NotTimed, Stages
from okng.certification.machine import this_machine
from okng.config import Runtime
from okng.error_codes import Code
from okng.errors import DatasetError, OkngError, PhotoError
from okng.events import Progress
from okng.inference import Frame, InspectionEngine
from okng.inference.engine.loaded import LoadedModel
from okng.inference.frames import read, resized
from okng.inference.processors import cores
from okng.inference.sessions import Arrays, Session, open_session
from okng.modelfile import ModelFile

_ROUNDS = 3
"""Blocks in which the candidates take turns: what else the machine does hits all of them."""
_WARM = 3  # photos before the first that counts: memory, caches, kernels
_FEWEST = 8  # photos of a block


class Candidate(NamedTuple):
    """A model file on a runtime.

    Attributes:
        name: as the user gave it.
        file: read and checked.
        runtime: what runs it.
        threads: CPU threads; None for all cores.
    """

    name: str
    file: ModelFile
    runtime: Runtime
    threads: int | None = None


def measure(
    candidates: Sequence[Candidate], paths: Sequence[Path], seconds: float, progress: Progress
) -> Benchmark:
    """Time candidates in turn.

    Args:
        candidates: model files on runtimes.
        paths: photos; they are repeated as often as the time allows.
        seconds: for each candidate, about.
        progress: receives one stage of as many steps as there are blocks.

    Raises:
        DatasetError: no photo can be read.
        ModelFileError: onnxruntime refuses a model file.
    """
    sound, size = _readable(paths)
    timed, not_timed = _opened(candidates)
    share = seconds / _ROUNDS
    with progress.stage("bench", _ROUNDS * len(timed)) as advance:
        for _ in range(_ROUNDS):
            for each in timed:
                each.round(sound, share)
                advance()
    return Benchmark(
        machine=this_machine(),
        photos=len(sound),
        width=size[1],
        height=size[0],
        rows=tuple(each.row() for each in timed),
        not_timed=tuple(not_timed),
    )


class _Timed(Session):
    """A session that notes how long each run takes, in seconds."""

    def __init__(self, session: Session) -> None:
        self._session, self.outputs = session, session.outputs
        self.seconds: list[float] = []

    def run(self, photos: npt.NDArray[np.uint8], outputs: Sequence[str]) -> Arrays:
        """As the session."""
        start = time.perf_counter()
        results = self._session.run(photos, outputs)
        self.seconds.append(time.perf_counter() - start)
        return results


class _Trial:
    """One candidate, and its times so far."""

    def __init__(self, candidate: Candidate) -> None:
        self._candidate = candidate
        self._threads = candidate.threads or cores()
        self._session = _Timed(open_session(candidate.file.data, candidate.runtime, self._threads))
        self._model = LoadedModel(candidate.file, candidate.runtime, opened=lambda: self._session)
        self._model.check()
        self._whole: list[float] = []
        self._decode: list[float] = []
        self._resize: list[float] = []
        self._network: list[float] = []
        self._drawn: list[float] = []
        self._rates: list[float] = []
        self._drawn_rates: list[float] = []

    def round(self, paths: Sequence[Path], seconds: float) -> None:
        """One block: photos singly, with and without heatmap; then many at once."""
        rules = self._candidate.file.metadata.input
        for path in paths[:_WARM]:
            self._model.inspect([read(path, rules)], heatmap=True)
        photos = _until(time.monotonic() + seconds / 2, cycle(paths))
        for path in photos:
            self._whole.append(_seconds(lambda: self._judge(path)))  # noqa: B023 - called at once
            self._network.append(self._session.seconds[-1])
            self._stages(path)
        one = median(self._whole)
        for drawn, rates in ((False, self._rates), (True, self._drawn_rates)):
            rates.append(self._rate(paths, max(_FEWEST, round(seconds / 4 / one)), drawn=drawn))

    def _judge(self, path: Path) -> None:
        """As `InspectionEngine.inspect`."""
        self._model.inspect([read(path, self._candidate.file.metadata.input)], heatmap=False)

    def _stages(self, path: Path) -> None:
        """Decode, resize and heatmap of the same photo, each alone."""
        rules = self._candidate.file.metadata.input
        start = time.perf_counter()
        pixels = preprocess.read(path, depth=rules.depth, reduced_side=rules.reduced_side)
        decoded = time.perf_counter()
        given = resized(pixels, rules)
        self._decode.append(decoded - start)
        self._resize.append(time.perf_counter() - decoded)
        self._model.inspect([Frame(given)], heatmap=True)
        self._drawn.append(self._session.seconds[-1])

    def _rate(self, paths: Sequence[Path], photos: int, *, drawn: bool) -> float:
        """Photos a second of a folder with so many, as `okng predict` judges it."""
        candidate = self._candidate
        engine = InspectionEngine(
            candidate.file, runtime=candidate.runtime, threads=candidate.threads
        )
        named = list(islice(cycle(paths), photos))
        with engine, closing(engine.inspect_all(named, heatmap=drawn)) as inspected:
            return photos / _seconds(lambda: _drain(inspected))

    def row(self) -> BenchmarkRow:
        """The result."""
        candidate = self._candidate
        decode, resize, network, drawn, whole = (
            1000 * median(times)
            for times in (self._decode, self._resize, self._network, self._drawn, self._whole)
        )
        return BenchmarkRow(
            model=candidate.name,
            model_digest=candidate.file.digest,
            precision=candidate.file.metadata.precision,
            runtime=candidate.runtime,
            threads=self._threads,
            latency=Latency.of(self._whole),
            photos_per_second=median(self._rates),
            photos_per_second_with_heatmaps=median(self._drawn_rates),
            stages=Stages(
                decode=decode,
                resize=resize,
                network=network,
                rest=max(0.0, whole - decode - resize - network),
                heatmap=max(0.0, drawn - network),
            ),
        )


def _opened(candidates: Iterable[Candidate]) -> tuple[list[_Trial], list[NotTimed]]:
    """Candidates that can be run; the others, and why. onnxruntime always can."""
    timed, not_timed = [], []
    for candidate in candidates:
        try:
            timed.append(_Trial(candidate))
        except OkngError as exc:
            if candidate.runtime is Runtime.ONNXRUNTIME:
                raise
            not_timed.append(
                NotTimed(model=candidate.name, runtime=candidate.runtime, reason=exc.what)
            )
    return timed, not_timed


def _readable(paths: Sequence[Path]) -> tuple[list[Path], tuple[int, ...]]:
    """Photos that can be read, and height and width of the first."""
    sizes = {path: size for path in paths if (size := _size(path)) is not None}
    if not sizes:
        raise DatasetError("No photo can be read", where=paths[0], code=Code.PHOTOS_NONE)
    return list(sizes), next(iter(sizes.values()))


def _size(path: Path) -> tuple[int, ...] | None:
    """Height and width; None for a photo that cannot be read."""
    try:
        return preprocess.read(path).shape[:2]
    except PhotoError:
        return None


def _until(end: float, paths: Iterable[Path]) -> Iterable[Path]:
    """Photos until a time on `time.monotonic`, and a few at least."""
    for number, path in enumerate(paths):
        if number >= _FEWEST and time.monotonic() > end:
            return
        yield path


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _drain(items: Iterable[object]) -> None:
    for _ in items:
        pass
