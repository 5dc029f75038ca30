"""What larger photos and tiles bring where defects are tiny, and how small a defect may be.

    python benchmarks/training/tiles.py [--parts 40] [--seeds 0 1] [--sizes 192 384 768]
                                        [--marks 4 8 16 stain] [--out DIR]
    python benchmarks/training/tiles.py --elpv [--size 288] [--most 600]

Without `--elpv`: generated discs of 768 px, so many good ones and as many with one mark: a dark pit
of 4, 8 or 16 px, half as bright as its place, or a stain of 96 px, 12 % darker, with a soft edge.
Each is seen at three image sizes by frozen EfficientNet-Lite0 as in the recipe `quick` (as it is
and in one draw, not in four), with 1, 2 and 4 tiles per side, and with 4 tiles beside the whole
photo (`1+4`). Every part is judged by the classifier of a fold that did not see it
(`okng.training.probe.cross_fit`; the regularisation is chosen over the same folds, for all alike).
Printed: balanced accuracy and AUC of all seeds in DIR, with 95 % intervals, and seconds a photo
through the network with and without tiles. Nothing is chosen here. `--elpv`: real photos on which
tiles should do no harm, by the same folds. 20 minutes a seed on one core, most of it at 768 px.
"""

import argparse
import time
import warnings
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple, cast

import numpy as np
import torch
from torch import Tensor, nn

from okng import preprocess
from okng.config import AugmentSettings, ClassWeights, ModelSettings
from okng.evaluation.metrics.binary_rates import coefficients, rankings
from okng.events import Silent
from okng.modelfile import InputRules
from okng.testing import draw_part, encode
from okng.training.data.loader import PhotoArray
from okng.training.data.sample_weights import photo_weights
from okng.training.networks.architecture import Architecture
from okng.training.networks.feature_extractor import Extractor, extractor
from okng.training.networks.layers.input_transform import Prepare
from okng.training.networks.layers.network_input import NetworkInput
from okng.training.networks.multi_scale import MultiDepth, pool
from okng.training.networks.pretrained import build_pretrained
from okng.training.probe.cross_fit import FOLDS, cross_fit
from okng.training.probe.feature_source import embed_view, example_input
from okng.training.probe.logistic_head import Features

SIDE = 768
TILES, WAYS = (1, 2, 4), ("1", "2", "4", "1+4")
VIEWS = 2


class Mark(NamedTuple):
    """A round defect: pixels across, brightness as a share of its place, pixels of its edge."""

    diameter: int
    left: float
    edge: float


MARKS = {
    "4": Mark(4, 0.5, 1), "8": Mark(8, 0.5, 1), "16": Mark(16, 0.5, 1), "stain": Mark(96, 0.88, 24),
}  # fmt: skip


class Pooled(nn.Module):
    """What the classifier would see (N, T * F) with each number of tiles, in one pass."""

    def __init__(self, network: MultiDepth, tiles: tuple[int, ...] = TILES) -> None:
        super().__init__()
        self.network, self.tiles = network, tiles

    def forward(self, photos: Tensor) -> Tensor:
        """Side by side."""
        maps = self.network.features(photos)
        return torch.cat([pool(maps, tiles) for tiles in self.tiles], 1)


def marked(photo: np.ndarray, mark: Mark, seed: int) -> np.ndarray:
    """A photo uint8 (S, S, 3) with a mark somewhere on the blades."""
    rng = np.random.default_rng((seed, 17))
    angle, radius = rng.uniform(0, 2 * np.pi), rng.uniform(0.35, 0.68) * len(photo) / 2
    middle = len(photo) / 2 + radius * np.array([np.sin(angle), np.cos(angle)])
    rows, columns = np.indices(photo.shape[:2])
    apart = np.hypot(rows - middle[0], columns - middle[1])
    inside = ((mark.diameter / 2 - apart) / mark.edge + 0.5).clip(0, 1)[..., None]
    return (photo * (1 - (1 - mark.left) * inside)).round().astype(np.uint8)


def discs(parts: int, seed: int, marks: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Photos uint8 (N, 768, 768, 3), and the name of each one's mark; good parts have none."""
    photos, names = [], []
    for number in range(2 * parts):
        part = 10_000 * (seed + 1) + number
        photo = draw_part(part, size=SIDE).photo
        for name in [""] if number < parts else marks:
            shown = marked(photo, MARKS[name], part) if name else photo
            photos.append(preprocess.decode(encode(shown)))
            names.append(name)
    return np.stack(photos), np.array(names)


def frozen(size: int, *, grey: bool = False) -> tuple[MultiDepth, NetworkInput]:
    """EfficientNet-Lite0 as `quick` starts with it."""
    architecture = Architecture(settings=ModelSettings(), classes=2, channels=3, image_size=size)
    pretrained = build_pretrained(architecture)
    rules = InputRules(image_size=size, grey=grey)  # the network itself knows its colours
    network = cast("MultiDepth", pretrained.network.eval())
    return network, NetworkInput(Prepare(rules), AugmentSettings(), seed=0)


def views_of(
    frozen: tuple[MultiDepth, NetworkInput], photos: np.ndarray, name: str
) -> list[Tensor]:
    """Features (N, T * F) of photos (N, S, S, 3) in several draws of light and position."""
    data = PhotoArray(photos, np.zeros(len(photos), np.int64))
    network, inputs = Pooled(frozen[0]), frozen[1]
    begun = time.perf_counter()
    run = extractor(network, example_input(inputs, data), 10_000)
    with Silent().stage("", 0) as advance:
        found = [embed_view(inputs, run, data, v, advance).values for v in range(VIEWS)]
    seconds = time.perf_counter() - begun
    print(f"{name}: {VIEWS * len(photos)} photos in {seconds:.0f} s", flush=True)
    return found


def unseen(views: list[Tensor], labels: np.ndarray, seed: int) -> np.ndarray:
    """Logits of all photos, each from a classifier that did not see it."""
    weights = torch.from_numpy(photo_weights(labels, None, ClassWeights.BALANCED))
    truth, parts = torch.from_numpy(labels), torch.arange(len(labels))
    seen = [Features(view.contiguous(), truth, weights, parts) for view in views]
    return cross_fit(seen, FOLDS, seed).out_of_fold[:, 0].numpy()


def columns(views: list[Tensor], tiles: str) -> list[Tensor]:
    """Features of one way to pool; `1+4` has the means of the whole photo beside those of tiles."""
    each = views[0].shape[1] // len(TILES)
    blocks = [TILES.index(int(number)) for number in tiles.split("+")]
    return [torch.cat([view[:, b * each : (b + 1) * each] for b in blocks], 1) for view in views]


def figures(logits: np.ndarray, labels: np.ndarray) -> str:
    """Balanced accuracy and AUC with their intervals."""
    truth, groups = labels > 0, np.arange(len(labels))
    balanced = coefficients(truth, logits > 0, groups)["balanced_accuracy"]
    auc = rankings(logits.astype(float), truth, groups)["roc_auc"]
    return " | ".join(f"{r.value:.3f} [{r.low:.3f}, {r.high:.3f}]" for r in (balanced, auc))


def tiny(parts: int, seed: int, sizes: list[int], marks: list[str], out: Path) -> None:
    """Marks of each kind, at each image size and number of tiles, of one seed's parts."""
    said = {}
    photos, names = discs(parts, seed, marks)
    for size in sizes:
        small = np.stack([preprocess.shrink(photo, size) for photo in photos])
        found = views_of(frozen(size), small, f"seed {seed}, {size} px")
        for mark in marks:
            rows = np.flatnonzero((names == "") | (names == mark))
            labels = (names[rows] != "").astype(np.int64)
            for way in WAYS:
                values = [view[rows] for view in columns(found, way)]
                logits = unseen(values, labels, seed)
                said[f"{mark} {size} {way}"] = np.stack([logits, labels])
                print(f"{mark} {size} {way}: {figures(logits, labels)}", flush=True)
    np.savez(out / f"seed{seed}_{'_'.join(marks)}.npz", **said)


def summary(out: Path) -> None:
    """All seeds that stand in a folder, joined."""
    kept = [np.load(path) for path in sorted(out.glob("seed*.npz"))]
    print("mark | image size | mark after resizing px | tiles | parts | balanced accuracy | AUC")
    for name in dict.fromkeys(name for one in kept for name in one.files):
        mark, size, way = name.split()
        each = [one[name] for one in kept if name in one.files]
        logits, labels = np.concatenate(each, axis=1)
        shown = MARKS[mark].diameter * int(size) / SIDE
        print(f"{mark} | {size} | {shown:g} | {way} | {len(labels)} | {figures(logits, labels)}")


def seconds(sizes: list[int]) -> None:
    """Time of a photo through the network up to the classifier."""
    for size in sizes:
        learner = frozen(size)
        photos = torch.rand(2, 3, size, size)
        ways = [
            extractor(Pooled(cast("MultiDepth", learner.network), (t,)), photos, 10_000)
            for t in TILES
        ]
        times = np.array([[_once(run, photos) for run in ways] for _ in range(12)])[2:]
        middle = np.median(times, axis=0) / len(photos)
        said = ", ".join(f"{t}: {s * 1000:.0f} ms" for t, s in zip(TILES, middle, strict=True))
        print(f"{size} px, a photo by tiles: {said}", flush=True)


def _once(run: Extractor, photos: Tensor) -> float:
    begun = time.perf_counter()
    run(photos)
    return time.perf_counter() - begun


def elpv(size: int, most: int) -> None:
    """Solar cells of 300 px, so many drawn; defective from a probability of 0.5 on."""
    from protocols import elpv as cells  # noqa: PLC0415 - needs the package

    photos, labels, _ = cells(size)
    drawn = np.sort(np.random.default_rng(0).permutation(len(labels))[:most])
    photos, labels = photos[drawn], labels[drawn]
    found = views_of(frozen(size, grey=True), photos, f"{len(labels)} cells at {size} px")
    for way in WAYS:
        logits = unseen(columns(found, way), labels, 0)
        print(f"elpv {size} px, tiles {way}: {figures(logits, labels)}", flush=True)


def main() -> None:
    """Measure."""
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", type=int, default=40)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--sizes", type=int, nargs="+", default=[192, 384, 768])
    parser.add_argument("--marks", nargs="+", choices=list(MARKS), default=list(MARKS))
    parser.add_argument("--most", type=int, default=600)
    parser.add_argument("--out", type=Path, help="keeps what was said, to join seeds")
    parser.add_argument("--elpv", action="store_true")
    parser.add_argument("--size", type=int, default=288)
    options = parser.parse_args()
    if options.elpv:
        elpv(options.size, options.most)
        return
    out = options.out or Path(mkdtemp(prefix="okng-tiles-"))
    out.mkdir(parents=True, exist_ok=True)
    for seed in options.seeds:
        tiny(options.parts, seed, options.sizes, options.marks, out)
    summary(out)
    seconds(options.sizes)


if __name__ == "__main__":
    main()
