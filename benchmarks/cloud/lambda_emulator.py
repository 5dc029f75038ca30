"""okng as a function in AWS's runtime interface emulator: cold start, and warm beside the engine.

    python benchmarks/cloud/lambda_emulator.py MODEL PHOTOS [--starts 5] [--photos 200]

Cold start: from the first event, at which the emulator starts the runtime, to its verdict; fetching
an image and starting a micro virtual machine, which AWS does before, are not in it. Warm: a whole
invocation by the emulator minus what the engine alone takes for the same photo in this process.
The emulator and AWS's runtime client are part of both; the time of the same handler called without
them is printed beside.
"""

import argparse
import json
import os
import platform
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from okng.config import StationSettings
from okng.inference import InspectionEngine
from okng.serve.aws_lambda.function import Function
from okng.serve.aws_lambda.settings import lambda_settings
from okng.serve.observing.logs import set_up_logs
from okng.testing.cloud.lambda_emulator import emulated
from okng.testing.cloud.lambda_events import direct_event, url_event

SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})
_ONE = {"OKNG_MODELS__THREADS": "1", "OKNG_MODELS__SESSIONS": "1"}
_FORMS = {"function URL": url_event, "direct call": direct_event}


def main() -> None:
    """Print the figures in seconds and milliseconds."""
    set_up_logs()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--photos", type=int, default=200)
    asked = parser.parse_args()
    paths = [path for path in asked.folder.rglob("*") if path.suffix.lower() in SUFFIXES]
    photos = [path.read_bytes() for path in sorted(paths)[: asked.photos]]
    load = os.getloadavg()[0]
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} CPUs, load {load:.1f}; "
          f"{len(photos)} photos of {median(map(len, photos)) / 1e3:.0f} kB")  # fmt: skip
    _cold(asked.model.absolute(), photos[0], asked.starts)
    _warm(asked.model.absolute(), photos)


def _cold(model: Path, photo: bytes, starts: int) -> None:
    seconds, processor = [], []
    for _ in range(starts):
        before = _processor()
        with tempfile.TemporaryDirectory() as folder:
            with emulated(Path(folder), {"OKNG_MODEL": str(model)}) as running:
                begin = time.perf_counter()
                answer = running.invoke(url_event(photo, kind="image/jpeg"))
                seconds.append(time.perf_counter() - begin)
            assert answer["statusCode"] == 200, answer  # noqa: S101
        processor.append(_processor() - before)
    print(f"cold start to first verdict, s: median {median(seconds):.2f}, "
          f"{min(seconds):.2f} to {max(seconds):.2f} of {starts}; of the processor, with emulator "
          f"and end: {median(processor):.2f}")  # fmt: skip


def _processor() -> float:
    """Seconds of the processor that ended processes took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _warm(model: Path, photos: Sequence[bytes]) -> None:
    """Engine, handler and emulator judge each photo in turn: other load slows all three.

    With one thread each: threads of one network that spin would slow the next.
    """
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        folder = Path(place)
        settings = StationSettings.model_validate(
            {"station": {"folder": folder / "function"}, "models": {"threads": 1, "sessions": 1}}
        )
        function = Function(lambda_settings(settings), model)
        stack.callback(function.close)
        running = stack.enter_context(emulated(folder, {**_ONE, "OKNG_MODEL": str(model)}))
        engine = stack.enter_context(InspectionEngine(model, threads=1, sessions=1))
        for name, form in _FORMS.items():
            events = [form(photo) for photo in photos]
            differing, rounds = 0, []
            for photo, event in zip(photos, events, strict=True):
                verdict, answer = engine.inspect(photo).verdict, running.invoke(event)
                found = json.loads(answer["body"]) if "body" in answer else answer
                differing += not abs(found["defect_score"] - verdict.defect_score) < 1e-9
                rounds.append(
                    _Round(
                        _timed(partial(engine.inspect, photo)),
                        _timed(partial(function, event)),
                        _timed(partial(running.invoke, event)),
                    )
                )
            _print(name, differing, rounds)


def _print(name: str, differing: int, rounds: "Sequence[_Round]") -> None:
    print(
        f"{name}: scores that differ {differing}; engine alone, ms: "
        f"{_shown([each.engine for each in rounds])}; beyond it, ms: the emulator "
        f"{_shown([each.emulator - each.engine for each in rounds])}; the handler alone "
        f"{_shown([each.handler - each.engine for each in rounds])}"
    )


class _Round(NamedTuple):
    """Milliseconds of one photo."""

    engine: float
    handler: float
    emulator: float


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begin)


def _shown(values: Sequence[float]) -> str:
    return (
        f"p50 {median(values):.1f}, p95 {quantiles(values, n=20)[-1]:.1f}, least {min(values):.1f}"
    )


if __name__ == "__main__":
    main()
