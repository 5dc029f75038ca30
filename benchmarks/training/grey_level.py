"""What one grey level, a JPEG at 90 and a camera's noise do to verdicts, by the flattening's floor.

    python benchmarks/training/grey_level.py FOLDER_OR_MANIFEST [--most 60] [--floors 0.01 0.02]

Each photo is judged out of fold (five folds that no group crosses) by the classifier that `quick`
fits: as it is, with every pixel moved by -1, 0 or 1, as a JPEG at 90, and with noise of 2 grey
levels, all at the photo's own size, before the resize. Printed per floor, and with photos that
another camera would have taken among those that teach (`camera`): accuracy as it is, accuracy of
the changed photos, share of photos whose class changes. At most `--most` photos of a class.
"""

import argparse
import io
import warnings
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from PIL import Image
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from torch import nn

from okng import preprocess
from okng.config import AugmentSettings, ClassWeights, ModelSettings, View
from okng.dataset import find_photos
from okng.evaluation.statistics.intervals import group_numbers
from okng.training.data.augmentation import augment
from okng.training.data.sample_weights import photo_weights
from okng.training.networks.architecture import Architecture
from okng.training.networks.feature_extractor import extractor
from okng.training.networks.pretrained import build_pretrained
from okng.training.novelty.fit_novelty import another_camera
from okng.training.probe.logistic_head import (
    Features,
    fit_heads,
    logits_of,
    losses,
)

SIDE, BATCH = 192, 32
CHANGES = ("one level", "jpeg 90", "noise 2")
Photos = np.ndarray[Any, np.dtype[np.uint8]]


def changed(photo: Photos, how: str, rng: np.random.Generator) -> Photos:
    """A photo (H, W, 3) after one of `CHANGES`."""
    if how == "jpeg 90":
        buffer = io.BytesIO()
        Image.fromarray(photo).save(buffer, "JPEG", quality=90)
        return preprocess.decode(buffer.getvalue())
    shape = photo.shape[:2]
    grain = rng.integers(-1, 2, shape) if how == "one level" else rng.normal(0, 2, shape)
    return (photo + grain[..., None]).round().clip(0, 255).astype(np.uint8)


class Light(nn.Module):
    """What the classifier sees of photos in one light."""

    def __init__(self, floor: float | None) -> None:
        super().__init__()
        settings = ModelSettings(view=View.RAW if floor is None else View.BOTH)
        architecture = Architecture(
            settings=settings, classes=2, channels=3, image_size=SIDE, floor=floor or 0.01
        )
        self.network = cast("Any", build_pretrained(architecture).network.eval())
        self.flat = floor is not None

    def forward(self, photos: torch.Tensor) -> torch.Tensor:
        """Means and maxima of maps, of photos (N, 3, S, S)."""
        light = self.network.views(photos)[-1]
        return self.network.pooled(self.network.intermediate(light))


def main() -> None:
    """Measure."""
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--most", type=int, default=60)
    parser.add_argument("--floors", type=float, nargs="+", default=[0.01, 0.02, 0.03])
    options = parser.parse_args()
    dataset = find_photos(options.photos)
    labels = dataset.labels()
    rng = np.random.default_rng(0)
    rows = np.sort(np.concatenate([
        rng.permutation(np.flatnonzero(labels == c))[: options.most] for c in np.unique(labels)
    ]))  # fmt: skip
    labels = labels[rows]
    parts = group_numbers([photo.group for photo in dataset.photos])[rows]
    raw = [preprocess.read(dataset.paths()[row]) for row in rows]
    plain = np.stack([preprocess.shrink(photo, SIDE) for photo in raw])
    views = {"plain": tensor(plain)}
    for how in CHANGES:
        seen = [preprocess.shrink(changed(photo, how, rng), SIDE) for photo in raw]
        views[how] = tensor(np.stack(seen))
    generator = torch.Generator().manual_seed(1)
    views["draw"] = augment(views["plain"], AugmentSettings(), generator)
    views["camera"] = another_camera(views["draw"], rng)
    print(f"{options.photos}: {len(rows)} photos, {len(np.unique(labels))} classes", flush=True)
    lights = {floor: described(Light(floor), views) for floor in (None, *options.floors)}
    for floor in options.floors:
        both = {name: np.hstack([lights[None][name], lights[floor][name]]) for name in views}
        for taught in (("plain", "draw"), ("plain", "camera"), ("plain", "draw", "camera")):
            print(f"floor {floor:g}, {'+'.join(taught)}: {measured(both, labels, parts, taught)}",
                  flush=True)  # fmt: skip


def tensor(photos: Photos) -> torch.Tensor:
    """Photos (N, S, S, 3) as (N, 3, S, S) in [0, 1]."""
    return torch.from_numpy(photos).permute(0, 3, 1, 2) / 255.0


def described(light: Light, views: dict[str, torch.Tensor]) -> dict[str, np.ndarray]:
    """Features of every view."""
    run = extractor(light, torch.rand(3, 3, SIDE, SIDE), 10_000)
    return {
        name: torch.cat([run(batch.contiguous()) for batch in photos.split(BATCH)]).numpy()
        for name, photos in views.items()
    }


def measured(
    views: dict[str, np.ndarray], labels: np.ndarray, parts: np.ndarray, taught: tuple[str, ...]
) -> str:
    """Accuracy (and AUC of two classes) as they are, then accuracy and share of other classes."""
    outputs = 1 if labels.max() == 1 else int(labels.max()) + 1
    said = {name: np.zeros((len(labels), outputs)) for name in ("plain", *CHANGES)}
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    weights = photo_weights(labels, parts, ClassWeights.BALANCED)

    def features(name: str, chosen: np.ndarray) -> Features:
        return Features(
            torch.from_numpy(views[name][chosen]), torch.from_numpy(labels[chosen]),
            torch.from_numpy(weights[chosen]), torch.from_numpy(parts[chosen]),
        )  # fmt: skip

    pieces, total = [], torch.zeros(4)
    for train, held_out in folds.split(labels, labels, parts):
        heads = fit_heads(Features.join([features(name, train) for name in taught]))
        total += losses(heads, Features.join([features(name, held_out) for name in taught[:2]]))
        pieces.append((heads, held_out))
    best = int(total.argmin())
    for heads, held_out in pieces:
        for name, logits in said.items():
            logits[held_out] = logits_of(heads[best], features(name, held_out)).numpy()
    guess = {n: (v[:, 0] > 0).astype(int) if outputs == 1 else v.argmax(1) for n, v in said.items()}
    right = {name: np.mean(found == labels) for name, found in guess.items()}
    auc = f" AUC {roc_auc_score(labels, said['plain'][:, 0]):.4f}" if outputs == 1 else ""
    rest = "; ".join(
        f"{n} {right[n]:.3f}, {np.mean(guess[n] != guess['plain']):.3f} changed" for n in CHANGES
    )
    return f"{right['plain']:.3f}{auc} (strength {best}, loss {total[best] / 5:.3f}); {rest}"


if __name__ == "__main__":
    main()
