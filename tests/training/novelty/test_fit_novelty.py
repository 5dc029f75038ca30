"""A trained network knows its photos: other light and content are unfamiliar, a copy is not."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from okng.config import AugmentSettings, ModelSettings
from okng.events import Silent
from okng.modelfile import InputRules
from okng.testing import draw_part
from okng.training.data.loader import PhotoArray
from okng.training.networks.architecture import Architecture
from okng.training.networks.feature_extractor import Embedded
from okng.training.networks.layers.input_transform import Prepare
from okng.training.networks.protocol import InspectionNetwork
from okng.training.networks.registry import build
from okng.training.novelty.fit_novelty import another_camera, fit_novelty_detector
from okng.training.novelty.mahalanobis import NoveltyDetector

SIDE = 64
PHOTOS = np.stack([draw_part(seed, size=SIDE).photo for seed in range(100)])
RULES = InputRules(image_size=SIDE, mean=(0.5,) * 3, std=(0.25,) * 3)


@pytest.fixture(scope="module", params=["cnn", "resnet10t"])
def network(request: pytest.FixtureRequest) -> InspectionNetwork:
    """A network with random weights: even these tell light and content."""
    torch.manual_seed(0)
    settings = ModelSettings(name=request.param, weights="random", filters=8, depth=2)
    shape = Architecture(settings=settings, classes=2, channels=3, image_size=SIDE)
    return build(shape).eval()


@pytest.fixture(scope="module")
def familiar(network: InspectionNetwork) -> NoveltyDetector:
    """What is usual among 70 of the photos."""
    found = fit_novelty_detector(
        network,
        Prepare(RULES),
        PhotoArray(PHOTOS[:70], np.zeros(70, dtype=np.int64)),
        AugmentSettings(),
        Silent(),
    )
    assert found is not None
    return found


def _flagged(
    network: InspectionNetwork, familiar: NoveltyDetector, change: Callable[[Tensor], Tensor]
) -> float:
    photos = torch.from_numpy(PHOTOS[70:]).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        answers = familiar(network.descriptor(network.features(Prepare(RULES)(change(photos)))))
    return float((answers > 0.99).float().mean())


def test_new_parts_in_the_same_light_are_familiar(
    network: InspectionNetwork, familiar: NoveltyDetector
) -> None:
    """Thirty photos of parts that were not trained on."""
    assert _flagged(network, familiar, lambda photos: photos) <= 0.1


@pytest.mark.parametrize(
    "change",
    [lambda p: p * 0.4, lambda p: 1 - p, lambda p: torch.rand(p.shape)],
    ids=["dark", "negative", "noise"],
)
def test_other_light_and_content_are_not(
    network: InspectionNetwork, familiar: NoveltyDetector, change: Callable[[Tensor], Tensor]
) -> None:
    """Less than half the light, a negative, and no part at all."""
    assert _flagged(network, familiar, change) >= 0.9


def test_another_camera_is_familiar(network: InspectionNetwork, familiar: NoveltyDetector) -> None:
    """Shrunk and enlarged, sharpened, with a little noise, and through JPEG."""
    rng = np.random.default_rng(5)

    assert _flagged(network, familiar, lambda photos: another_camera(photos, rng)) <= 0.2


def test_turned_parts_are_familiar_where_rotation_is_allowed(
    network: InspectionNetwork, familiar: NoveltyDetector
) -> None:
    """Upside down, as the settings of the augmentation allow."""
    assert _flagged(network, familiar, lambda photos: photos.flip(2, 3)) <= 0.3


def test_features_of_the_probe_serve_as_well() -> None:
    """What the probe computed of a pretrained network gives the same detector."""
    torch.manual_seed(0)
    settings = ModelSettings(name="resnet10t")
    shape = Architecture(settings=settings, classes=2, channels=3, image_size=SIDE)
    network = build(shape).eval()
    photos = PhotoArray(PHOTOS[:40], np.zeros(40, dtype=np.int64))

    @torch.no_grad()
    def embed(inputs: Tensor) -> Tensor:
        return network.embed(inputs)

    values = embed(Prepare(RULES)(photos[np.arange(40)][0])).numpy()
    given = Prepare(RULES), photos, AugmentSettings(), Silent()
    plain = fit_novelty_detector(network, *given)
    shared = fit_novelty_detector(network, *given, Embedded(values, embed))
    assert network.descriptor_width
    assert plain is not None
    assert shared is not None
    torch.testing.assert_close(shared.knots, plain.knots, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(shared.centre, plain.centre, atol=1e-5, rtol=1e-5)
