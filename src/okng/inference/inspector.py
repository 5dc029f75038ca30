"""The inspector: a model file that judges photos. It needs no torch and no network connection."""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, overload

import numpy as np
from PIL import Image

from okng import modelfile, preprocess
from okng.config import Runtime
from okng.errors import ConfigError, ModelFileError
from okng.inference.frames import (
    BATCH,
    Photo,
    Read,
    batches,
    read,
    stacked,
)
from okng.inference.inputs import check_array, several
from okng.inference.output_checks import DRAWN, row_faults, try_session
from okng.inference.sessions import Arrays, open_session
from okng.inference.verdict_picture import picture_of
from okng.modelfile import ModelFile
from okng.verdict import Judgement, Output, Verdict, decide

_SEEN_PIXELS = 2_000_000  # the same as the network sees them: its maps hold a hundred times as much


class Inspector:
    """Judges photos with a model file, from any number of threads at once.

    It can be pickled, so that a pool of processes can judge; each process opens its own session.

    Args:
        path: the `inspector.onnx` of a run, or the folder of the run.
        runtime: the engine that runs the network, or its name: `"onnxruntime"`, `"openvino"`.
        threads: CPU threads; None takes all cores.
        digest: SHA-256 that the file must have, when given.
        require_signature: file with the public key that must have signed the model file, when
            given.

    Raises:
        ModelFileError: the file is not a model file of okng, was changed or damaged, is not the
            expected or signed one, or gives no scores.
        ConfigError: the engine is unknown or not installed, or the key cannot be read.

    Example:
        >>> inspector = Inspector("runs/castings/inspector.onnx")  # doctest: +SKIP
        >>> inspector("part.jpg").verdict  # doctest: +SKIP
        <Judgement.NG: 'NG'>
    """

    def __init__(
        self,
        path: Path | str,
        *,
        runtime: Runtime | str = Runtime.ONNXRUNTIME,
        threads: int | None = None,
        digest: str | None = None,
        require_signature: Path | str | None = None,
    ) -> None:
        file = modelfile.read(
            modelfile.located(path), digest=digest, require_signature=require_signature
        )
        self.__setstate__((file, _runtime(runtime), threads))
        try_session(self._session, self.metadata)

    def __getstate__(self) -> tuple[ModelFile, Runtime, int | None]:
        """The content of the model file: a session cannot leave its process."""
        return self._file, self._runtime, self._threads

    def __setstate__(self, state: tuple[ModelFile, Runtime, int | None]) -> None:
        """Open a session of its own on the content of the model file."""
        file, runtime, threads = state
        self._file, self._runtime, self._threads = file, runtime, threads
        self.metadata = file.metadata
        self.digest = file.digest
        self._session = open_session(file.data, runtime, threads)
        seen = _SEEN_PIXELS // self.metadata.input.image_size**2
        self._at_once = max(1, min(BATCH, seen))

    def __repr__(self) -> str:
        """Name, classes and threshold."""
        classes = ", ".join(self.classes)
        return f"Inspector({self.metadata.name!r}: {classes}; NG from {self.threshold:.4f})"

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, the OK class first if there is one."""
        return tuple(self.metadata.classes)

    @property
    def threshold(self) -> float:
        """The defect score in [0, 1] from which a part is NG."""
        return self.metadata.operating_point.threshold

    @overload
    def __call__(self, photos: Photo, *, heatmap: bool = False) -> Verdict: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, photos: Iterable[Photo], *, heatmap: bool = False) -> list[Verdict]: ...

    def __call__(
        self, photos: Photo | Iterable[Photo], *, heatmap: bool = False
    ) -> Verdict | list[Verdict]:
        """Judge one photo, or several.

        Args:
            photos: one photo, see `Photo`, or any iterable of photos, a folder, a pattern such as
                `"new/*.jpg"`, or an array of several photos (N, H, W, C).
            heatmap: also compute the evidence for *defective*, as `Verdict.evidence`.

        Returns:
            One verdict, or a list of them in order. A file that cannot be read gets the verdict
            ERROR with the reason, and the others are judged all the same.

        Raises:
            TypeError: something that is not a photo at all.
            PhotoError: one array alone whose type or shape is not that of a photo.
            DatasetError: a folder or pattern without a photo.
        """
        many = several(photos)
        if many is not None:
            known = many if isinstance(many, Sequence) else list(many)
            return list(self.judge(known, heatmap=heatmap))
        verdict = self._judge_now(photos, heatmap=heatmap)  # type: ignore[arg-type]
        if verdict.error:
            check_array(photos, self.metadata.input.depth)
        return verdict

    def picture(self, verdict: Verdict) -> Image.Image:
        """The photo of a verdict with its heatmap, verdict and score, RGB.

        Args:
            verdict: of a photo's path, computed with `heatmap=True`.

        Raises:
            ConfigError: the verdict has no path or no heatmap.
            PhotoError: the photo cannot be read any more.
        """
        if not verdict.path or verdict.heatmap is None:
            raise ConfigError(
                "A picture shows the photo of a verdict with its heatmap",
                where=verdict.path or None,
                allowed="the verdict of a path, computed with heatmap=True",
                hint='verdict = inspector("part.jpg", heatmap=True)',
            )
        photo = preprocess.read(verdict.path, depth=self.metadata.input.depth)
        return picture_of(photo, verdict, self.metadata.heat)

    def judge(self, photos: Iterable[Photo], *, heatmap: bool = False) -> Iterator[Verdict]:
        """Judge any number of photos; one verdict each, in order.

        A sequence is read ahead in threads and judged in batches. Of any other iterable, such as
        a generator that waits for a camera, each photo is judged as soon as it comes.
        """
        if not isinstance(photos, Sequence):
            for photo in photos:
                yield self._judge_now(photo, heatmap=heatmap)
            return
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
            for batch in batches(photos, pool, self._at_once, self.metadata.input.depth):
                yield from self._judge_batch(batch, heatmap=heatmap)

    def _judge_now(self, photo: Photo, *, heatmap: bool) -> Verdict:
        return next(self._judge_batch([read(photo, self.metadata.input.depth)], heatmap=heatmap))

    def _judge_batch(self, batch: list[Read], *, heatmap: bool) -> Iterator[Verdict]:
        if batch[0].pixels is None:
            yield self._error(batch[0].path, batch[0].error)
            return
        photos = stacked(batch)
        wanted = [name for name in self._session.outputs if heatmap or name not in DRAWN]
        try:
            results = self._session.run(photos, wanted)
        except ModelFileError as exc:
            yield from self._alone(batch, exc, heatmap=heatmap)
            return
        faults = row_faults(results, len(batch), len(self.metadata.classes))
        for row, photo in enumerate(batch):
            yield self._row(photo.path, results, row, faults[row])

    def _alone(
        self, batch: list[Read], fault: ModelFileError, *, heatmap: bool
    ) -> Iterator[Verdict]:
        """One by one, so that a photo that the engine cannot judge costs no other its verdict."""
        if len(batch) == 1:
            yield self._error(batch[0].path, fault.what)
            return
        for photo in batch:
            yield from self._judge_batch([photo], heatmap=heatmap)

    def _row(self, path: str, results: Arrays, row: int, fault: str) -> Verdict:
        if fault:
            return self._error(path, f"The model gives no usable result: {fault}")
        return self._verdict(path, {name: result[row] for name, result in results.items()})

    def _verdict(self, path: str, said: dict[str, Any]) -> Verdict:
        point, classes = self.metadata.operating_point, self.metadata.classes
        probabilities, score = said["probabilities"], float(said["defect_score"])
        unfamiliarity = float(said.get("unfamiliarity", np.nan))
        output = Output(probabilities, score, unfamiliarity)
        decision = decide(output, point, has_ok=self.metadata.ok_class is not None)
        return Verdict(
            decision.verdict,
            score,
            classes[decision.class_index],
            dict(zip(classes, map(float, probabilities), strict=True)),
            point.threshold,
            path,
            heatmap=said.get("heatmap"),
            evidence=said.get("evidence"),
            unfamiliarity=unfamiliarity,
            reason=decision.reason,
        )

    def _error(self, path: str, reason: str) -> Verdict:
        threshold = self.metadata.operating_point.threshold
        return Verdict(Judgement.ERROR, float("nan"), "", {}, threshold, path, reason)


def _runtime(asked: Runtime | str) -> Runtime:
    try:
        return Runtime(asked)
    except ValueError as exc:
        raise ConfigError(
            f"There is no engine {asked!r}",
            where="runtime",
            allowed=", ".join(Runtime),
        ) from exc
