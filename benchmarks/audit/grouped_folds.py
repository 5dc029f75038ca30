"""The famous castings on folds that no casting crosses, beside random folds.

    python benchmarks/audit/grouped_folds.py [--network] [--most N] [--folds 5] [--poses 8]
        [--audit FILE]

`okng split` pools all 7,348 photos of `casting_data` and shares their castings out to folds. On
them, and on random folds of the same photos: the label of the nearest training photo, brightness
alone, and the logistic regression of the audit. Features are those of a frozen EfficientNet-Lite0
at 128 px: its last layer (1,280 numbers), and what the audit takes (`okng.export.embedder`: means
and maxima of blocks 1, 2 and 4); for the nearest photo averaged over the 8 flips and quarter turns.
Labels as published, wrong ones included. Intervals are over castings. With `--network`,
`efficientnet_lite0` is trained on every fold, too (hours). Fifteen minutes without it. Expected:
the look-up by the last layer falls from about 0.997 to about 0.76: the proof that the audit works.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import onnxruntime
from bench import DATA, WORK, embedder
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from okng import preprocess
from okng.dataset import Dataset, read_manifest
from okng.evaluation.scores import Scores
from okng.evaluation.statistics.intervals import bootstrap, group_numbers, proportion
from okng.events import Silent

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
SIDE, _BATCH = 128, 64
Judge = Callable[[Numbers, Numbers], Floats]
"""Defect scores of some rows, by what other rows teach."""


class Photos(NamedTuple):
    """All photos, in one order: whether defective, casting, and what judges look at."""

    defective: npt.NDArray[np.bool_]
    castings: Numbers
    plain: Floats
    middle: Floats
    deep: Floats
    brightness: Floats


def main(
    count: int, poses: int, audit: Path | None, *, network: bool, most: int | None = None
) -> None:
    """Print a table: rows are judges, columns are folds."""
    manifests = make_manifests(count, audit)
    folds = [read_manifest(path, path.parent) for path in manifests]
    describe(folds)
    photos = look(folds[0], poses)
    shuffled = StratifiedKFold(count, shuffle=True, random_state=0)
    by_size = GroupKFold(count).split(photos.plain, photos.defective, photos.castings)
    kinds = {
        "random folds": [test for _, test in shuffled.split(photos.plain, photos.defective)],
        "grouped folds": [_rows(fold, "test") for fold in folds],
        "grouped folds of scikit-learn": [test for _, test in by_size],
    }
    judges: dict[str, Judge] = {
        "nearest photo, last layer": lambda a, b: nearest(photos, photos.deep, a, b),
        "nearest photo, middle layers": lambda a, b: nearest(photos, photos.middle, a, b),
        "brightness": lambda a, b: regression(photos, photos.brightness, a, b),
        "logistic regression": lambda a, b: regression(photos, photos.plain, a, b),
    }
    for name, judge in judges.items():
        for kind, tests in kinds.items():
            print(f"{name}, {kind}: {figures(photos, out_of_folds(judge, tests))}", flush=True)
    if network:
        print("efficientnet_lite0, grouped folds:")
        settings = {"model": "efficientnet_lite0", "no_near": True}  # castings are known already
        print(figures(*trained(manifests, photos, most, **settings)))


def make_manifests(count: int, audit: Path | None = None) -> list[Path]:
    """Manifests of folds, by `okng split`; the castings of an earlier `audit.json` if given."""
    target = WORK / "folds" / "folds.csv"
    okng = Path(sys.executable).with_name("okng")
    arguments = ["--out", target, "--split", "new", "--folds", str(count), "--quiet"]
    if audit:
        arguments.append("--no-near")
    environment = {**os.environ, "OKNG_CACHE": str(WORK / "cache")}
    photos = with_groups(audit) if audit else DATA / "casting_data"
    command = [okng, "split", photos, *arguments]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return [Path(line) for line in done.stdout.split()]


def with_groups(audit: Path) -> Path:
    """A manifest of the photos with the groups that an audit has found."""
    groups = json.loads(audit.read_text())["groups"]
    named = {path: f"casting{number}" for number, paths in enumerate(groups) for path in paths}
    root = (DATA / "casting_data").resolve()
    rows = [
        (path.as_posix(), path.parent.name, named.get(path.relative_to(root).as_posix(), ""))
        for path in sorted(root.glob("*/*/*.jp*g"))
    ]
    manifest = WORK / "folds" / "groups.csv"
    manifest.parent.mkdir(parents=True, exist_ok=True)
    with manifest.open("w", newline="") as file:
        csv.writer(file).writerows([("path", "label", "group"), *rows])
    return manifest


def describe(folds: list[Dataset]) -> None:
    """Print how many photos and castings of each class a fold tests."""
    for number, fold in enumerate(folds, 1):
        test = [photo for photo in fold.photos if photo.split == "test"]
        said = [
            f"{sum(p.label == name for p in test)} photos of "
            f"{len({p.group or p.path for p in test if p.label == name})} castings {name}"
            for name in fold.classes
        ]
        print(f"fold {number} tests {', '.join(said)}", flush=True)


def look(dataset: Dataset, count: int) -> Photos:
    """Features of all photos, those for the nearest photo averaged over poses, and brightness.

    They are kept for the next time.
    """
    kept = WORK / "folds" / f"features-{count}.npz"
    defective = np.array([photo.label != dataset.ok_class for photo in dataset.photos])
    castings = group_numbers([photo.group for photo in dataset.photos])
    if not kept.exists():
        np.savez(kept, *features(dataset, count))
    with np.load(kept) as tables:
        return Photos(defective, castings, *(tables[name] for name in tables))


def features(dataset: Dataset, count: int) -> list[Floats]:
    """What judges look at, float64 (N, D) each, in the order of `Photos`."""
    audited, last = (onnxruntime.InferenceSession(str(path)) for path in (embedder(), last_layer()))
    plain, middle, deep, brightness = [], [], [], []
    paths = dataset.paths()
    for begin in range(0, len(paths), _BATCH):
        some = paths[begin : begin + _BATCH]
        batch = np.stack([preprocess.shrink(preprocess.read(path), SIDE) for path in some])
        poses = [np.rot90(batch, turns, axes=(1, 2)) for turns in range(4)]
        poses += [pose[:, :, ::-1] for pose in poses]
        chosen = [np.ascontiguousarray(pose) for pose in poses[:count]]
        rows, ends = (
            [network.run(None, {"photo": pose})[0] for pose in chosen]
            for network in (audited, last)
        )
        plain.append(rows[0])
        middle.append(np.mean(rows, axis=0))
        deep.append(np.mean(ends, axis=0))
        grey = batch.mean(axis=3)
        brightness.append(np.stack([grey.mean(axis=(1, 2)), grey.std(axis=(1, 2))], axis=1))
    return [np.concatenate(t).astype(np.float64) for t in (plain, middle, deep, brightness)]


def last_layer() -> Path:
    """EfficientNet-Lite0 up to its classifier, as an ONNX file that gives 1,280 numbers a photo."""
    path = WORK / "last-layer.onnx"
    if path.exists():
        return path
    import torch  # noqa: PLC0415 - takes a GB, and only this needs it

    from okng.config import Depth, ModelSettings  # noqa: PLC0415
    from okng.training.networks.architecture import Architecture  # noqa: PLC0415
    from okng.training.networks.pretrained import build_pretrained  # noqa: PLC0415

    settings = ModelSettings(name="efficientnet_lite0", depth_read=Depth.LAST)
    found = build_pretrained(
        Architecture(settings=settings, classes=2, channels=3, image_size=SIDE)
    )

    class Last(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = found.network
            self.colours = [torch.tensor(v)[:, None, None] for v in (found.mean, found.std)]

        def forward(self, photo: torch.Tensor) -> torch.Tensor:
            values = photo.permute(0, 3, 1, 2).float() / 255
            return self.network.before_classifier((values - self.colours[0]) / self.colours[1])

    batch = torch.export.Dim("batch", min=1, max=4096)
    torch.onnx.export(
        Last().eval(), (torch.zeros(2, SIDE, SIDE, 3, dtype=torch.uint8),), str(path),
        dynamo=True, external_data=False, verbose=False, input_names=["photo"],
        output_names=["embedding"], dynamic_shapes=({0: batch},),
    )  # fmt: skip
    return path


def nearest(photos: Photos, values: Floats, known: Numbers, asked: Numbers) -> Floats:
    """1 where the most similar known photo, by the cosine of its features, is defective."""
    here, there = values[asked], values[known] / np.linalg.norm(values[known], axis=1)[:, None]
    return photos.defective[known][(here @ there.T).argmax(axis=1)].astype(np.float64)


def regression(photos: Photos, values: Floats, known: Numbers, asked: Numbers) -> Floats:
    """Logistic regression as the audit fits it: each casting weighs the same, classes too."""
    _, which, sizes = np.unique(photos.castings[known], return_inverse=True, return_counts=True)
    weights = len(known) / len(sizes) / sizes[which]
    model = make_pipeline(
        StandardScaler(), LogisticRegression(C=0.01, max_iter=1000, class_weight="balanced")
    )
    model.fit(
        values[known],
        photos.defective[known],
        standardscaler__sample_weight=weights,
        logisticregression__sample_weight=weights,
    )
    return np.asarray(model.predict_proba(values[asked])[:, 1])


def trained(
    manifests: list[Path], photos: Photos, most: int | None, **settings: object
) -> tuple[Photos, Floats]:
    """Photos, and their defect scores by networks that `okng train` made of each fold's manifest.

    Args:
        manifests: of the folds.
        photos: all photos, in the order of the manifests.
        most: photos of a casting that are learned from and judged, or None for all.
        settings: those of `okng.train`. Finished runs are taken as they are.
    """
    from okng.commands.train import train  # noqa: PLC0415 - brings in torch

    by_path: dict[str, float] = {}
    for number, manifest in enumerate(manifests, 1):
        chosen = thinned(manifest, most) if most else manifest
        run = chosen.with_name(f"run-{chosen.stem}")
        if not (run / "metrics.json").exists():
            train(chosen, out=run, resume=run.exists(), progress=Silent(), **settings)
        fold = read_manifest(chosen, chosen.parent)
        test = Scores.read(run / "scores.csv", fold.classes, fold.ok_class).select("test")
        accuracy = json.loads((run / "metrics.json").read_text())["accuracy"]["value"]
        print(f"fold {number}: {len(test)} photos, accuracy at its own threshold {accuracy:.3f}")
        by_path |= dict(zip(test.table["path"], test.defect_scores, strict=True))
    paths = [photo.path for photo in read_manifest(manifests[0], manifests[0].parent).photos]
    rows = np.array([row for row, path in enumerate(paths) if path in by_path])
    scores = np.array([by_path[paths[row]] for row in rows])
    return Photos(*(values[rows] for values in photos)), scores


def thinned(manifest: Path, most: int) -> Path:
    """A manifest of so many photos of each casting, drawn at random but the same in all folds."""
    with manifest.open(newline="") as file:
        rows = list(csv.DictReader(file))
    seen: Counter[str] = Counter()
    kept = []
    for row in sorted(rows, key=lambda row: row["sha256"]):
        seen[row["group"] or row["path"]] += 1
        if seen[row["group"] or row["path"]] <= most:
            kept.append(row)
    target = manifest.with_name(f"{manifest.stem}-most{most}.csv")
    with target.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(sorted(kept, key=lambda row: row["path"]))
    return target


def out_of_folds(judge: Judge, tests: list[Numbers]) -> Floats:
    """Scores of all photos, each by a judge that has not seen its fold."""
    scores = np.empty(sum(map(len, tests)))
    for test in tests:
        rest = np.setdiff1d(np.arange(len(scores)), test)
        scores[test] = judge(rest, test)
    return scores


def figures(photos: Photos, scores: Floats) -> str:
    """Accuracy, balanced accuracy and AUC with 95 % intervals over castings."""
    right = (scores > 0.5) == photos.defective
    rate = proportion(right, photos.castings)

    def balanced(rows: Numbers) -> float | None:
        parts = [right[rows][photos.defective[rows] == kind] for kind in (True, False)]
        return float(np.mean([part.mean() for part in parts])) if all(map(len, parts)) else None

    def ranking(rows: Numbers) -> float | None:
        truth = photos.defective[rows]
        return float(roc_auc_score(truth, scores[rows])) if 0 < truth.mean() < 1 else None

    said = [f"accuracy {rate.value:.3f} [{rate.low:.3f}, {rate.high:.3f}]"]
    for name, statistic in (("balanced accuracy", balanced), ("AUC", ranking)):
        low, high, _ = bootstrap(statistic, photos.castings, replicates=500)
        said.append(f"{name} {statistic(np.arange(len(scores))):.3f} [{low:.3f}, {high:.3f}]")
    return ", ".join(said)


def _rows(fold: Dataset, split: str) -> Numbers:
    return np.array([row for row, photo in enumerate(fold.photos) if photo.split == split])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", action="store_true")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--most", type=int, help="photos of a casting that the network is shown")
    parser.add_argument("--poses", type=int, default=8, help="averaged for the nearest photo")
    parser.add_argument("--audit", type=Path, help="audit.json of casting_data, to save the search")
    arguments = parser.parse_args()
    main(
        arguments.folds,
        arguments.poses,
        arguments.audit,
        network=arguments.network,
        most=arguments.most,
    )
