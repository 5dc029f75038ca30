"""Judges photos in every setup and compares each verdict with that of the reference."""

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from functools import partial
from itertools import islice

import numpy as np

from okng.certification.certificate import Certificate, NotTried
from okng.certification.isolated import JudgeApart
from okng.certification.judges import Answer, Judge, JudgeHere
from okng.certification.machine import this_machine
from okng.certification.setups import REFERENCE, Setup, setups_at_hand
from okng.certification.tally import Tally, limit_distance
from okng.config import Runtime
from okng.error_codes import Code
from okng.errors import DatasetError, OkngError
from okng.events import Progress
from okng.inference import Frame
from okng.inference.engine.engine import READERS
from okng.inference.engine.read_ahead import Readers, batches
from okng.inference.frames import pixel_count, read
from okng.inference.inspection import okng_version
from okng.inference.paths import NamedPhoto
from okng.modelfile import ModelFile

_OPENING = 1.0
"""Seconds that OpenVINO takes to load and compile a small network, about."""


def certify(
    file: ModelFile,
    photos: Sequence[NamedPhoto],
    progress: Progress,
    *,
    setups: Sequence[Setup] | None = None,
    seconds: float | None = None,
    nearest_first: bool = False,
) -> Certificate:
    """Judge photos in every setup, and compare.

    Each photo is decoded once. It then goes through all setups before the next batch is decoded, so
    a certificate that ends early holds the same photos in every setup.

    Args:
        file: the model file, read and checked.
        photos: to be judged; the order is kept where time is limited.
        progress: receives one stage.
        setups: without the reference; all at hand when left out.
        seconds: after which no further batch is begun; None for no limit.
        nearest_first: whether the photos are in the order of `limit_distance`.

    Raises:
        ModelFileError: onnxruntime refuses the graph, or a runtime has ended.
        DatasetError: no photo can be read.
    """
    clock = _Clock(seconds)
    ordered = photos if seconds is not None else _by_size(photos)
    others = [s for s in (setups_at_hand() if setups is None else setups) if s != REFERENCE]
    with ExitStack() as opened:
        judges, not_tried = _open(file, [REFERENCE, *others], clock)
        for judge in judges:
            opened.enter_context(closing(judge))
        rows = _Rows(file, judges)
        clock.start_lap()
        with progress.stage("certify", len(photos)) as advance:
            for names, frames in _read(ordered, file, _largest(judges), rows.unreadable):
                rows.add(names, frames)
                advance(len(names))
                if clock.is_up():
                    break
    if not rows.reference:
        raise DatasetError("No photo can be read", where=photos[0].path, code=Code.PHOTOS_NONE)
    return rows.certificate(len(photos), not_tried, nearest_first=nearest_first)


class _Clock:
    """Seconds that may be spent, from now on; None for no limit."""

    def __init__(self, seconds: float | None) -> None:
        self._began = self._lap = time.monotonic()
        self.seconds = math.inf if seconds is None else seconds

    @property
    def spent(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._began

    def start_lap(self) -> None:
        """Begin the first lap."""
        self._lap = time.monotonic()

    def is_up(self) -> bool:
        """Whether another lap, as long as the one that ends now, would take too long."""
        now = time.monotonic()
        lap, self._lap = now - self._lap, now
        return self.spent + lap > self.seconds


class _Rows:
    """All rows in the making.

    Args:
        file: the model file.
        judges: the first setup of the first one is the reference.
    """

    def __init__(self, file: ModelFile, judges: Sequence[Judge]) -> None:
        self._file, self._judges = file, judges
        setups = [setup for judge in judges for setup in judge.setups]
        self._tallies = [Tally(setup) for setup in setups[1:]]
        self.reference: list[Answer] = []
        self.unreadable: list[str] = []

    def add(self, names: list[str], frames: Sequence[Frame]) -> None:
        """Judge frames of one size in all setups."""
        answers = [each for judge in self._judges for each in judge.judge(frames)]
        self.reference += answers[0]
        for tally, given in zip(self._tallies, answers[1:], strict=True):
            tally.add(names, answers[0], given)

    def certificate(
        self, offered: int, not_tried: Sequence[NotTried], *, nearest_first: bool
    ) -> Certificate:
        """The finished certificate."""
        metadata, nearest = self._file.metadata, self._nearest()
        return Certificate(
            model=metadata.name,
            model_digest=self._file.digest,
            precision=metadata.precision,
            okng_version=okng_version(),
            machine=this_machine(),
            operating_point=metadata.operating_point,
            photos=len(self.reference),
            offered=offered,
            nearest_first=nearest_first,
            unreadable=tuple(self.unreadable),
            nearest_limit=_smallest(*nearest),
            nearest_score=nearest[0],
            nearest_unfamiliarity=nearest[1],
            rows=tuple(tally.row() for tally in self._tallies),
            not_tried=tuple(not_tried),
        )

    def _nearest(self) -> tuple[float | None, float | None]:
        """Smallest distance of a score and of an unfamiliarity; None where no limit decides."""
        metadata = self._file.metadata
        scores = np.array([answer.score for answer in self.reference])
        if metadata.ok_class is None:
            scores[:] = np.nan  # there is no threshold
        unfamiliarities = np.array([answer.unfamiliarity for answer in self.reference])
        none = np.full(len(scores), np.nan)
        point = metadata.operating_point
        by_score = limit_distance(scores, none, point)
        by_unfamiliarity = limit_distance(none, unfamiliarities, point)
        return _smallest(*by_score), _smallest(*by_unfamiliarity)


def _smallest(*values: float | None) -> float | None:
    """The smallest number; None where there is none."""
    return min((float(v) for v in values if v is not None and np.isfinite(v)), default=None)


def _open(
    file: ModelFile, setups: Sequence[Setup], clock: _Clock
) -> tuple[list[Judge], list[NotTried]]:
    """A judge per runtime and set of kernels; those that cannot be opened, and why."""
    judges: list[Judge] = []
    not_tried = []
    for runtime, kernels in dict.fromkeys((setup.runtime, setup.kernels) for setup in setups):
        own = [s for s in setups if (s.runtime, s.kernels) == (runtime, kernels)]
        left = partial(NotTried, runtime=runtime, kernels=kernels)
        # onnxruntime is at hand and quick; OpenVINO compiles the network.
        if runtime is not Runtime.ONNXRUNTIME and clock.spent + _OPENING > clock.seconds / 2:
            not_tried.append(left(code="time", reason=f"no time: {clock.seconds:.1f} s"))
            continue
        try:
            judges.append((JudgeApart if kernels.isolated else JudgeHere)(file, own))
        except OkngError as exc:
            if runtime is Runtime.ONNXRUNTIME:
                raise
            not_tried.append(left(code=exc.code.value, reason=exc.what))
    return judges, not_tried


def _largest(judges: Sequence[Judge]) -> int:
    return max((setup.batch for judge in judges for setup in judge.setups), default=1)


def _by_size(photos: Sequence[NamedPhoto]) -> list[NamedPhoto]:
    """Photos of one number of pixels side by side: in older files these alone share a batch."""
    return sorted(photos, key=lambda photo: pixel_count(photo.path) or 0)


def _read(
    photos: Sequence[NamedPhoto], file: ModelFile, most: int, unreadable: list[str]
) -> Iterator[tuple[list[str], Sequence[Frame]]]:
    """Names and frames of photos of one size, read ahead; names of others go to `unreadable`."""
    names = iter([photo.name.as_posix() for photo in photos])
    readers = Readers(READERS)
    paths = [photo.path for photo in photos]
    read_one = partial(read, rules=file.metadata.input)
    try:
        with closing(batches(paths, readers, most, read_one)) as ahead:
            for batch in ahead:
                own = list(islice(names, len(batch)))
                frames = [photo for photo in batch if isinstance(photo, Frame)]
                if frames:
                    yield own, frames
                else:
                    unreadable += own
    finally:
        readers.shutdown(cancel_futures=True)
