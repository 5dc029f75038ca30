"""Features of further photos by the frozen layers of a trained network."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from okng.config import AugmentSettings
from okng.events import Progress
from okng.training.artifacts import TrainedModel
from okng.training.data.loader import PhotoArray
from okng.training.networks.feature_extractor import extractor
from okng.training.networks.layers.input_transform import Prepare
from okng.training.networks.layers.network_input import NetworkInput
from okng.training.probe.feature_source import Embedding, View, embed_view, example_input
from okng.training.probe.kept_features import FeatureBlock


def further_features(
    model: TrainedModel,
    photos: npt.NDArray[np.uint8],
    digests: Sequence[str],
    augment: AugmentSettings,
    progress: Progress,
    *,
    draws: int,
    seed: int,
) -> FeatureBlock:
    """Features of photos as a training would have computed them.

    Args:
        model: a trained one whose layers stayed frozen.
        photos: uint8 (N, S, S, 3), of the size that the network takes; at least one.
        digests: SHA-256 of the photos.
        augment: how far random draws may differ from the photo, with `turns` decided.
        progress: receives one stage with a step per photo and view.
        draws: random draws of each photo; 0 for photos that teach nothing.
        seed: of the draws.
    """
    network, orientations = model.network.single_pass(), model.architecture.orientations
    inputs = NetworkInput(Prepare(model.rules), augment, seed)
    data = PhotoArray(photos, np.zeros(len(photos), np.int64))
    views: list[View] = [*orientations, *range(1, draws + 1)]
    with progress.stage("features", len(views) * len(data)) as advance:
        run = extractor(Embedding(network), example_input(inputs, data), len(views) * len(data))
        rows = [embed_view(inputs, run, data, view, advance).values.numpy() for view in views]
    plain, drawn = rows[: len(orientations)], rows[len(orientations) :]
    empty = np.empty((0, *plain[0].shape), np.float32)
    return FeatureBlock(digests, np.stack(plain), np.stack(drawn) if drawn else empty)
