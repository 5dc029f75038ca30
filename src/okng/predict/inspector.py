"""The inspector: a model file that judges photos. It needs no torch and no network connection."""

import io
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, overload

import numpy as np
import numpy.typing as npt
from PIL import Image

from okng import modelfile, preprocess
from okng.config import Runtime
from okng.errors import PhotoError
from okng.predict.sessions import open_session
from okng.verdict import Judgement, Verdict, likeliest_class

Array = npt.NDArray[np.uint8]
Photo = str | Path | bytes | Image.Image | Array
"""A path, the bytes of an image file, a Pillow image, or uint8 (H, W, 3) RGB or (H, W) grey."""

_DRAWN = {"heatmap", "evidence"}  # outputs that cost time and serve pictures alone
_BATCH = 8
_BATCH_PIXELS = 16_000_000  # photos of one batch together, so that memory stays bounded
_SEEN_PIXELS = 2_000_000  # the same as the network sees them: its maps hold a hundred times as much


class Inspector:
    """Judges photos with a model file.

    Args:
        path: the `inspector.onnx` of a run.
        runtime: the engine that runs the network.
        threads: CPU threads; None takes all cores.
        digest: SHA-256 that the file must have, when given.

    Raises:
        ModelFileError: the file is not a model file of okng, or not the expected one.

    Example:
        >>> inspector = Inspector("runs/castings/inspector.onnx")  # doctest: +SKIP
        >>> inspector("part.jpg").verdict  # doctest: +SKIP
        <Judgement.NG: 'NG'>
    """

    def __init__(
        self,
        path: Path | str,
        *,
        runtime: Runtime = Runtime.ONNXRUNTIME,
        threads: int | None = None,
        digest: str | None = None,
    ) -> None:
        file = modelfile.read(path, digest=digest)
        self.metadata = file.metadata
        self.digest = file.digest
        self._session = open_session(file.data, runtime, threads)
        seen = _SEEN_PIXELS // self.metadata.input.image_size**2
        self._at_once = max(1, min(_BATCH, seen))

    @overload
    def __call__(self, photos: Photo, *, heatmap: bool = False) -> Verdict: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, photos: Sequence[Photo], *, heatmap: bool = False) -> list[Verdict]: ...

    def __call__(
        self, photos: Photo | Sequence[Photo], *, heatmap: bool = False
    ) -> Verdict | list[Verdict]:
        """Judge one photo, or several.

        Args:
            photos: one photo or a sequence of them; see `Photo` for what counts as one.
            heatmap: also compute where the network looked, as `Verdict.heatmap`.

        Returns:
            One verdict per photo, in order. A photo that cannot be read gets the verdict ERROR
            with the reason, and the others are judged all the same.

        Raises:
            TypeError: something that is not a photo at all.
        """
        if isinstance(photos, list | tuple):
            return list(self.judge(photos, heatmap=heatmap))
        return next(self.judge([photos], heatmap=heatmap))  # type: ignore[list-item]

    def judge(self, photos: Iterable[Photo], *, heatmap: bool = False) -> Iterator[Verdict]:
        """Judge any number of photos, reading ahead in threads; one verdict each, in order."""
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
            for batch in _batches(_read_ahead(photos, pool), self._at_once):
                yield from self._judge_batch(batch, heatmap=heatmap)

    def _judge_batch(
        self, batch: list[tuple[str, Array | str]], *, heatmap: bool
    ) -> Iterator[Verdict]:
        path, content = batch[0]
        if isinstance(content, str):
            yield self._error(path, content)
            return
        photos = np.stack([photo for _, photo in batch if not isinstance(photo, str)])
        wanted = [name for name in self._session.outputs if heatmap or name not in _DRAWN]
        results = self._session.run(photos, wanted)
        for row, (path, _) in enumerate(batch):
            yield self._verdict(path, {name: result[row] for name, result in results.items()})

    def _verdict(self, path: str, said: dict[str, Any]) -> Verdict:
        point, classes = self.metadata.operating_point, self.metadata.classes
        probabilities, score = said["probabilities"], float(said["defect_score"])
        unfamiliarity = float(said.get("unfamiliarity", np.nan))
        judgement, name, reason = self._judged(probabilities, score)
        if point.is_unfamiliar(unfamiliarity) and judgement is not Judgement.ERROR:
            judgement, reason = Judgement.REVIEW, "unfamiliar"
        return Verdict(
            judgement,
            score,
            name,
            dict(zip(classes, map(float, probabilities), strict=True)),
            point.threshold,
            path,
            heatmap=said.get("heatmap"),
            evidence=said.get("evidence"),
            unfamiliarity=unfamiliarity,
            reason=reason,
        )

    def _judged(self, probabilities: Any, score: float) -> tuple[Judgement, str, str]:
        """Judgement by the defect score, likeliest class, and reason."""
        point, classes = self.metadata.operating_point, self.metadata.classes
        has_ok = self.metadata.ok_class is not None
        name = classes[int(likeliest_class(probabilities, has_ok=has_ok))]
        if not has_ok:
            return Judgement.NG, name, ""
        judgement = point.judge(score)
        return judgement, name, "band" if judgement is Judgement.REVIEW else ""

    def _error(self, path: str, reason: str) -> Verdict:
        threshold = self.metadata.operating_point.threshold
        return Verdict(Judgement.ERROR, float("nan"), "", {}, threshold, path, reason)


def _read_ahead(
    photos: Iterable[Photo], pool: ThreadPoolExecutor
) -> Iterator[tuple[str, Array | str]]:
    waiting: deque[Future[tuple[str, Array | str]]] = deque()
    for photo in photos:
        waiting.append(pool.submit(_read, photo))
        if len(waiting) > 2 * _BATCH:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _batches(
    photos: Iterable[tuple[str, Array | str]], most: int
) -> Iterator[list[tuple[str, Array | str]]]:
    """Runs of photos of the same size, in order; an unreadable one is a batch of its own."""
    batch: list[tuple[str, Array | str]] = []
    for path, content in photos:
        if batch and not _fits(batch, content, most):
            yield batch
            batch = []
        batch.append((path, content))
    if batch:
        yield batch


def _fits(batch: list[tuple[str, Array | str]], content: Array | str, most: int) -> bool:
    first = batch[0][1]
    if isinstance(first, str) or isinstance(content, str) or first.shape != content.shape:
        return False
    return len(batch) < most and (len(batch) + 1) * content[..., 0].size <= _BATCH_PIXELS


def _read(photo: Photo) -> tuple[str, Array | str]:
    """The photo's path, or nothing, and its pixels, or why it has none."""
    name = str(photo) if isinstance(photo, str | Path) else ""
    try:
        return name, _pixels(photo)
    except PhotoError as exc:
        return name, exc.what


def _pixels(photo: Photo) -> Array:
    if isinstance(photo, str | Path):
        return preprocess.read(photo)
    if isinstance(photo, bytes):
        return preprocess.decode(photo)
    if isinstance(photo, Image.Image):
        buffer = io.BytesIO()
        photo.save(buffer, "TIFF")
        return preprocess.decode(buffer.getvalue())
    return _checked(photo)


def _checked(photo: Array) -> Array:
    if not isinstance(photo, np.ndarray):
        raise TypeError(f"{type(photo).__name__} is not a photo; see okng.predict.Photo")
    if photo.dtype != np.uint8:
        raise PhotoError(f"The array is {photo.dtype}, a photo is uint8", hint="Scale it to 0-255.")
    if photo.ndim == 2:
        photo = np.repeat(photo[..., None], 3, axis=2)
    if photo.ndim != 3 or photo.shape[2] != 3 or min(photo.shape) < 1:
        raise PhotoError(
            f"The array has shape {photo.shape}", allowed="(H, W, 3) RGB or (H, W) grey"
        )
    return np.ascontiguousarray(photo)
