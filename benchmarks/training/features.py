"""Which features and which views of a photo tell defects on parts that were never seen.

    python benchmarks/training/features.py MANIFEST [--ok CLASS] [--most 30]

MANIFEST has path, label and, where parts have several photos, group: what `okng split` writes.
Five folds that no part crosses; each part and each class counts the same. Every row is a logistic
regression on frozen EfficientNet-Lite0 at 192 px, scored on the photos as they are and on photos
that were turned and relit as training may do it: a stand-in for the light of another day. Nothing
here looks at a test set. `--most` photos of a part, at most, are taken. Ten minutes on two cores
for 3,600 photos. Expected: the last row, which `--recipe quick` uses, is best or level in both.
"""

import argparse
import warnings
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from okng.config import AugmentSettings, ClassWeights, ModelSettings
from okng.dataset import Dataset, find_photos, load_photos
from okng.evaluation.statistics.intervals import group_numbers
from okng.training.data.augmentation import augment
from okng.training.data.sample_weights import photo_weights
from okng.training.networks.architecture import Architecture
from okng.training.networks.feature_extractor import extractor
from okng.training.networks.pretrained import build_pretrained
from okng.training.probe.feature_source import Embedding
from okng.training.probe.whitening import fit_whitening

if TYPE_CHECKING:
    from okng.training.networks.multi_scale import MultiDepth

SIDE, BATCH = 192, 32
STRENGTHS = (1e-3, 1e-2)


class Features:
    """Features of all photos: as they are (0), and in two draws of another light and position."""

    def __init__(self, dataset: Dataset) -> None:
        photos = load_photos(dataset.paths(), SIDE)
        architecture = Architecture(
            settings=ModelSettings(), classes=2, channels=3, image_size=SIDE
        )
        network = cast("MultiDepth", build_pretrained(architecture).network.eval())
        self.widths = network.widths
        run = extractor(Embedding(network), torch.rand(3, 3, SIDE, SIDE), 10_000)
        self.views = [self._view(photos, run, draw) for draw in range(3)]

    def columns(self, depths: tuple[int, ...], lights: tuple[int, ...]) -> np.ndarray:
        """Which numbers belong to these depths (0 is the finest) and lights (0 raw, 1 flat)."""
        ends = np.cumsum([2 * width for width in self.widths])
        count = len(self.widths) // 2
        chosen = [light * count + depth for light, depth in product(lights, depths)]
        return np.concatenate([np.arange(ends[i] - 2 * self.widths[i], ends[i]) for i in chosen])

    @staticmethod
    def _view(photos: np.ndarray, run: Any, draw: int) -> np.ndarray:
        generator, rows = torch.Generator().manual_seed(draw), []
        for begin in range(0, len(photos), BATCH):
            batch = torch.from_numpy(photos[begin : begin + BATCH]).permute(0, 3, 1, 2) / 255.0
            seen = augment(batch, AugmentSettings(), generator) if draw else batch
            rows.append(run(seen.contiguous()).numpy())
        return np.concatenate(rows)


def score(
    views: list[np.ndarray], labels: np.ndarray, parts: np.ndarray, *, varied: bool, whiten: bool
) -> str:
    """Balanced accuracy and AUC over parts, of photos as they are and of changed ones."""
    best = ""
    for strength in STRENGTHS:
        said = np.zeros((2, len(labels)))
        for train, held_out in StratifiedGroupKFold(5, shuffle=True, random_state=0).split(
            labels, labels, parts
        ):
            used = [views[0], views[1]] if varied else [views[0]]
            values = np.concatenate([view[train] for view in used])
            weights = np.tile(
                photo_weights(labels[train], parts[train], ClassWeights.BALANCED), len(used)
            )
            rows = np.tile(parts[train], len(used)) if whiten else np.arange(len(values))
            whitening = fit_whitening(values, weights, rows)
            model = LogisticRegression(C=strength, max_iter=1000)
            model.fit(whitening.apply(values), np.tile(labels[train], len(used)), weights)
            for row, view in enumerate((views[0], views[2])):
                said[row, held_out] = model.decision_function(whitening.apply(view[held_out]))
        counts = photo_weights(labels, parts, ClassWeights.BALANCED)
        figures = [
            f"{np.average((row > 0) == labels, weights=counts):.3f} "
            f"{roc_auc_score(labels, row, sample_weight=counts):.4f}"
            for row in said
        ]
        best = max(best, f"{figures[0]} | {figures[1]} | C {strength:g}")
    return best


def main() -> None:
    """Measure."""
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--ok")
    parser.add_argument("--most", type=int, default=30)
    options = parser.parse_args()
    dataset = thinned(find_photos(options.manifest, ok=options.ok), options.most)
    labels = (dataset.labels() > 0).astype(np.int64)
    parts = group_numbers([photo.group for photo in dataset.photos])
    found = Features(dataset)
    print(f"{len(labels)} photos of {len(np.unique(parts))} parts")
    print("what: balanced accuracy, AUC as they are | in another light and position | strength")
    for name, depths, lights, varied, whiten in (
        ("last depth, raw", (3,), (0,), False, False),
        ("middle depths, raw", (0, 1, 2), (0,), False, False),
        ("all depths, raw", (0, 1, 2, 3), (0,), False, False),
        ("all depths, raw, varied", (0, 1, 2, 3), (0,), True, False),
        ("all depths, flat, varied", (0, 1, 2, 3), (1,), True, False),
        ("all depths, both, varied", (0, 1, 2, 3), (0, 1), True, False),
        ("middle depths, both, varied, whitened", (0, 1, 2), (0, 1), True, True),
        ("all depths, both, varied, whitened", (0, 1, 2, 3), (0, 1), True, True),
    ):
        columns = found.columns(depths, lights)
        views = [view[:, columns] for view in found.views]
        print(f"{name}: {score(views, labels, parts, varied=varied, whiten=whiten)}", flush=True)


def thinned(dataset: Dataset, most: int) -> Dataset:
    """At most so many photos of each part, drawn."""
    rng, taken, kept = np.random.default_rng(0), {}, []
    for number in rng.permutation(len(dataset)):
        group = dataset.photos[number].group or str(number)
        taken[group] = taken.get(group, 0) + 1
        if taken[group] <= most:
            kept.append(int(number))
    photos = tuple(dataset.photos[number] for number in sorted(kept))
    return Dataset(dataset.root, photos, dataset.classes, dataset.ok_class)


if __name__ == "__main__":
    main()
