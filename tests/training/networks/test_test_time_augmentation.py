"""Several looks at each photo: which are allowed, and what a network says that takes them."""

from pathlib import Path

import numpy as np
import pytest
import torch

from okng import config
from okng.config import Flips, Orientation, allowed_orientations
from okng.errors import ConfigError
from okng.events import Silent
from okng.testing.tasks import resolved
from okng.training import (
    Architecture,
    Sample,
    Task,
    TrainedModel,
    fit,
    load_full,
    load_out_of_fold,
)
from okng.training.networks.layers.input_transform import Prepare
from okng.training.networks.protocol import InspectionNetwork, LinearAttribution
from okng.training.networks.registry import averaged, build
from okng.training.networks.test_time_augmentation import AveragedPasses, turned, turned_back

ALL = allowed_orientations(180, Flips.BOTH)
PHOTOS = torch.rand(5, 3, 64, 64, generator=torch.Generator().manual_seed(0))


def _network(orientations: tuple[Orientation, ...] = ALL, outputs: int = 1) -> AveragedPasses:
    torch.manual_seed(0)
    model = config.load(None, {"model": "resnet10t", "weights": "some.pth"}).model
    architecture = Architecture(
        settings=model,
        classes=max(2, outputs),
        channels=3,
        image_size=64,
        orientations=orientations,
    )
    network = build(architecture)
    assert isinstance(network, AveragedPasses)
    network.network.set_reference(torch.rand_like(_typical(network)))
    return network.eval()


def _typical(network: InspectionNetwork) -> torch.Tensor:
    reference = network.single_pass().reference
    assert reference is not None
    return reference


def _linear(network: InspectionNetwork) -> LinearAttribution:
    linear = network.linear_attribution()
    assert linear is not None
    return linear


def _fitted(run: Path, weights: Path, **changes: object) -> TrainedModel:
    rng = np.random.default_rng(0)
    labels = np.arange(24) % 2
    photos = rng.integers(60, 140, (24, 32, 32, 3)).astype(np.uint8)
    photos[labels == 1, 12:18] += 100
    task = Task(
        Sample(photos[:16], labels[:16]), Sample(photos[16:], labels[16:]),
        ("ok", "bad"), "ok", grey=False,
    )  # fmt: skip
    asked = {"model": "resnet10t", "weights": str(weights), "image_size": 32, "tta": 4}
    settings = resolved(**{**asked, **changes})
    return fit(task, settings, run, Silent())


@pytest.mark.parametrize(
    ("rotation", "flips", "count"),
    [
        (180, Flips.BOTH, 8), (180, Flips.NONE, 4), (180, Flips.HORIZONTAL, 8), (90, Flips.NONE, 3),
        (45, Flips.BOTH, 4), (0, Flips.HORIZONTAL, 2), (0, Flips.VERTICAL, 2), (0, Flips.NONE, 1),
    ],
)  # fmt: skip
def test_parts_with_a_direction_keep_it(rotation: float, flips: Flips, count: int) -> None:
    """Only what training may turn and mirror is seen turned and mirrored; the photo comes first."""
    orientations = allowed_orientations(rotation, flips)

    assert len(orientations) == count
    assert orientations[0] == Orientation(0, mirrored=False)


def test_mirrored_up_and_down_only() -> None:
    """Left stays left where only the vertical may change places."""
    photo = torch.arange(4.0).reshape(1, 2, 2)

    assert [turned(photo, look).tolist() for look in allowed_orientations(0, Flips.VERTICAL)] == [
        [[[0, 1], [2, 3]]],
        [[[2, 3], [0, 1]]],
    ]


@pytest.mark.parametrize("look", ALL)
def test_turned_back_is_as_before(look: Orientation) -> None:
    """Whatever the look."""
    assert torch.equal(turned_back(turned(PHOTOS, look), look), PHOTOS)


def test_looks_differ() -> None:
    """Eight looks at a photo are eight photos."""
    seen = [turned(PHOTOS, look) for look in ALL]

    assert not any(torch.equal(a, b) for n, a in enumerate(seen) for b in seen[:n])


def test_says_the_mean_over_looks() -> None:
    """Of what the network says of each."""
    network = _network()
    with torch.no_grad():
        mean = torch.stack([network.network(turned(PHOTOS, look)) for look in ALL]).mean(0)

        assert torch.allclose(network(PHOTOS), mean, atol=1e-5)


def test_all_looks_make_the_score_the_same_however_a_part_lies() -> None:
    """And the heatmap turns with the photo."""
    network = _network()
    look = Orientation(1, mirrored=True)
    with torch.no_grad():
        maps, others = network.features(PHOTOS), network.features(turned(PHOTOS, look))
        linear = _linear(network)
        direction = linear.slopes().expand(5, -1)
        heat, other = linear.attribution(maps, direction), linear.attribution(others, direction)

        assert torch.allclose(network.head(maps), network.head(others), atol=1e-5)
        assert torch.allclose(turned(heat, look), other, atol=1e-4)


@pytest.mark.parametrize("outputs", [1, 3])
def test_shares_sum_to_the_score(outputs: int) -> None:
    """Up to one constant that is the same for all photos: the heatmap leaves nothing out."""
    network = _network(ALL[:4], outputs)
    with torch.no_grad():
        maps = network.features(PHOTOS)
        scores = network.head(maps)[:, 0]
        linear = _linear(network)
        rest = scores - linear.attribution(maps, linear.slopes()[:1].expand(5, -1)).sum((1, 2))

    assert float(rest.std()) == pytest.approx(0, abs=1e-4)


def test_unfamiliarity_is_that_of_the_upright_photo() -> None:
    """So the numbers it was calibrated with hold."""
    network = _network(ALL[:4])
    with torch.no_grad():
        alone = network.network.descriptor(network.network.features(PHOTOS))

        assert torch.allclose(network.descriptor(network.features(PHOTOS)), alone, atol=1e-5)


def test_one_look_costs_nothing() -> None:
    """The network stays as it is."""
    network = _network(ALL[:4]).single_pass()

    assert averaged(network, ALL[:1]) is network


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, weights: Path) -> tuple[TrainedModel, Path]:
    """A network of four looks, and its run folder."""
    run = tmp_path_factory.mktemp("looks")
    return _fitted(run, weights, part_folds="never"), run


def test_kept_and_rebuilt(trained: tuple[TrainedModel, Path]) -> None:
    """The file of the whole model says how it looks."""
    model, run = trained
    again = load_full(run / "models" / "full_model.pth")

    assert isinstance(again.network, AveragedPasses)
    assert again.network.orientations == ALL[:4]
    with torch.no_grad():
        small = PHOTOS[:, :, :32, :32]
        assert torch.equal(again.network(small), model.network(small))


def test_out_of_fold_scores_are_means_over_looks(tmp_path: Path, weights: Path) -> None:
    """Other looks give other scores out of fold, and by these the threshold is chosen."""
    one, many = tmp_path / "one", tmp_path / "many"
    for folder, tta in ((one, 1), (many, 8)):
        _fitted(folder, weights, tta=tta, part_folds="always")
    few, averaged_logits = load_out_of_fold(one), load_out_of_fold(many)

    assert few is not None
    assert averaged_logits is not None
    assert few.shape == averaged_logits.shape == (24, 1)
    assert not torch.allclose(few, averaged_logits, atol=1e-3)


def test_trained_network_judges_by_all_looks(trained: tuple[TrainedModel, Path]) -> None:
    """What it says of a photo is the mean over its looks."""
    model, _ = trained
    photos = Prepare(model.rules)(PHOTOS[:, :, :32, :32])
    assert isinstance(model.network, AveragedPasses)
    with torch.no_grad():
        each = [model.network.network(turned(photos, look)) for look in ALL[:4]]

        assert torch.allclose(model.network(photos), torch.stack(each).mean(0), atol=1e-5)


def test_thorough_looks_four_times() -> None:
    """Or as often as the part allows; other recipes once."""

    def tta(**asked: object) -> int | None:
        return resolved(**asked).model.tta

    assert tta(recipe="thorough") == 4
    assert tta(recipe="thorough", rotation=0, flips="horizontal") == 2
    assert tta(recipe="thorough", tta=8) == 8
    assert tta() == tta(recipe="standard") == tta(model="cnn") == 1


def test_more_looks_than_a_part_allows_are_refused() -> None:
    """Before anything begins, and with what would be possible."""
    with pytest.raises(ConfigError, match="allow 2 orientations of a part; take 1 to 2"):
        config.load(None, {"tta": 4, "rotation": 0, "flips": "horizontal"})
