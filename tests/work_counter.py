"""Counts what a training does with its photos and its model file, from outside of okng.

Decodes and runs are counted at the libraries that do them, reads and writes by the audit events of
Python (PEP 578), so that files of okng may move and be renamed without a change here.
"""

import hashlib
import json
import os
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import simplejpeg

from okng import preprocess

PHOTO_INPUT = "photo"  # of the graph of a model file; other graphs have other inputs


@dataclass
class Work:
    """What was done to a folder of JPEG photos, and to the model file of one run.

    Attributes:
        decodes: by photo, how often its file was decoded.
        reads: by photo, how often its file was opened.
        scored: by photo, how often it went unchanged through a model file.
        sessions: onnxruntime sessions that were opened.
        runs: calls of these sessions on batches of photos.
        written: how often the model file was written.
    """

    decodes: Counter[Path] = field(default_factory=Counter)
    reads: Counter[Path] = field(default_factory=Counter)
    scored: Counter[Path] = field(default_factory=Counter)
    sessions: int = 0
    runs: int = 0
    written: int = 0

    def to_json(self) -> str:
        """All counts, for other processes."""
        return json.dumps(
            {
                name: {str(path): count for path, count in value.items()}
                if isinstance(value, Counter)
                else value
                for name, value in vars(self).items()
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "Work":
        """Read what `to_json` wrote."""
        work = cls()
        for name, value in json.loads(text).items():
            is_count = not isinstance(value, dict)
            setattr(
                work, name, value if is_count else Counter({Path(k): n for k, n in value.items()})
            )
        return work


class _Watch:
    """Receives the events of one context and adds them up, from any thread."""

    def __init__(self, photos: Path, run: Path) -> None:
        self.work = Work()
        self._run = str(run)
        self._lock = threading.Lock()
        paths = sorted(photos.rglob("*.jpg"))
        self._paths = {str(path): path for path in paths}
        self._files = {path.read_bytes(): path for path in paths}
        self._photos = {path: preprocess.read(path) for path in paths}
        self._pixels = {_digest(photo): path for path, photo in self._photos.items()}
        self._sides: set[int] = set()

    def opened(self, path: str) -> None:
        if path in self._paths:
            with self._lock:
                self.work.reads[self._paths[path]] += 1

    def renamed(self, source: str, target: str) -> None:
        """A file is written under a temporary name, which then gives way to its own."""
        if target.startswith(self._run) and target.endswith(".onnx") and source.endswith(".tmp"):
            with self._lock:
                self.work.written += 1

    def decoded(self, data: bytes) -> None:
        if data in self._files:
            with self._lock:
                self.work.decodes[self._files[data]] += 1

    def ran(self, photos: np.ndarray) -> None:
        with self._lock:
            self._know(photos.shape[1])
            known = [self._pixels.get(_digest(photo)) for photo in photos]
            self.work.runs += 1
            self.work.scored.update(path for path in known if path is not None)

    def _know(self, side: int) -> None:
        """Recognise photos that the engine has resized to so many pixels, too."""
        if side not in self._sides:
            self._sides.add(side)
            resized = {path: preprocess.shrink(photo, side) for path, photo in self._photos.items()}
            self._pixels |= {_digest(photo): path for path, photo in resized.items()}


def _digest(pixels: np.ndarray) -> bytes:
    return hashlib.sha256(pixels.tobytes()).digest()


_watching: list[_Watch] = []


def _hear(event: str, details: tuple[Any, ...]) -> None:
    if not _watching:
        return
    if event == "open" and isinstance(details[0], str | os.PathLike):
        _watching[-1].opened(os.fspath(details[0]))
    elif event == "os.rename":
        _watching[-1].renamed(os.fsdecode(details[0]), os.fsdecode(details[1]))


@cache
def _install_hook() -> None:
    """Once in a process: Python cannot remove an audit hook. Without a watch it does nothing."""
    sys.addaudithook(_hear)


@contextmanager
def counted(photos: Path, folder: Path) -> Iterator[Work]:
    """Count the work on a folder of JPEG photos, different from each other, for one run folder."""
    watch = _Watch(photos, folder)
    decode, session = simplejpeg.decode_jpeg, onnxruntime.InferenceSession
    run, opened = session.run, session.__init__

    def counted_decode(data: bytes, *args: Any, **named: Any) -> Any:
        watch.decoded(bytes(data))
        return decode(data, *args, **named)

    def counted_run(self: Any, outputs: Any, feed: dict[str, Any], *args: Any) -> Any:
        if PHOTO_INPUT in feed:
            watch.ran(feed[PHOTO_INPUT])
        return run(self, outputs, feed, *args)

    def counted_open(self: Any, *args: Any, **named: Any) -> None:
        watch.work.sessions += 1
        opened(self, *args, **named)

    _install_hook()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simplejpeg, "decode_jpeg", counted_decode)
        patch.setattr(session, "run", counted_run)
        patch.setattr(session, "__init__", counted_open)
        _watching.append(watch)
        try:
            yield watch.work
        finally:
            _watching.pop()
