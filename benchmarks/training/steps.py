"""What a step of the standard recipe costs, with kept rows and without: seconds of CPU, one core.

    python benchmarks/training/steps.py

CPU time, so that a busy machine matters little. 32 photos of 192 px, EfficientNet-Lite0 in both
lights, the first 70 % of its layers frozen. Expected: a step over rows costs four tenths of a
step over photos, and fetching rows less than a tenth of it. Half a minute.
"""

import time
import warnings
from collections.abc import Callable

import numpy as np
import torch

from okng.config import AugmentSettings, ModelSettings
from okng.dataset.decoded_photos import allocate
from okng.memory import keep_freed_memory
from okng.training.data.augmentation import augment
from okng.training.data.loader import PhotoArray
from okng.training.networks.architecture import Architecture
from okng.training.networks.feature_extractor import extractor
from okng.training.networks.pretrained import build_pretrained
from okng.training.probe.feature_cache import ActivationArray

SIDE, BATCH, PHOTOS = 192, 32, 128


def cost(work: Callable[[], object], times: int = 3) -> float:
    """The least CPU time of a few tries; the first only warms up."""
    work()
    found = []
    for _ in range(times):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)


def learn(network: torch.nn.Module, seen: torch.Tensor) -> None:
    """Forward and backward."""
    network(seen).sum().backward()
    network.zero_grad(set_to_none=True)


def main() -> None:
    """Measure."""
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    keep_freed_memory()
    architecture = Architecture(settings=ModelSettings(), classes=2, channels=3, image_size=SIDE)
    network = build_pretrained(architecture).network.eval().to(memory_format=torch.channels_last)
    network.freeze(0.7)
    photos = torch.rand(BATCH, 3, SIDE, SIDE).contiguous(memory_format=torch.channels_last)
    halves = network.split(photos[:3].contiguous())
    assert halves is not None  # noqa: S101 - this network can be cut
    lower, upper = halves
    quick = extractor(lower, photos[:3].contiguous(), 10_000)
    rows = quick(photos.contiguous())
    kept = ActivationArray(
        allocate((4, PHOTOS, rows.shape[1]), np.float16, 4.0),
        PhotoArray(np.zeros((PHOTOS, 1, 1, 3), np.uint8), np.zeros(PHOTOS, np.int64)),
        seed=0,
    )
    kept.rows[:] = rows[0].numpy()
    generator = torch.Generator().manual_seed(0)
    for name, work in (
        ("step over photos", lambda: learn(network, photos)),
        ("step over rows", lambda: learn(upper, rows)),
        ("fetching rows", lambda: kept[np.random.default_rng().permutation(PHOTOS)[:BATCH]]),
        ("drawing light and position", lambda: augment(photos, AugmentSettings(), generator)),
        ("lower layers, onnxruntime", lambda: quick(photos.contiguous())),
        ("lower layers, torch", lambda: torch.no_grad()(lower)(photos)),
    ):
        print(f"{name}: {cost(work):.3f} s", flush=True)


if __name__ == "__main__":
    main()
