"""Grey conversion and normalisation, shared by training and graph."""

import numpy as np
import torch

from okng.modelfile import InputRules
from okng.training.data.loader import PhotoArray
from okng.training.networks.layers.input_transform import Prepare, statistics

PHOTOS = np.random.default_rng(0).integers(0, 256, (300, 4, 4, 3), dtype=np.uint8)
DATA = PhotoArray(PHOTOS, np.zeros(300, dtype=np.int64))


def test_statistics_are_those_of_all_pixels() -> None:
    """Mean and deviation per channel agree with numpy."""
    mean, std = statistics(DATA, grey=False)

    assert np.allclose(mean, (PHOTOS / 255).mean((0, 1, 2)), atol=1e-6)
    assert np.allclose(std, (PHOTOS / 255).std((0, 1, 2)), atol=1e-6)


def test_training_photos_become_standard() -> None:
    """What the network sees has mean 0 and deviation 1."""
    mean, std = statistics(DATA, grey=True)
    prepare = Prepare(InputRules(image_size=4, grey=True, channels=1, mean=mean, std=std))
    seen = prepare(DATA[np.arange(300)][0])

    assert seen.shape == (300, 1, 4, 4)
    assert abs(float(seen.mean())) < 1e-4
    assert abs(float(seen.std()) - 1) < 1e-3


def test_grey_for_a_colour_network_fills_three_channels() -> None:
    """A pretrained network sees the luminance three times."""
    rules = InputRules(image_size=2, grey=True, channels=3, mean=(0.5,) * 3, std=(0.5,) * 3)
    seen = Prepare(rules)(torch.rand(2, 3, 2, 2))

    assert seen.shape == (2, 3, 2, 2)
    assert torch.equal(seen[:, 0], seen[:, 2])
