"""The inspection engine: a model file that stays loaded and inspects photos from many threads.

`Inspector` is the simple face of it; a station, a camera or a folder that is watched use it
directly. It stores nothing, and photos may come from anywhere.
"""

import os
import threading
import time
import weakref
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future
from contextlib import closing
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import numpy as np

from okng import modelfile
from okng.config import Runtime
from okng.inference.engine.batcher import Seen, Ticket
from okng.inference.engine.loaded import LoadedModel
from okng.inference.engine.parallel import inspect_batches
from okng.inference.engine.read_ahead import Batch, Readers, batches, closed
from okng.inference.engine.streams import Stream
from okng.inference.engine.submissions import Load, Submissions
from okng.inference.frames import Frame, Photo, ReadError, pixel_count, read
from okng.inference.inspection import Inspection
from okng.inference.processors import cores
from okng.modelfile import Metadata, ModelFile

PIXELS_IN_FLIGHT = 64_000_000
"""Pixels of the photos that were submitted and not yet inspected: 192 MB once they are decoded."""
READERS = min(4, cores())
"""Threads that read and decode photos."""


class Inspected(NamedTuple):
    """A photo and its inspection."""

    photo: Frame | ReadError
    inspection: Inspection


class Prepared(NamedTuple):
    """A model file that is loaded and checked."""

    file: ModelFile
    loaded: LoadedModel


class InspectionEngine:
    """Inspects photos with a model file that stays loaded; to be used from any thread.

    Args:
        model: the `inspector.onnx` of a run, the folder of the run, or a model file that was read.
        runtime: what runs the network.
        threads: CPU threads of each session; None shares all cores among them.
        sessions: batches that are inspected at the same time; each session holds the weights once.
            None follows the load: a batch alone gets all threads; where others wait, as many as
            there are threads are inspected at the same time, in one session for all.
        readers: threads that read and decode photos.
        pixels: bound on the photos that were submitted and are not yet inspected. A photo with more
            pixels is let in when no other is in flight.
        station: name of the station, for the record.

    Raises:
        ModelFileError: the file is not a model file of okng, or was changed or damaged.

    Example:
        >>> with InspectionEngine("inspector.onnx") as engine:  # doctest: +SKIP
        ...     engine.warm_up()
        ...     inspection = engine.submit("part.jpg").result()
    """

    def __init__(
        self,
        model: Path | str | ModelFile,
        *,
        runtime: Runtime = Runtime.ONNXRUNTIME,
        threads: int | None = None,
        sessions: int | None = None,
        readers: int = READERS,
        pixels: int = PIXELS_IN_FLIGHT,
        station: str | None = None,
    ) -> None:
        self._file = modelfile.loaded(model)
        self._load_model = partial(
            LoadedModel, runtime=runtime, threads=threads, sessions=sessions or 1, station=station
        )
        self._readers, self._sessions, self._pixels = readers, sessions, pixels
        self._lock = threading.Lock()
        self._model: LoadedModel | None = None
        self._submissions: Submissions | None = None

    @property
    def metadata(self) -> Metadata:
        """What the model file states of itself."""
        return self._file.metadata

    @property
    def file(self) -> ModelFile:
        """The model file, as it was read."""
        return self._file

    @property
    def digest(self) -> str:
        """SHA-256 of the model file, in hex."""
        return self._file.digest

    @property
    def load(self) -> Load:
        """What is in flight."""
        return self._open_submissions().load

    def open(self, *, check: bool = True) -> None:
        """Load the model; nothing happens where it is open.

        Args:
            check: judge two photos of noise first.

        Raises:
            ModelFileError: the runtime refuses the graph, or its results are no scores.
            ConfigError: the runtime is not installed.
        """
        with self._lock:
            if self._submissions is None:
                self._model = self._loaded(self._file, check=check)
                self._submissions = self._new_submissions()
                _engines.add(self)

    def close(self, timeout: float | None = None) -> None:
        """Refuse new photos, inspect those that were submitted, and end all threads.

        Nothing happens where it is closed. Photos that are in flight after `timeout` seconds are
        cancelled, except for those that a session is inspecting.
        """
        with self._lock:
            ending, self._submissions, self._model = self._submissions, None, None
        if ending is not None:
            ending.close(timeout)

    def __enter__(self) -> Self:
        """Open it."""
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it; after an error without inspecting what is left."""
        self.close(None if kind is None else 0)

    def swap(self, model: Path | str | ModelFile) -> None:
        """Take another model file, or the same one with another threshold, without a pause.

        Photos that were submitted before are inspected by the model that was loaded then. Every
        inspection holds the digest and the operating point that decided it.

        Raises:
            ModelFileError: it is no sound model file; the one that was loaded stays.
            EngineClosedError: the engine is not open.
        """
        self.take(self.prepare(model))

    def prepare(self, model: Path | str | ModelFile) -> Prepared:
        """Load and check another model file, to be taken later; see `swap`.

        Raises:
            ModelFileError: it is no sound model file.
        """
        file = modelfile.loaded(model)
        return Prepared(file, self._loaded(file, check=True))

    def take(self, prepared: Prepared) -> None:
        """Inspect with a prepared model from now on; see `swap`.

        Raises:
            EngineClosedError: the engine is not open.
        """
        with self._lock:
            self._open_submissions()
            self._file, self._model = prepared

    def pin(self) -> LoadedModel:
        """The model of this moment, so that photos of one request get the same one; see `submit`.

        Raises:
            EngineClosedError: the engine is not open.
        """
        return self._current()

    def warm_up(
        self, height: int | None = None, width: int | None = None, *, heatmaps: bool = True
    ) -> None:
        """Inspect black photos, so that the first photo of the line takes as long as any other.

        Args:
            height: of the photos of the line, in pixels; the network's own size, when left out.
            width: likewise.
            heatmaps: also with heatmaps, for which the whole graph is loaded once more.
        """
        size = self.metadata.input.image_size
        black = np.zeros((height or size, width or size, 3), dtype=np.uint8)
        model = self._current()
        for heatmap in (False, True)[: 1 + heatmaps]:
            for _ in range(self._sessions or 1):
                self.inspect(black, heatmap=heatmap)
            for future in [self.submit(black, heatmap=heatmap) for _ in range(self._workers())]:
                future.result()
            # Whether these ran one after the other is left to chance.
            model.inspect([read(black, model.metadata.input)], heatmap=heatmap, parallel=True)

    def inspect(self, photo: Photo, *, heatmap: bool = False) -> Inspection:
        """Inspect one photo at once, in the thread of the caller.

        Args:
            photo: in any form, see `Photo`.
            heatmap: also compute heatmap and evidence.

        Raises:
            TypeError: it is nothing that can be a photo.
            EngineClosedError: the engine is not open.
        """
        model = self._current()
        frame = read(photo, model.metadata.input)
        return model.inspect([frame], heatmap=heatmap)[0]

    def submit(
        self,
        photo: Photo,
        *,
        heatmap: bool = False,
        max_wait: float = 0.0,
        timeout: float | None = None,
        pinned: LoadedModel | None = None,
        seen: Seen | None = None,
    ) -> Future[Inspection]:
        """Inspect a photo in the threads of the engine.

        A session that is free takes what waits, in batches of photos of one size. A future that is
        cancelled before that never reaches the network. For asyncio: `asyncio.wrap_future`.

        Args:
            photo: in any form, see `Photo`.
            heatmap: also compute heatmap and evidence.
            max_wait: seconds that it may wait for others, to share a batch with them.
            timeout: seconds to wait for room where too many pixels are in flight; None waits as
                long as it takes, 0 never waits.
            pinned: of `pin`: inspects the photo; the model of this moment, when left out.
            seen: gets the pixels that the network was given and the inspection, in a thread of the
                engine, before the future is set; it must return at once and raise nothing.

        Returns:
            The future of the inspection. A photo that cannot be read or inspected is an inspection
            with the verdict ERROR; what is no photo at all raises TypeError from the future.

        Raises:
            EngineClosedError: the engine is not open.
            EngineFullError: there was no room in time.
        """
        model = pinned or self._current()
        size = pixel_count(photo, model.metadata.input.reduced_side)
        # One that cannot be sized before it is read has the room to itself.
        pixels = self._pixels if size is None else size
        ticket = Ticket(photo, pixels, model, heatmap, time.monotonic() + max_wait, seen=seen)
        return self._open_submissions().take(ticket, timeout)

    def stream(
        self, source: Iterable[Photo], *, max_wait: float = 0.0, heatmap: bool = False
    ) -> Generator[Inspection, None, None]:
        """Inspect photos as they come; one inspection each, in order.

        Closing the generator stops the reading. A source that raises ends the stream with its
        error, after the photos before it.

        Args:
            source: a sequence is there already: it is read ahead and inspected in full batches, by
                the model that is loaded at the start. Of any other source each photo is inspected
                before the next one is taken, unless photos may wait.
            max_wait: seconds that a photo of such a source may wait for others, to share a batch
                with them. Photos are then taken ahead, in a thread of its own.
            heatmap: also compute heatmap and evidence.

        Raises:
            EngineClosedError: the engine is not open.
        """
        if isinstance(source, Sequence):
            with closing(self._batches(source, heatmap=heatmap, shown=False)) as batches:
                for _, inspections in batches:
                    yield from inspections
        elif max_wait <= 0:
            for photo in source:
                yield self.inspect(photo, heatmap=heatmap)
        else:
            submit = partial(self.submit, heatmap=heatmap, max_wait=max_wait)
            with Stream(source, submit) as stream:
                yield from stream

    def inspect_all(
        self, source: Sequence[Photo], *, heatmap: bool = False
    ) -> Generator[Inspected, None, None]:
        """Inspect a sequence of photos, and give each with its frame.

        Photos are read ahead and inspected in full batches. With `heatmap` a frame holds its photo
        as well, so that it is decoded once. The pixels of a batch are held until the first photo of
        the next one is asked for.

        Raises:
            EngineClosedError: the engine is not open.
        """
        with closing(self._batches(source, heatmap=heatmap, shown=heatmap)) as batches:
            for photos, inspections in batches:
                yield from map(Inspected, photos, inspections)

    def _batches(
        self, source: Sequence[Photo], *, heatmap: bool, shown: bool
    ) -> Generator[tuple[Batch, list[Inspection]], None, None]:
        """Each list of photos is emptied when the next one is asked for."""
        model, threads = self._current(), self._open_submissions()
        rules = model.metadata.input
        read_one = partial(read, rules=rules, shown=shown)
        size = partial(pixel_count, reduced_side=rules.reduced_side)
        with closing(batches(source, threads.readers, model.at_once, read_one, size)) as ahead:
            if len(source) > model.at_once and model.runs > 1:
                with closing(
                    inspect_batches(ahead, model, threads.runs, heatmap=heatmap)
                ) as inspected:
                    yield from inspected
            else:  # a single batch gets all cores
                for photos in ahead:
                    yield photos, model.inspect(photos, heatmap=heatmap)

    def _loaded(self, file: ModelFile, *, check: bool) -> LoadedModel:
        loaded = self._load_model(file)
        if check:
            loaded.check()
        return loaded

    def _new_submissions(self) -> Submissions:
        shares = self._sessions is None
        return Submissions(Readers(self._readers), self._workers(), self._pixels, shares=shares)

    def _workers(self) -> int:
        """Batches that are inspected at the same time."""
        model = self._model
        return self._sessions or (1 if model is None else model.runs_of_photos)

    def renew_threads(self) -> None:
        """Start over with new threads: in a forked process the old ones are not there."""
        self._lock = threading.Lock()
        if self._submissions is not None:
            self._submissions = self._new_submissions()

    def _current(self) -> LoadedModel:
        model = self._model
        if model is None:
            raise closed()
        return model

    def _open_submissions(self) -> Submissions:
        submissions = self._submissions
        if submissions is None:
            raise closed()
        return submissions


_engines: "weakref.WeakSet[InspectionEngine]" = weakref.WeakSet()
"""Engines that were opened in this process."""


def _after_fork() -> None:
    for engine in list(_engines):
        engine.renew_threads()


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_after_fork)
