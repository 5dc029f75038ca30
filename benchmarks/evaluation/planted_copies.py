"""Does `okng evaluate` find changed copies of training photos, and call no new part a copy?

    python benchmarks/evaluation/planted_copies.py PHOTOS [--work DIR] [--train 300] [--seed 0]

PHOTOS holds one folder per class (`casting_512x512`). The audit groups all photos by part; whole
parts are drawn for a training, others are new. A small network is trained in seconds, as only the
photos matter here. The test holds all changes at once (`okng.testing.copies`: any rotation, flip,
shear, zoom, light), each change alone, and photos of new parts. Asked with the run folder, and of
the model file alone, which knows equal files and pixels only.

Ten minutes on two cores, most of it the audit. Expected: at least 95 % of the copies found, no new
part called a copy.
"""

import argparse
import csv
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

import okng
from okng.commands.evaluate import Evaluation
from okng.dataset import Photo
from okng.testing.copies import copy_photo
from okng.testing.parts import Sample

Change = Callable[[Image.Image, np.random.Generator], Image.Image]
WORK = Path(tempfile.gettempdir()) / "okng-bench" / "planted-copies"
NAMES = {"ok_front": "ok", "def_front": "defective"}


def _turned(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    return photo.rotate(float(rng.uniform(10, 350)), resample=Image.Resampling.BICUBIC)


def _sheared(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    slant = float(np.tan(np.radians(rng.uniform(5, 12) * rng.choice([-1, 1]))))
    matrix = (1, slant, -slant * photo.height / 2, 0, 1, 0)
    return photo.transform(photo.size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)


def _relit(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    brighter = ImageEnhance.Brightness(photo).enhance(float(rng.choice([0.6, 0.75, 1.3, 1.5])))
    return ImageEnhance.Contrast(brighter).enhance(float(rng.uniform(0.7, 1.3)))


def _zoomed(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    share = float(rng.uniform(0.7, 0.9))
    left, top = ((side - side * share) / 2 for side in photo.size)
    box = (left, top, photo.width - left, photo.height - top)
    return photo.resize(photo.size, Image.Resampling.BICUBIC, box=box)


def _all_at_once(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    sample = Sample(np.asarray(photo), np.zeros(photo.size[::-1], dtype=bool))
    return Image.fromarray(copy_photo(sample, int(rng.integers(2**31))).photo)


CHANGES: dict[str, Change] = {
    "turned": _turned,
    "mirrored": lambda photo, _: ImageOps.mirror(photo),
    "sheared": _sheared,
    "relit": _relit,
    "zoomed": _zoomed,
    "png": lambda photo, _: photo,
    "jpeg 40": lambda photo, _: photo,
    "all at once": _all_at_once,
}
QUALITY = {"jpeg 40": 40}


def share_out(photos: Path, count: int, seed: int) -> tuple[list[Photo], list[Photo]]:
    """Photos for training, and photos of other parts, one of each."""
    grouped = okng.audit(photos, no_ok=True).dataset.photos
    parts: dict[str, list[Photo]] = {}
    for photo in grouped:
        parts.setdefault(photo.group or photo.path, []).append(photo)
    order = np.random.default_rng(seed).permutation(sorted(parts))
    training: list[Photo] = []
    new: list[Photo] = []
    for name in order:
        if len(training) < count:
            training += parts[name]
        else:
            new.append(parts[name][0])
    return training, new


def lay_out(photos: Path, work: Path, arguments: argparse.Namespace) -> dict[str, str]:
    """Write `training` and `test`; which test photo is what, by path."""
    rng = np.random.default_rng(arguments.seed)
    training, new = share_out(photos, arguments.train, arguments.seed)
    for photo in training:
        target = work / "training" / NAMES.get(photo.label, photo.label) / Path(photo.path).name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(photos / photo.path, target)
    kinds: dict[str, str] = {}  # what each test photo is, by path
    for photo in new[: arguments.new]:
        name = f"{NAMES.get(photo.label, photo.label)}/{Path(photo.path).name}"
        (work / "test" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(photos / photo.path, work / "test" / name)
        kinds[name] = "new"
    for kind, change in CHANGES.items():
        for number in rng.permutation(len(training))[: arguments.copies]:
            photo = training[number]
            suffix = "png" if kind == "png" else "jpg"
            stem = f"{kind.replace(' ', '_')}_{Path(photo.path).stem}"
            name = f"{NAMES.get(photo.label, photo.label)}/{stem}.{suffix}"
            image = change(Image.open(photos / photo.path).convert("RGB"), rng)
            options = {} if kind == "png" else {"quality": QUALITY.get(kind, 90)}
            image.save(work / "test" / name, **options)
            kinds[name] = kind
    return kinds


def report(found: Evaluation, kinds: dict[str, str], title: str) -> None:
    """Print a row for each kind."""
    leak = found.metrics["leakage"]
    paths = set(leak["paths"])
    print(f"\n{title}: found by {leak['found']}, not looked for: {leak['not_checked']}\n")
    print("| photos | of | called copies |\n|---|---|---|")
    for kind in ("new", *CHANGES):
        own = [path for path, what in kinds.items() if what == kind]
        print(f"| {kind} | {len(own)} | {sum(path in paths for path in own)} |")
    copies = [path for path, what in kinds.items() if what != "new"]
    print(f"| all copies | {len(copies)} | {sum(path in paths for path in copies)} |", flush=True)


def main() -> None:
    """Lay out, train, evaluate twice."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--train", type=int, default=300, help="photos for training")
    parser.add_argument("--new", type=int, default=150, help="photos of new parts")
    parser.add_argument("--copies", type=int, default=15, help="of each change")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    shutil.rmtree(arguments.work, ignore_errors=True)
    kinds = lay_out(arguments.photos, arguments.work, arguments)
    run = okng.train(arguments.work / "training", out=arguments.work / "run", model="cnn",
                     image_size=32, epochs=1)  # fmt: skip
    with run.manifest.open(encoding="utf-8") as file:
        learned = {row["path"] for row in csv.DictReader(file) if row["split"] in ("train", "val")}
    print(f"{len(learned)} photos for training and validation")
    _drop_test_copies(kinds, learned, arguments.work / "test")
    found = okng.evaluate(run.model_file, arguments.work / "test", out=arguments.work / "with_run")
    report(found, kinds, "With the run folder")
    alone = shutil.copy(run.model_file, arguments.work / "alone.onnx")
    found = okng.evaluate(alone, arguments.work / "test", out=arguments.work / "alone")
    report(found, kinds, "Of the model file alone")


def _drop_test_copies(kinds: dict[str, str], learned: set[str], test: Path) -> None:
    """Copies of the few photos that the run tested on are no copies of training photos."""
    stems = {Path(path).stem for path in learned}
    for path in [path for path, kind in kinds.items() if kind != "new"]:
        if not any(Path(path).stem.endswith(f"_{stem}") for stem in stems):
            (test / path).unlink()
            del kinds[path]


if __name__ == "__main__":
    main()
