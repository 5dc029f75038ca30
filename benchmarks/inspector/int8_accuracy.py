"""INT8 before the classifier is fitted: accuracy out of fold and CPU time, beside float32.

    python benchmarks/inspector/int8_accuracy.py FOLDER [--size 192]
    python benchmarks/inspector/int8_accuracy.py groups.csv [--most 14]

A folder holds one folder per class, and each photo is its own part. A table has the columns path,
label, group (as `benchmarks/training/new_castings.py` writes it); at most so many photos of a group
count. For each kind of layers a classifier is fitted in five folds that no part crosses, on the
upright photos. Prints AUC and log-loss out of fold, the CPU time of the features of a photo, and
the AUC of a classifier that was fitted on float32 features and is given those of INT8.

Kinds: float32 with the local contrast of before 2026-11-29, float32 with whole grey levels, INT8.
"""

import argparse
import csv
import time
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from sklearn.metrics import roc_auc_score

from okng import preprocess
from okng.config import UPRIGHT, AugmentSettings, ModelSettings
from okng.events import Silent
from okng.modelfile import InputRules
from okng.training.data.loader import PhotoArray
from okng.training.fine_tune.loss import weighted_loss
from okng.training.networks.architecture import Architecture
from okng.training.networks.feature_extractor import CPU, extractor
from okng.training.networks.layers.input_transform import Prepare
from okng.training.networks.layers.network_input import NetworkInput
from okng.training.networks.pretrained import build_pretrained
from okng.training.probe.cross_fit import cross_fit
from okng.training.probe.feature_source import Embedding, embed_view, example_input
from okng.training.trunk_precision.calibration import calibrated_trunk

ENOUGH = 10_000  # photos: so that every kind runs as a graph of onnxruntime


class Photos(NamedTuple):
    """Paths, whether defective, and the part of each."""

    paths: list[Path]
    defective: npt.NDArray[np.int64]
    parts: npt.NDArray[np.int64]


def of_folder(folder: Path) -> Photos:
    """Every photo its own part; the first class by name that is called good or ok is OK."""
    classes = sorted(path for path in folder.iterdir() if path.is_dir())
    good = next((c for c in classes if c.name.lower() in {"ok", "good", "functional"}), classes[0])
    paths = [path for c in classes for path in sorted(c.iterdir())]
    labels = np.array([path.parent != good for path in paths], np.int64)
    return Photos(paths, labels, np.arange(len(paths)))


def of_table(table: Path, most: int) -> Photos:
    """At most so many photos of each group."""
    groups = defaultdict(list)
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            groups[row["group"]].append((Path(row["path"]), row["label"] != "ok_front"))
    rng = np.random.default_rng(0)
    rows = [
        (*photos[index], number)
        for number, photos in enumerate(groups.values())
        for index in np.sort(rng.permutation(len(photos))[:most])
    ]
    paths, labels, parts = zip(*rows, strict=True)
    return Photos(list(paths), np.array(labels, np.int64), np.array(parts))


def features(network, trunk, inputs, data):
    """Features of the upright photos, and milliseconds of CPU time a photo."""
    network.use_int8(trunk)
    run = extractor(Embedding(network), example_input(inputs, data), ENOUGH, CPU)
    with Silent().stage("features", len(data)) as advance:
        begun = time.process_time()
        found = embed_view(inputs, run, data, UPRIGHT, advance)
    return found, 1000 * (time.process_time() - begun) / len(data)


def main() -> None:
    """Print one line for each kind of layers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("--size", type=int, default=192)
    parser.add_argument("--most", type=int, default=14, help="photos of a group")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    is_folder = asked.photos.is_dir()
    photos = of_folder(asked.photos) if is_folder else of_table(asked.photos, asked.most)
    size = asked.size
    pixels = np.stack([preprocess.shrink(preprocess.read(path), size) for path in photos.paths])
    data = PhotoArray(pixels, photos.defective, None, photos.parts)
    print(
        f"{len(data)} photos, {photos.defective.sum()} defective, {size} px, "
        f"{len(np.unique(photos.parts))} parts"
    )
    found, heads = {}, {}
    for kind in ("float32 before", "float32", "int8"):
        plain = build_pretrained(
            Architecture(
                settings=ModelSettings(),
                classes=2,
                channels=3,
                image_size=size,
                whole_levels=kind != "float32 before",
            )
        )
        network = plain.network.eval()
        rules = InputRules(image_size=size, channels=3, mean=plain.mean, std=plain.std)
        inputs = NetworkInput(Prepare(rules), AugmentSettings(), 0)
        begun = time.process_time()
        trunk = calibrated_trunk(network, inputs, data, (UPRIGHT,)) if kind == "int8" else None
        made = time.process_time() - begun
        found[kind], cost = features(network, trunk, inputs, data)
        crossed = cross_fit([found[kind]], 5, 0)
        heads[kind] = crossed.head
        logits = crossed.out_of_fold
        loss = weighted_loss(logits, data.labels, data.weights)
        auc = roc_auc_score(data.labels, logits[:, 0].numpy())
        print(
            f"{kind:15s} AUC {auc:.4f}  loss {loss:.4f}  {cost:.2f} ms of CPU a photo"
            + (f"  ({made:.0f} s to quantise)" if trunk else ""),
            flush=True,
        )
    with torch.no_grad():
        pairs = [heads["float32"](found[kind].values)[:, 0] for kind in ("float32", "int8")]
    same = np.corrcoef(*(values.numpy() for values in pairs))[0, 1]
    changed = float(((pairs[0] > 0) != (pairs[1] > 0)).float().mean())
    print(
        f"INT8 features to a classifier of float32: {changed:.1%} of verdicts change "
        f"(logits correlate by {same:.3f})"
    )


if __name__ == "__main__":
    main()
