"""Fits the out-of-distribution detector on the training photos' features."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import simplejpeg
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the name everybody knows

from okng.config import AugmentSettings
from okng.events import Advance, Progress
from okng.training.data.augmentation import augment
from okng.training.data.loader import PhotoArray, photos_at_once
from okng.training.networks.feature_extractor import Embedded, Extractor, extractor
from okng.training.networks.layers.input_transform import Prepare
from okng.training.networks.protocol import InspectionNetwork
from okng.training.novelty.mahalanobis import Measured, NoveltyDetector, fit_detector

KeepMeasured = Callable[[Measured, npt.NDArray[np.int64]], None]
"""Called with descriptors, and the rows (N,) of the photos that they are of."""
_QUALITY = ("brightness", "contrast", "gamma", "side_light", "noise", "blur")
_MOST = 4_000  # photos; with half as many, harmless changes count more (benchmarks/training)
_CHANGED = 400  # photos of these that are changed: a tenth, as the time budget assumes
_SCALES = (0.6, 1.6)  # of the side of the photo, on the way to another resolution and back
_KERNELS = (
    ("area", False),
    ("bilinear", False),
    ("bilinear", True),
    ("bicubic", False),
    ("bicubic", True),
)  # the interpolations that cameras and their software use
_SHARPEST = 1.5  # of an unsharp mask: times the difference to a mean over 3 by 3 pixels
_NOISIEST = 3 / 255  # standard deviation, three grey levels
_QUALITIES = (50, 96)  # of JPEG, the upper end exclusive


def fit_novelty_detector(
    network: InspectionNetwork,
    prepare: Prepare,
    photos: PhotoArray,
    settings: AugmentSettings,
    progress: Progress,
    embedded: Embedded | None = None,
    keep: KeepMeasured | None = None,
) -> NoveltyDetector | None:
    """Fit the novelty detector on features of the training photos.

    Args:
        network: trained, in evaluation mode.
        prepare: turns photos into network input.
        photos: the training photos.
        settings: rotation and flips as in training do not make a photo novel.
        progress: receives one stage with a step per photo.
        embedded: the same photos as this network embeds them, where that was computed before.
        keep: receives what the detector is fitted on; None keeps nothing.

    Returns:
        None with fewer than 20 parts, too few to calibrate it.
    """
    rng = np.random.default_rng(0)  # a fixed seed: the detector depends on the photos alone
    rows = draw_in_turn(photos.parts.numpy(), _MOST, rng)
    changed = np.sort(rng.permutation(len(rows))[:_CHANGED])
    width = network.descriptor_width if embedded else 0
    count = (0 if width else len(rows)) + 2 * len(changed)
    with progress.stage("familiar", count) as advance:
        if embedded and width:
            run = _of_embedding(embedded.run, prepare, width)
            values = embedded.values[rows, :width]
        else:
            descriptors = _Descriptors(network, prepare)
            run = extractor(descriptors, photos[rows[:3]][0].contiguous(), count)
            values = _descriptors_of(run, photos, rows, advance)
        turn = settings.model_copy(update=dict.fromkeys(_QUALITY, 0.0))
        generator = torch.Generator().manual_seed(0)
        turned = _descriptors_of(
            run, photos, rows[changed], advance, lambda batch: augment(batch, turn, generator)
        )
        copied = _descriptors_of(
            run, photos, rows[changed], advance, lambda batch: another_camera(batch, rng)
        )
    plain = values[changed]
    measured = Measured(
        values,
        photos.parts.numpy()[rows],
        np.concatenate([turned - plain, copied - plain]),
        np.concatenate([changed, changed]),
    )
    if keep is not None:
        keep(measured, rows)
    return fit_detector(measured)


def _of_embedding(embed: Extractor, prepare: Prepare, width: int) -> Extractor:
    """The descriptor (N, D) of photos as the first values of their embedding (N, F)."""

    @torch.no_grad()
    def run(photos: Tensor) -> Tensor:
        return embed(prepare(photos).contiguous())[:, :width]

    return run


class _Descriptors(nn.Module):
    """Features for novelty detection of photos (N, 3, S, S) in [0, 1]."""

    def __init__(self, network: InspectionNetwork, prepare: Prepare) -> None:
        super().__init__()
        self.network = network
        self.prepare = prepare

    def forward(self, photos: Tensor) -> Tensor:
        return self.network.descriptor(self.network.features(self.prepare(photos)))


def draw_in_turn(
    parts: npt.NDArray[np.int64], most: int, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Rows of up to `most` photos: one of each part first, then a second of each, and so on."""
    shuffled = rng.permutation(len(parts))
    places = np.argsort(parts[shuffled], kind="stable")  # part by part, by chance within each
    sizes = np.unique(parts, return_counts=True)[1]
    turns = np.concatenate([np.arange(size) for size in sizes])
    return np.sort(shuffled[places[np.lexsort((places, turns))][:most]])


def _descriptors_of(
    run: Extractor,
    photos: PhotoArray,
    rows: npt.NDArray[np.int64],
    advance: Advance,
    change: Callable[[Tensor], Tensor] = Tensor.contiguous,
) -> npt.NDArray[np.float32]:
    values, at_once = [], photos_at_once(photos.photos.shape[1])
    for batch in np.array_split(rows, -(-len(rows) // at_once)):
        values.append(run(change(photos[batch][0]).contiguous()).numpy())
        advance(len(batch))
    return np.concatenate(values)


def another_camera(photos: Tensor, rng: np.random.Generator) -> Tensor:
    """The same photos as another camera of the same station would have taken them.

    Args:
        photos: float32 (N, 3, S, S) in [0, 1].
        rng: decides resolution, way of resizing, sharpness, noise and JPEG quality of each.

    Returns:
        float32 (N, 3, S, S) in [0, 1].
    """
    return torch.stack([_compressed(_noisy(_sharper(_resampled(p, rng), rng), rng), rng)
                        for p in photos])  # fmt: skip


def _resampled(photo: Tensor, rng: np.random.Generator) -> Tensor:
    side = photo.shape[-1]
    between = max(8, round(side * float(np.exp(rng.uniform(*np.log(_SCALES))))))
    for size in (between, side):
        mode, antialias = _KERNELS[rng.integers(len(_KERNELS))]
        photo = F.interpolate(photo[None], (size, size), mode=mode, antialias=antialias)[0]
    return photo


def _sharper(photo: Tensor, rng: np.random.Generator) -> Tensor:
    """An unsharp mask: more pixels, shrunk to the same size, show edges more sharply."""
    blurred = F.avg_pool2d(F.pad(photo[None], (1, 1, 1, 1), "replicate"), 3, stride=1)[0]
    return photo + float(rng.uniform(0, _SHARPEST)) * (photo - blurred)


def _noisy(photo: Tensor, rng: np.random.Generator) -> Tensor:
    noise = rng.standard_normal(photo.shape[1:], dtype=np.float32)
    return photo + float(rng.uniform(0, _NOISIEST)) * torch.from_numpy(noise)


def _compressed(photo: Tensor, rng: np.random.Generator) -> Tensor:
    pixels = (photo.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).contiguous().numpy()
    data = simplejpeg.encode_jpeg(pixels, quality=int(rng.integers(*_QUALITIES)))
    return torch.from_numpy(simplejpeg.decode_jpeg(data)).permute(2, 0, 1).float() / 255
