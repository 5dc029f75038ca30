"""A model file with its open sessions: frames -> inspections. No files, no threads."""

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from okng.config import Runtime
from okng.error_codes import Code
from okng.errors import ConfigError, ModelFileError
from okng.inference.engine.read_ahead import BATCH, stacked
from okng.inference.frames import Frame, ReadError
from okng.inference.inspection import Inspection, new_id, okng_version, utc
from okng.inference.output_checks import row_faults, try_session
from okng.inference.processors import cores
from okng.inference.score_graph import DRAWN
from okng.inference.sessions import Arrays, Session, open_session
from okng.modelfile import WHOLE_RESIZE, Metadata, ModelFile
from okng.verdict import Judgement, Output, Verdict, decide

_SEEN_PIXELS = 2_000_000
"""Pixels of a batch at the size that the network sees: its feature maps take about 100 times as
many bytes, 200 MB."""
_PIXELS_OF_RUNS = 4 * _SEEN_PIXELS
"""The same of all batches that are computed at once: 800 MB."""
_TITLES = {
    Runtime.OPENVINO: "OpenVINO",
    Runtime.CUDA: "CUDA",
    Runtime.TENSORRT: "TensorRT",
    Runtime.DIRECTML: "DirectML",
    Runtime.COREML: "Core ML",
}
_FAULTS = (ModelFileError, MemoryError)
"""What a batch may end in; each of its photos is then tried alone."""


def photos_at_once(image_size: int) -> int:
    """Photos that a network of this input size inspects in one batch, at most."""
    return max(1, min(BATCH, _SEEN_PIXELS // image_size**2))


def check_runtime(metadata: Metadata, runtime: Runtime) -> None:
    """Refuse a runtime that gives other verdicts than the one the threshold was chosen with.

    Of 291 solar cells OpenVINO 2026.4 gave 7 another verdict with INT8 layers, and scores that
    differ by up to 0.15 (benchmarks/inspector/LOG.md): it rounds sums in another way. No provider
    of another device has been shown to be better.

    Raises:
        ConfigError: another runtime than onnxruntime on the CPU, and INT8.
    """
    if runtime is not Runtime.ONNXRUNTIME and metadata.precision == "int8":
        raise ConfigError(
            f"{_TITLES[runtime]} rounds INT8 layers in another way, so verdicts would change",
            where=f"`runtime` {runtime}",
            allowed="onnxruntime, or a model file in float32",
            hint="Take onnxruntime, or train with `training.precision` float32.",
            code=Code.MODEL_OTHER_RUNTIME,
        )


class LoadedModel:
    """Inspects frames with one model file, from any number of threads at once.

    Args:
        file: read and checked.
        runtime: what runs the network.
        threads: CPU threads of each session; None shares all cores among them.
        sessions: how many; batches take turns. Each holds the weights once.
        station: name of the station, for the record.
        opened: opens a session in another way than the line does, for comparisons.

    Attributes:
        at_once: photos in a batch, at most.
        runs: batches that are inspected at the same time, at most.
        runs_of_photos: the same, of photos as they are submitted: one for older files, which
            compute with the pixels of whole photos.

    Raises:
        ModelFileError: the runtime refuses the graph.
        ConfigError: the runtime is not installed, or computes this file in another way.
    """

    def __init__(
        self,
        file: ModelFile,
        runtime: Runtime,
        threads: int | None = None,
        sessions: int = 1,
        station: str | None = None,
        opened: Callable[[], Session] | None = None,
    ) -> None:
        check_runtime(file.metadata, runtime)
        self.metadata, self.digest, self._station = file.metadata, file.digest, station
        self.at_once = photos_at_once(file.metadata.input.image_size)
        each = threads or max(1, cores() // sessions)
        self._sessions = [
            opened() if opened else open_session(file.data, runtime, each) for _ in range(sessions)
        ]
        self._turns = itertools.count()  # next() of it is atomic: no lock is needed
        in_one = self.at_once * file.metadata.input.image_size**2
        self.runs = max(1, min(threads or cores(), _PIXELS_OF_RUNS // in_one))
        self.runs_of_photos = self.runs if file.metadata.input.resize == WHOLE_RESIZE else 1
        self._open_parallel = partial(open_session, file.data, runtime, threads, self.runs)
        self._parallel: Session | None = None
        self._opening = threading.Lock()

    def check(self) -> None:
        """Inspect two photos of noise with each session.

        Raises:
            ModelFileError: the results are no scores.
        """
        for session in self._sessions:
            try_session(session, self.metadata)

    def inspect(
        self, photos: Sequence[Frame | ReadError], *, heatmap: bool, parallel: bool = False
    ) -> list[Inspection]:
        """One inspection per photo, in order.

        A photo that the network cannot judge becomes an ERROR, and costs no other its verdict.

        Args:
            photos: frames of one size, or photos that could not be read.
            heatmap: also compute heatmap and evidence.
            parallel: other batches are inspected meanwhile, up to `runs`, which share the threads:
                a single batch takes longer, and all together less time.
        """
        session = self._parallel_session() if parallel else self._next_session()
        frames = [photo for photo in photos if isinstance(photo, Frame)]
        inspected = iter(self._inspect_frames(session, frames, heatmap=heatmap) if frames else ())
        return [
            next(inspected)
            if isinstance(photo, Frame)
            else self._error(photo, photo.message, photo.code)
            for photo in photos
        ]

    def _next_session(self) -> Session:
        return self._sessions[next(self._turns) % len(self._sessions)]

    def _parallel_session(self) -> Session:
        """Opened when it is first needed: a single photo has no use for it."""
        if self.runs == 1:
            return self._next_session()
        with self._opening:
            self._parallel = self._parallel or self._open_parallel()
            return self._parallel

    def _inspect_frames(
        self, session: Session, frames: list[Frame], *, heatmap: bool
    ) -> list[Inspection]:
        wanted = [name for name in session.outputs if heatmap or name not in DRAWN]
        try:
            results = session.run(stacked(frames), wanted)
        except _FAULTS as exc:
            return self._one_by_one(session, frames, exc, heatmap=heatmap)
        faults = row_faults(results, len(frames), len(self.metadata.classes))
        return [
            self._error(
                frame, f"The model gives no usable result: {fault}", Code.INFERENCE_NO_SCORE
            )
            if fault
            else self._decided(frame, {name: values[row] for name, values in results.items()})
            for row, (frame, fault) in enumerate(zip(frames, faults, strict=True))
        ]

    def _one_by_one(
        self,
        session: Session,
        frames: list[Frame],
        fault: ModelFileError | MemoryError,
        *,
        heatmap: bool,
    ) -> list[Inspection]:
        if len(frames) > 1:
            return [self._inspect_frames(session, [frame], heatmap=heatmap)[0] for frame in frames]
        if isinstance(fault, MemoryError):
            return [self._error(frames[0], "The memory is full", Code.MEMORY)]
        return [self._error(frames[0], fault.what, Code.INFERENCE_FAILED)]

    def _decided(self, frame: Frame, results: Arrays) -> Inspection:
        """Apply the operating point to the results of one photo, each (...) without the batch."""
        metadata = self.metadata
        output = Output(
            results["probabilities"],
            float(results["defect_score"]),
            float(results.get("unfamiliarity", np.nan)),
        )
        decision = decide(output, metadata.operating_point, has_ok=metadata.ok_class is not None)
        verdict = Verdict(
            decision.verdict,
            float(output.defect_score),
            metadata.classes[decision.class_index],
            dict(zip(metadata.classes, output.probabilities.tolist(), strict=True)),
            metadata.operating_point.threshold,
            frame.path,
            heatmap=results.get("heatmap"),
            evidence=results.get("evidence"),
            unfamiliarity=float(output.unfamiliarity),
            reason=decision.reason,
        )
        return self._inspection(frame, verdict)

    def _error(self, photo: Frame | ReadError, message: str, code: Code) -> Inspection:
        threshold = self.metadata.operating_point.threshold
        verdict = Verdict(Judgement.ERROR, np.nan, "", {}, threshold, photo.path, message)
        return self._inspection(photo, verdict, code)

    def _inspection(self, photo: Frame | ReadError, verdict: Verdict, code: str = "") -> Inspection:
        return Inspection(
            id=new_id(),
            time=utc(photo.arrival.wall_ns),
            station=self._station,
            photo_digest=photo.digest,
            model_digest=self.digest,
            operating_point=self.metadata.operating_point,
            verdict=verdict,
            latency_ms=round((time.perf_counter_ns() - photo.arrival.clock_ns) / 1e6, 3),
            okng_version=okng_version(),
            error_code=code,
        )
