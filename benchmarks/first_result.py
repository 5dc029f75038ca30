"""CPU time from a folder of photos to the first report, by step and stage.

    python benchmarks/first_result.py [PHOTOS] [--count 200] [--ok CLASS] [--image-size 192]

PHOTOS is a folder of classes, of which `count` photos are drawn; parts of `okng.testing` where it
is left out. The audit begins with an empty cache. CPU seconds count all threads, so that a busy
machine changes them less than the clock. Expected: under 150 CPU seconds for 200 photos.
"""

import argparse
import os
import random
import shutil
import tempfile
import time
from pathlib import Path

from okng.events import Progress
from okng.events.kinds import Event, StageFinished, StageStarted, StepStarted
from okng.testing import write_folder


def cpu_seconds() -> float:
    """User and system time of this process and of its children."""
    return sum(os.times()[:4])


class Stopwatch(Progress):
    """Prints CPU seconds by step of the job, and by stage within it."""

    def __init__(self) -> None:
        self._begun, self._step = cpu_seconds(), "start"
        self._stages: dict[str, float] = {}

    def handle(self, event: Event) -> None:
        """Measure a stage; close a step when the next one begins."""
        now = cpu_seconds()
        if isinstance(event, StageStarted):
            self._stages[event.name] = now
        elif isinstance(event, StageFinished):
            _show(f"  {event.name} ({event.total})", now - self._stages[event.name])
        elif isinstance(event, StepStarted):
            _show(self._step, now - self._begun)
            self._begun, self._step = now, event.name


def _show(label: str, seconds: float) -> None:
    print(f"{label:<48}{seconds:8.1f}", flush=True)


def draw(photos: Path, count: int, folder: Path) -> None:
    """Copy `count` photos, evenly from the classes."""
    classes = sorted(path for path in photos.iterdir() if path.is_dir())
    for number, place in enumerate(classes):
        files = sorted(path for path in place.iterdir() if path.is_file())
        wanted = (count + number) // len(classes)
        (folder / place.name).mkdir(parents=True)
        for file in random.Random(0).sample(files, min(wanted, len(files))):  # noqa: S311
            shutil.copy(file, folder / place.name / file.name)


def main() -> None:
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="?", type=Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--ok")
    parser.add_argument("--image-size", type=int, default=192)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        os.environ["OKNG_CACHE"] = str(work / "cache")
        if asked.photos:
            draw(asked.photos, asked.count, work / "photos")
        else:
            half = asked.count // 2
            write_folder(work / "photos", good=half, defective=asked.count - half, size=300)
        begun, clock, watch = cpu_seconds(), time.monotonic(), Stopwatch()
        import okng  # noqa: PLC0415 - loading it counts

        okng.train(work / "photos", out=work / "run", ok=asked.ok, image_size=asked.image_size,
                   progress=watch)  # fmt: skip
        watch.step(0, 0, "")
        total, passed = cpu_seconds() - begun, time.monotonic() - clock
        print(f"{'CPU seconds in all':<48}{total:8.1f}   ({passed:.0f} s by the clock)")


if __name__ == "__main__":
    main()
