"""What the audit's measurements share: planted copies with known truth, one audited run, scores."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import simplejpeg

from okng.testing import Defect, draw_part

Photo = npt.NDArray[np.uint8]
REPOSITORY = Path(__file__).parents[2]
DATA = Path(os.environ.get("OKNG_DATA", REPOSITORY.parent / "shared" / "data"))
WORK = Path(tempfile.gettempdir()) / "okng-bench"
_EMBEDDER = "embedder-v2.onnx"


class Original(NamedTuple):
    """A photo to be copied: class folder, pixels, and the part it shows where that is known."""

    label: str
    pixels: Photo
    part: str


class Run(NamedTuple):
    """One `okng audit`: what it found, its time by the clock and on all cores, peak memory."""

    findings: dict[str, Any]
    seconds: float
    core_seconds: float
    megabytes: float

    def speed(self) -> str:
        """Throughput, time and memory in words."""
        photos = self.findings["summary"]["photos"]
        return (
            f"{photos:,} photos in {self.seconds:.0f} s: {60 * photos / self.seconds:,.0f} photos "
            f"a minute, {1000 * self.core_seconds / photos:.1f} ms of a core each, "
            f"peak {self.megabytes:,.0f} MB"
        )


def audit(photos: Path, *, name: str, seed: int = 0) -> Run:
    """Audit a folder with an empty cache, in a process of its own, as a user would.

    The embedding network, which is made once for each installation, is there already.
    """
    cache, out = WORK / f"cache-{name}", WORK / f"audit-{name}"
    shutil.rmtree(cache, ignore_errors=True)
    cache.mkdir(parents=True)
    shutil.copy(embedder(), cache / _EMBEDDER)
    okng = Path(sys.executable).with_name("okng")
    command = [okng, "audit", photos, "--out", out, "--seed", str(seed), "--quiet"]
    begin = time.perf_counter()
    environment = {**os.environ, "OKNG_CACHE": str(cache)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    shutil.rmtree(cache)
    if status:
        sys.exit(f"okng audit failed with status {status}")
    findings = json.loads((out / "audit.json").read_text())
    return Run(findings, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def plant(originals: Sequence[Original], folder: Path, *, copies: int, seed: int = 0) -> Path:
    """Write photos, and changed copies of some of them, and `truth.json` beside the folder.

    Returns:
        The folder of photos, `<folder>/photos/<class>/*.jpg`. The truth holds the source of each
        copy, and the part of each photo.
    """
    shutil.rmtree(folder, ignore_errors=True)
    rng = np.random.default_rng((seed, 17))
    sources: dict[str, str] = {}
    parts: dict[str, str] = {}
    names = [f"{o.label}/photo{number:05d}.jpg" for number, o in enumerate(originals)]
    for name, original in zip(names, originals, strict=True):
        parts[name] = original.part
        save(folder / "photos" / name, original.pixels, 95)
    for number in rng.permutation(len(originals))[:copies]:
        original = originals[number]
        name = f"{original.label}/copy{number:05d}.jpg"
        sources[name], parts[name] = names[number], original.part
        save(folder / "photos" / name, changed(original.pixels, rng), int(rng.integers(60, 96)))
    (folder / "truth.json").write_text(json.dumps({"sources": sources, "parts": parts}))
    return folder / "photos"


def changed(photo: Photo, rng: np.random.Generator) -> Photo:
    """A copy under all changes at once.

    Any rotation, mirrored or not, shear to 10 degrees, zoom 0.85 to 1.2, brightness and contrast
    each changed by up to 30 %; corners black, like the edge, or of one grey.
    """
    height, width = photo.shape[:2]
    angle, slant = rng.uniform(0, 2 * np.pi), np.tan(np.radians(rng.uniform(-10, 10)))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    mirror = np.diag([rng.choice([-1.0, 1.0]), rng.choice([-1.0, 1.0])])
    forward = rng.uniform(0.85, 1.2) * turn @ np.array([[1, slant], [0, 1]]) @ mirror
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    matrix = np.column_stack([forward, middle - forward @ middle])
    border = [cv2.BORDER_CONSTANT, cv2.BORDER_REPLICATE, cv2.BORDER_CONSTANT][rng.integers(3)]
    grey = float(rng.choice([0.0, rng.uniform(40, 255)]))
    warped = cv2.warpAffine(
        photo, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=border,
        borderValue=(grey, grey, grey),
    )  # fmt: skip
    brightness, contrast = rng.uniform(0.7, 1.3, 2)
    values = ((warped - photo.mean()) * contrast + photo.mean()) * brightness
    return values.clip(0, 255).round().astype(np.uint8)


def score(run: Run, folder: Path) -> dict[str, float]:
    """Recall of planted copies; precision of reported pairs and of pairs that groups imply.

    Where the parts of photos are not known, pairs across classes are counted instead.
    """
    truth = json.loads((folder / "truth.json").read_text())
    group = {path: n for n, paths in enumerate(run.findings["groups"]) for path in paths}
    found = [group.get(c, c) == group.get(s, s) for c, s in truth["sources"].items()]
    pairs = [(pair["a"], pair["b"]) for pair in run.findings["near_duplicates"]]
    implied = [pair for paths in run.findings["groups"] for pair in combinations(paths, 2)]
    return {
        "copies": len(found),
        "recall": float(np.mean(found)),
        "pairs": len(pairs),
        "precision": share(pairs, truth["parts"]),
        "implied pairs": len(implied),
        "implied precision": share(implied, truth["parts"]),
    }


def share(pairs: Iterable[tuple[str, str]], parts: dict[str, str]) -> float:
    """Share of pairs that show one part; 1 where there are none."""
    right = [parts[a] == parts[b] for a, b in pairs]
    return float(np.mean(right)) if right else 1.0


def told(scores: dict[str, float]) -> str:
    """Scores in one line."""
    return ", ".join(
        f"{name} {value:.4f}" if isinstance(value, float) else f"{name} {value:,}"
        for name, value in scores.items()
    )


def generated(count: int, *, size: int = 300, seed: int = 0) -> list[Original]:
    """Photos of as many different parts of one design, every other one defective."""
    kinds = list(Defect)
    found = []
    for number in range(count):
        defect = kinds[number // 2 % len(kinds)] if number % 2 else None
        part = draw_part(100_000 * seed + number, defect, size=size)
        found.append(Original("defective" if defect else "ok", part.photo, str(number)))
    return found


def castings(count: int, *, seed: int = 0) -> list[Original]:
    """Photos drawn from the 512 set; which casting each one shows is not known, its class is."""
    paths = sorted((DATA / "casting_512x512").glob("*/*.jp*g"))
    drawn = np.random.default_rng((seed, 5)).permutation(len(paths))[:count]
    return [Original(paths[i].parent.name, load(paths[i]), paths[i].parent.name) for i in drawn]


def load(path: Path) -> Photo:
    """Pixels uint8 (H, W, 3), RGB."""
    return np.asarray(simplejpeg.decode_jpeg(path.read_bytes()), dtype=np.uint8)


def save(path: Path, photo: Photo, quality: int) -> None:
    """Write a JPEG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(photo), quality=quality))


def embedder() -> Path:
    """The network for embeddings, made once.

    By a process of its own: one that has loaded torch would hand its peak memory down to those
    that it starts.
    """
    path = WORK / _EMBEDDER
    if not path.exists():
        make = (
            f"import okng.export, pathlib; okng.export.write_embedder(pathlib.Path({str(path)!r}))"
        )
        subprocess.run([sys.executable, "-c", make], check=True)
    return path
