"""Augmentation of whole batches."""

import torch

from okng.config import AugmentSettings, Flips, Turns
from okng.training.data.augmentation import augment

STILL = AugmentSettings(
    rotation=0, flips=Flips.NONE, brightness=0, contrast=0, gamma=0, side_light=0
)
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


def test_the_tone_curve_keeps_black_and_white() -> None:
    """What lies between gets lighter or darker, in its order."""
    steps = torch.linspace(0, 1, 16).expand(5, 1, 16, 16)
    settings = STILL.model_copy(update={"gamma": 0.5})
    found = augment(steps, settings, torch.Generator().manual_seed(3))

    assert torch.allclose(found[..., -1], torch.ones(5, 1, 16))
    assert found[..., 0].max() < 0.05
    assert (found.diff(dim=-1) >= 0).all()
    assert (found - steps).abs().max() > 0.05


def test_side_light_falls_off_in_a_plane() -> None:
    """A grey photo becomes a slope, as bright on average as before."""
    grey = torch.full((8, 1, 32, 32), 0.4)
    settings = STILL.model_copy(update={"side_light": 0.5})
    found = augment(grey, settings, torch.Generator().manual_seed(4))

    assert torch.allclose(found.mean((1, 2, 3)), torch.full((8,), 0.4), atol=1e-3)
    assert found.std() > 0.01
    assert found.diff(n=2, dim=-1).abs().max() < 1e-5


def test_blur_spreads_a_point_and_keeps_its_light() -> None:
    """Each photo has its own blur, and none loses brightness."""
    photos = torch.zeros(8, 3, 21, 21)
    photos[:, :, 10, 10] = 1
    still = AugmentSettings(rotation=0, flips=Flips.NONE, brightness=0, contrast=0, gamma=0,
                            side_light=0, blur=2)  # fmt: skip
    blurred = augment(photos, still, torch.Generator().manual_seed(0))

    assert torch.allclose(blurred.sum((2, 3)), torch.ones(8, 3), atol=1e-4)
    assert len(set(blurred[:, 0, 10, 10].tolist())) == 8
    assert torch.equal(blurred[:, 0], blurred[:, 1])


def test_noise_is_alike_in_all_colours() -> None:
    """A grey photo stays grey; the deviation stays below the limit."""
    photos = torch.full((16, 3, 32, 32), 0.5)
    still = AugmentSettings(rotation=0, flips=Flips.NONE, brightness=0, contrast=0, gamma=0,
                            side_light=0, noise=0.1)  # fmt: skip
    noisy = augment(photos, still, torch.Generator().manual_seed(0))

    assert torch.equal(noisy[:, 0], noisy[:, 2])
    assert 0.01 < float(noisy.std((1, 2, 3)).max()) < 0.11


def test_quarter_turns_move_pixels_and_change_none() -> None:
    """All four occur; each photo is one of them, to the last pixel."""
    photos = torch.rand(40, 1, 16, 16, generator=torch.Generator().manual_seed(2))
    settings = STILL.model_copy(update={"rotation": 180.0, "turns": Turns.QUARTER})
    turned = augment(photos, settings, torch.Generator().manual_seed(0))
    found = {
        next(k for k in range(4) if torch.allclose(after, before.rot90(k, (1, 2)), atol=1e-4))
        for after, before in zip(turned, photos, strict=True)
    }

    assert found == {0, 1, 2, 3}


def test_shift_moves_by_no_more_than_asked() -> None:
    """A bright pixel in the middle is found again near it, in different places."""
    photos = torch.zeros(30, 1, 33, 33)
    photos[:, :, 16, 16] = 1
    settings = STILL.model_copy(update={"shift": 0.2})
    moved = augment(photos, settings, torch.Generator().manual_seed(0)).reshape(30, -1).argmax(1)
    rows, columns = moved // 33 - 16, moved % 33 - 16
    furthest = max(int(rows.abs().max()), int(columns.abs().max()))

    assert 4 <= furthest <= 7  # a fifth of 33 pixels
    assert len(set(moved.tolist())) > 20


def test_zoom_changes_the_size_both_ways() -> None:
    """And keeps a disc a disc; shear does not."""
    steps = torch.linspace(-1, 1, 64)
    disc = (steps[None] ** 2 + steps[:, None] ** 2 < 0.25).float().expand(40, 1, 64, 64)
    zoomed, sheared = (
        augment(disc, STILL.model_copy(update=change), torch.Generator().manual_seed(1))
        for change in ({"zoom": 0.3}, {"shear": 0.4})
    )
    sizes = zoomed.sum((1, 2, 3)) / disc[0].sum()
    widths, heights = (zoomed[:, 0].amax(1).sum(1), zoomed[:, 0].amax(2).sum(1))

    assert 0.5 < float(sizes.min()) < 0.75  # exp(-0.6) is 0.55
    assert 1.4 < float(sizes.max()) < 1.9
    assert torch.allclose(widths, heights, atol=1.5)
    assert (sheared[:, 0].amax(1).sum(1) - sheared[:, 0].amax(2).sum(1)).abs().max() > 1.5
