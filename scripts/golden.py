"""The golden runs: what three small trainings leave, compared before and after a refactoring.

    python scripts/golden.py write /tmp/golden      on the commit before
    python scripts/golden.py compare /tmp/golden    on the commit after; exit code 1 on a difference

Trains on generated photos: the plain CNN, the packaged network with cross-fitted folds, and a CNN
with defect types. Then it evaluates, and predicts with each model file. The values are exact, so
they hold on one machine with one set of libraries only, and are not committed. Times, versions,
digests of the model file and paths are left out. `--close` lets numbers differ by 1e-6, as float32
and float64 do; `--all` prints every difference instead of the first ten of each file. Takes a
minute of one core.
"""

import argparse
import contextlib
import csv
import hashlib
import io
import json
import math
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"  # sums in another order differ in the last bit

import numpy as np
import onnx
import onnx.numpy_helper
import onnxruntime
import torch

import okng
from okng.cli.main import app
from okng.inference.inspection import TRACE
from okng.testing import Defect, draw_part, encode, write_folder

Values = dict[str, str]  # by key: a path inside a JSON file, a cell, a line, a tensor

SIZE = 48  # pixels of a photo's side
TYPES = (Defect.MISSING_BLADE, Defect.CHIPPED_EDGE)
# Precision is fixed: "auto" times both, and may decide otherwise in the next run.
CNN: dict[str, Any] = {
    "model": "cnn", "image_size": SIZE, "epochs": 8, "filters": 8, "depth": 2, "batch_size": 8,
    "brightness": 0.05, "contrast": 0.05, "precision": "float32",
}  # fmt: skip
QUICK: dict[str, Any] = {"image_size": 32, "precision": "float32"}
LISTED = 64  # values of an array that are compared one by one; a larger one by its digest
CLOSE = 1e-6  # some eight steps of float32 in [0.5, 1)
SHOWN = 10  # differences of a file that are printed
# Keys of metrics.json that differ between two equal runs.
VOLATILE = re.compile(
    r"/(created|chosen|evaluation/judged|milliseconds|versions/.*|threads|model/digest|seconds)$"
)
SCRUBBED = (
    (re.compile(r"\b[0-9a-f]{12,64}\b"), "<digest>"),
    (re.compile(r"\d{4}-\d\d-\d\d([T ][\d:.]+Z?)?"), "<date>"),
    (re.compile(r"[\d.,]+ ms\b"), "<time> ms"),
)


def write(folder: Path) -> int:
    """Make the runs and keep their values in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "golden.json").write_text(json.dumps(golden_values(), indent=1, sort_keys=True))
    return 0


def compare(folder: Path, shown: int | None, tolerance: float) -> int:
    """Make the runs again and print each value that differs; 1 if one does."""
    before: dict[str, Values] = json.loads((folder / "golden.json").read_text())
    after = golden_values()
    count = 0
    for name in sorted(before.keys() | after.keys()):
        if name not in before or name not in after:
            changed = [f"the file is {'gone' if name in before else 'new'}"]
        else:
            changed = list(differences(before[name], after[name], tolerance))
        count += len(changed)
        for line in changed[:shown]:
            print(f"{name}: {line}")
        if len(changed) > len(changed[:shown]):
            print(f"{name}: and {len(changed) - len(changed[:shown])} more")
    print(f"{count} differences in {sum(map(len, after.values()))} values of {len(after)} files")
    return int(count > 0)


def differences(before: Values, after: Values, tolerance: float) -> Iterator[str]:
    """One line for each value that changed, came or went; a key with a new name is one line."""
    gone = {key: value for key, value in before.items() if key not in after}
    new = {key: value for key, value in after.items() if key not in before}
    by_value = {value: key for key, value in new.items()}
    for key, value in gone.items():
        other = by_value.pop(value, None)
        if other is not None:
            del new[other]
        yield f"{key} -> {other}, same value" if other else f"{key} is gone: {value[:100]}"
    for key, value in new.items():
        yield f"{key} is new: {value[:100]}"
    for key in sorted(before.keys() & after.keys()):
        if not same(before[key], after[key], tolerance):
            yield f"{key}: {before[key][:100]} -> {after[key][:100]}"


def same(before: str, after: str, tolerance: float) -> bool:
    """Whether two values are equal, or numbers whose difference is at most the tolerance."""
    if before == after or not tolerance:
        return before == after
    try:
        return math.isclose(float(before), float(after), rel_tol=tolerance, abs_tol=tolerance)
    except ValueError:
        return False


def golden_values() -> dict[str, Values]:
    """The values of all runs, by run and file."""
    with tempfile.TemporaryDirectory() as temporary, contextlib.chdir(temporary):
        place = Path(temporary)
        os.environ["OKNG_CACHE"] = str(place / "cache")
        plain = write_folder(place / "photos", good=24, defective=24, size=SIZE)
        types = write_folder(place / "typed", good=12, defective=24, defects=TYPES, by_type=True,
                             size=SIZE)  # fmt: skip
        okng.train(plain, out=place / "cnn", progress=False, **CNN)
        okng.train(plain, out=place / "quick", progress=False, **QUICK)
        okng.train(types, out=place / "types", progress=False, **CNN)
        other = write_folder(place / "other", good=12, defective=12, size=SIZE, seed=500)
        okng.evaluate(place / "cnn/inspector.onnx", other, out=place / "evaluated", progress=False)
        values: dict[str, Values] = {}
        for name in ("cnn", "quick", "types", "evaluated"):
            for file, found in run_values(place / name):
                values[f"{name}/{file}"] = scrubbed(found, place, text=file.endswith(".md"))
        return values


def run_values(run: Path) -> Iterator[tuple[str, Values]]:
    """The values of each file of a run folder, and of the outputs of its model file."""
    files = sorted(path for path in run.rglob("*") if path.is_file())
    yield "files", {str(path.relative_to(run)): "there" for path in files}
    for path in files:
        name = str(path.relative_to(run))
        if path.suffix == ".json":
            yield name, flat(json.loads(path.read_text()))
        elif path.suffix == ".csv":
            yield name, cells(path.read_text())
        elif path.suffix in {".md", ".toml"}:
            yield name, {f"line {n}": line for n, line in enumerate(path.read_text().split("\n"))}
        elif path.suffix == ".pth":
            yield name, tensors(torch.load(path, weights_only=True))
        elif path.suffix == ".onnx":
            graph = onnx.load(path).graph
            weights = {t.name: onnx.numpy_helper.to_array(t) for t in graph.initializer}
            yield name, tensors(weights)
            yield f"{name} outputs", outputs(path)
            yield f"{name} predict", predicted(path)


def outputs(model: Path) -> Values:
    """All outputs of a model file on fixed photos, by the engine alone."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    photos = np.stack([photo for _, photo in fixed_photos()])
    names = [output.name for output in session.get_outputs()]
    return tensors(dict(zip(names, session.run(names, {"photo": photos}), strict=True)))


def predicted(model: Path) -> Values:
    """The rows of `okng predict` on fixed photos and on one file that is none."""
    folder = Path("fixed")
    folder.mkdir(exist_ok=True)
    for name, photo in fixed_photos():
        (folder / f"{name}.png").write_bytes(encode(photo, "PNG"))
    (folder / "broken.jpg").write_bytes(b"\xff\xd8 no photo")
    command = ["predict", str(model), *map(str, sorted(folder.iterdir())), "--format", "csv"]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        app([*command, "--quiet"], standalone_mode=False)
    return cells(printed.getvalue())


def fixed_photos() -> list[tuple[str, np.ndarray]]:
    """Names and photos uint8 (H, W, 3) of parts that no run has seen."""
    kinds = [None, *TYPES] * 2
    return [
        (f"{number}_{kind.value if kind else 'ok'}", draw_part(9_000 + number, kind, size=64).photo)
        for number, kind in enumerate(kinds)
    ]


def flat(value: Any, path: str = "") -> Values:
    """Each leaf of a JSON document by its path."""
    if isinstance(value, dict | list) and value:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        found: Values = {}
        for key, item in items:
            found |= flat(item, f"{path}/{key}")
        return found
    return {} if VOLATILE.search(path) else {path: repr(value)}


def cells(table: str) -> Values:
    """Each cell of a CSV file by the first cell of its row and its column; no times."""
    rows = list(csv.DictReader(io.StringIO(table)))
    first = next(iter(rows[0])) if rows else ""
    return {
        f"{row[first]} {column}": value
        for row in rows
        for column, value in row.items()
        if column not in {"seconds", "loading", *TRACE}
    }


def tensors(value: Any, path: str = "") -> Values:
    """Each tensor or array in nested dicts and lists: small ones by value, large by digest."""
    if isinstance(value, dict | list | tuple):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        found: Values = {}
        for key, item in items:
            found |= tensors(item, f"{path}/{key}")
        return found
    if not isinstance(value, torch.Tensor | np.ndarray):
        return {}
    array = np.asarray(value)
    if array.size <= LISTED:
        each = {f"{path}{list(place)}": repr(item.item()) for place, item in np.ndenumerate(array)}
        return {path: f"{array.dtype} {array.shape}"} | each
    digest = hashlib.sha256(array.tobytes()).hexdigest()[:16]
    sizes = f"mean {array.mean():.7g}, deviation {array.std():.7g}"
    return {path: f"{array.dtype} {array.shape}, {sizes}, sha256:{digest}"}


def scrubbed(values: Values, place: Path, *, text: bool) -> Values:
    """The values without the folder of these runs; a text also without dates, digests, times."""

    def scrub(value: str) -> str:
        for folder in (str(place), str(place).replace("_", r"\_")):  # as Markdown escapes it
            value = value.replace(folder, "<place>")
        for pattern, stand_in in SCRUBBED if text else ():
            value = pattern.sub(stand_in, value)
        return value

    return {key: scrub(value) for key, value in values.items()}


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("verb", choices=("write", "compare"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="print every difference")
    parser.add_argument("--close", action="store_true", help=f"numbers may differ by {CLOSE}")
    asked = parser.parse_args()
    if asked.verb == "write":
        return write(asked.folder.resolve())
    tolerance = CLOSE if asked.close else 0.0
    return compare(asked.folder.resolve(), None if asked.all else SHOWN, tolerance)


if __name__ == "__main__":
    sys.exit(main())
