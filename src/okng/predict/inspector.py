"""The inspector: a model file that judges photos. It needs no torch and no network connection."""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, overload

import numpy as np

from okng import modelfile
from okng.config import Runtime
from okng.predict.reading import BATCH, Photo, Read, batches, stacked
from okng.predict.sessions import open_session
from okng.verdict import Judgement, Verdict, likeliest_class

_DRAWN = {"heatmap", "evidence"}  # outputs that cost time and serve pictures alone
_SEEN_PIXELS = 2_000_000  # the same as the network sees them: its maps hold a hundred times as much


class Inspector:
    """Judges photos with a model file.

    Args:
        path: the `inspector.onnx` of a run, or the folder of the run.
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
        file = modelfile.read(modelfile.located(path), digest=digest)
        self.metadata = file.metadata
        self.digest = file.digest
        self._session = open_session(file.data, runtime, threads)
        seen = _SEEN_PIXELS // self.metadata.input.image_size**2
        self._at_once = max(1, min(BATCH, seen))

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
            for batch in batches(photos, pool, self._at_once, self.metadata.input.depth):
                yield from self._judge_batch(batch, heatmap=heatmap)

    def _judge_batch(self, batch: list[Read], *, heatmap: bool) -> Iterator[Verdict]:
        if batch[0].pixels is None:
            yield self._error(batch[0].path, batch[0].error)
            return
        photos = stacked(batch)
        wanted = [name for name in self._session.outputs if heatmap or name not in _DRAWN]
        results = self._session.run(photos, wanted)
        for row, photo in enumerate(batch):
            yield self._verdict(photo.path, {name: result[row] for name, result in results.items()})

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
