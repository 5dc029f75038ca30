"""Which photos a network calls unfamiliar: parts it never saw, and the same photos, changed.

    python benchmarks/training/unfamiliar.py MANIFEST [--ok CLASS] [--most 30]

MANIFEST has path, label and group, as `okng split` writes it. Five folds that no part crosses: in
each, `okng.training.novelty.mahalanobis` learns what is usual among four fifths of the parts, from
maps of EfficientNet-Lite0 at 192 px, and judges the others, as they are and changed. Beside it,
what it was chosen over: the Mahalanobis distance along the 16 or 32 first principal components,
with the same calibration. Each line is the share of photos above 0.99, parts counting alike. Five
minutes of a core for 3,600 photos. Expected: 0.01 as they are, next to 0 for other resolutions,
JPEG and turned photos, and nearly 1 for a third less light, a blur of 2 px, strong noise and a
negative.
"""

import argparse
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from features import SIDE, thinned
from sklearn.model_selection import GroupKFold
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the name everybody knows
from torchvision.transforms.v2.functional import gaussian_blur

from okng.config import AugmentSettings, ModelSettings
from okng.dataset import find_photos, load_photos
from okng.evaluation.statistics.intervals import group_numbers
from okng.modelfile import InputRules
from okng.training.data.augmentation import augment
from okng.training.networks.architecture import Architecture
from okng.training.networks.feature_extractor import extractor
from okng.training.networks.layers.input_transform import Prepare
from okng.training.networks.pretrained import build_pretrained
from okng.training.novelty.fit_novelty import _Descriptors, another_camera
from okng.training.novelty.mahalanobis import (
    Measured,
    Metric,
    damped_metric,
    fit_detector,
)

BATCH, SUBSET = 32, 600
TURN = AugmentSettings(brightness=0, contrast=0, gamma=0, side_light=0)
GENERATOR = torch.Generator().manual_seed(1)
RNG = np.random.default_rng(1)


def _noise(strength: float) -> Callable[[Tensor], Tensor]:
    return lambda p: p + torch.randn(len(p), 1, *p.shape[2:], generator=GENERATOR) * strength / 255


def _half(photos: Tensor) -> Tensor:
    small = F.interpolate(photos, scale_factor=0.5, mode="area")
    return F.interpolate(small, photos.shape[2:], mode="bilinear")


CHANGES: dict[str, Callable[[Tensor], Tensor]] = {
    "another camera": lambda p: another_camera(p, RNG),
    "half the resolution": _half,
    "turned": lambda p: augment(p, TURN, GENERATOR),
    "shifted by 6 px": lambda p: F.pad(p, (6, 0, 0, 6), "reflect")[..., 6:, : p.shape[-1]],
    "brightness 0.9": lambda p: p * 0.9,
    "brightness 1.1": lambda p: p * 1.1,
    "contrast 0.7": lambda p: (p - p.mean((1, 2, 3), keepdim=True)) * 0.7 + p.mean(),
    "brightness 0.7": lambda p: p * 0.7,
    "brightness 1.3": lambda p: p * 1.3,
    "blur 2 px": lambda p: gaussian_blur(p, [13, 13], [2.0, 2.0]),
    "sharpened": lambda p: p + 1.5 * (p - gaussian_blur(p, [7, 7], [1.0, 1.0])),
    "noise 3": _noise(3),
    "noise 5": _noise(5),
    "noise 15": _noise(15),
    "negative": lambda p: 1 - p,
}


def measure(photos: np.ndarray, change: Callable[[Tensor], Tensor], run: Any) -> np.ndarray:
    """What the network says of changed photos: float32 (N, F)."""
    rows = []
    for begin in range(0, len(photos), BATCH):
        batch = torch.from_numpy(photos[begin : begin + BATCH]).permute(0, 3, 1, 2) / 255.0
        rows.append(run(change(batch).clamp(0, 1).contiguous()).numpy())
    return np.concatenate(rows)


def _components(count: int) -> Metric:
    """So many principal components."""

    def metric(
        measured: Measured, weights: np.ndarray, rows: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        values, counts = measured.values[rows].astype(np.float64), weights[rows]
        centre = np.average(values, axis=0, weights=counts)
        scale = np.sqrt(np.average((values - centre) ** 2, axis=0, weights=counts)) + 1e-6
        seen = (values - centre) / scale
        spread, directions = np.linalg.eigh((seen * counts[:, None]).T @ seen / counts.sum())
        kept = directions[:, -count:] / np.sqrt(spread[-count:])
        return centre, kept / scale[:, None]

    return metric


def main() -> None:
    """Measure."""
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--ok")
    parser.add_argument("--most", type=int, default=30)
    options = parser.parse_args()
    dataset = thinned(find_photos(options.manifest, ok=options.ok), options.most)
    parts = group_numbers([photo.group for photo in dataset.photos])
    photos = load_photos(dataset.paths(), SIDE)
    architecture = Architecture(settings=ModelSettings(), classes=2, channels=3, image_size=SIDE)
    network = build_pretrained(architecture).network.eval()
    prepare = Prepare(InputRules(image_size=SIDE, grey=True, mean=(0.0,) * 3, std=(1.0,) * 3))
    run = extractor(_Descriptors(network, prepare), torch.rand(3, 3, SIDE, SIDE), 10_000)
    plain = measure(photos, lambda batch: batch, run)
    draws = np.random.default_rng(2)
    some = np.sort(draws.choice(len(photos), min(SUBSET, len(photos)), replace=False))
    learned = [
        measure(photos[some], change, run) - plain[some]
        for change in (
            lambda p: augment(p, TURN, torch.Generator().manual_seed(0)),
            lambda p: another_camera(p, draws),
        )
    ]
    changed = {name: measure(photos[some], change, run) for name, change in CHANGES.items()}
    measured = Measured(plain, parts, np.concatenate(learned), np.tile(some, 2))
    print(f"{len(photos)} photos of {len(np.unique(parts))} parts, {plain.shape[1]} features")
    for name, metric in (("okng", damped_metric), ("16 components", _components(16)),
                         ("32 components", _components(32))):  # fmt: skip
        report(name, metric, measured, some, changed)


def report(
    name: str, metric: Metric, measured: Measured, some: np.ndarray, changed: dict[str, np.ndarray]
) -> None:
    """Shares of held-out photos that are called unfamiliar."""
    parts = measured.parts
    weights = 1.0 / np.bincount(parts)[parts]
    strange = {"as they are": np.zeros(len(parts))} | {k: np.zeros(len(some)) for k in changed}
    for train, out in GroupKFold(5, shuffle=True, random_state=7).split(parts, groups=parts):
        known = np.isin(measured.rows, train)
        position = np.full(len(parts), -1)
        position[train] = np.arange(len(train))
        fitted = fit_detector(
            Measured(
                measured.values[train],
                parts[train],
                measured.changes[known],
                position[measured.rows[known]],
            ),
            metric,
        )
        with torch.no_grad():
            strange["as they are"][out] = fitted(torch.from_numpy(measured.values[out])).numpy()
            mine = np.isin(some, out)
            for change, values in changed.items():
                strange[change][mine] = fitted(torch.from_numpy(values[mine])).numpy()
    print(name)
    for change, answers in strange.items():
        counts = weights if change == "as they are" else weights[some]
        print(f"  {change}: {np.average(answers > 0.99, weights=counts):.3f}")


if __name__ == "__main__":
    main()
