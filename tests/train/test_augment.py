"""Augmentation of whole batches."""

import torch

from okng.config import AugmentSettings, Flips
from okng.train.augment import augment

STILL = AugmentSettings(rotation=0, flips=Flips.NONE, brightness=0, contrast=0)
PHOTOS = torch.rand(6, 1, 16, 16, generator=torch.Generator().manual_seed(1))


def _with(seed: int = 0, **changes: object) -> torch.Tensor:
    settings = STILL.model_copy(update=changes)
    return augment(PHOTOS, settings, torch.Generator().manual_seed(seed))


def test_nothing_asked_nothing_changed() -> None:
    """All off is the identity."""
    assert torch.allclose(_with(), PHOTOS, atol=1e-6)


def test_same_generator_same_photos() -> None:
    """A resumed run augments as the whole one."""
    changes = {"rotation": 180.0, "flips": Flips.BOTH, "brightness": 0.3, "contrast": 0.3}

    assert torch.equal(_with(3, **changes), _with(3, **changes))
    assert not torch.equal(_with(3, **changes), _with(4, **changes))


def test_horizontal_flip_mirrors_or_leaves() -> None:
    """Each photo is itself or its mirror image, and both occur."""
    flipped = _with(5, flips=Flips.HORIZONTAL)
    same = [torch.allclose(a, b, atol=1e-5) for a, b in zip(flipped, PHOTOS, strict=True)]
    mirrored = [
        torch.allclose(a, b.flip(-1), atol=1e-5) for a, b in zip(flipped, PHOTOS, strict=True)
    ]

    assert all(a != b for a, b in zip(same, mirrored, strict=True))
    assert any(same)
    assert any(mirrored)


def test_rotation_keeps_a_disc_round() -> None:
    """A turn about the middle is no stretch: a centred disc stays where it is."""
    steps = torch.linspace(-1, 1, 64)
    disc = (steps[None] ** 2 + steps[:, None] ** 2 < 0.5).float().expand(4, 1, 64, 64)
    settings = STILL.model_copy(update={"rotation": 180.0})

    turned = augment(disc, settings, torch.Generator().manual_seed(2))

    assert (turned - disc).abs().mean() < 0.02


def test_values_stay_in_range() -> None:
    """However bright, a photo stays in [0, 1]."""
    found = _with(brightness=0.9, contrast=0.9)

    assert found.min() >= 0
    assert found.max() <= 1
