"""A network that has learned as a whole beside one that stays: what is told, kept and left out."""

from pathlib import Path

import numpy as np
import pytest
import torch

from okng import config
from okng.events import Silent
from okng.modelfile import InputRules
from okng.testing.tasks import resolved
from okng.training import (
    Architecture,
    Sample,
    Task,
    TrainedModel,
    fit,
    load_full,
)
from okng.training.data.loader import PhotoArray
from okng.training.networks.layers.input_transform import LUMINANCE, Prepare
from okng.training.networks.multi_scale import MultiDepth
from okng.training.networks.registry import build
from okng.training.networks.test_time_augmentation import AveragedPasses
from okng.training.networks.two_branch import TwoBranch
from okng.training.probe.reference import mean_embedding

PHOTOS = torch.rand(5, 3, 64, 64, generator=torch.Generator().manual_seed(0))


def _network(name: str = "resnet10t", outputs: int = 1) -> TwoBranch:
    torch.manual_seed(0)
    model = config.load(None, {"model": name, "weights": "some.pth"}).model
    architecture = Architecture(
        settings=model, classes=max(2, outputs), channels=3, image_size=64, two_branches=True
    )
    network = build(architecture)
    assert isinstance(network, TwoBranch)
    for typical in (network.frozen.typical, network.tuned.typical):
        typical.copy_(torch.rand_like(typical))
    return network.eval()


def _task(parts: int = 24) -> Task:
    """A bright stripe is a defect; every photo is a part."""
    rng = np.random.default_rng(0)

    def sample(count: int) -> Sample:
        labels = np.arange(count) % 2
        photos = rng.integers(60, 140, (count, 32, 32, 3)).astype(np.uint8)
        photos[labels == 1, 12:18] += 100
        return Sample(photos, labels)

    return Task(sample(parts), sample(parts // 2), ("ok", "bad"), "ok", grey=False)


def _fitted(run: Path, weights: Path, task: Task | None = None, **changes: object) -> TrainedModel:
    asked = {
        "recipe": "thorough", "model": "resnet10t", "weights": str(weights), "image_size": 32,
        "epochs": 2, "batch_size": 8, "part_folds": "never", "precision": "float32", "lr": 3e-3,
        "tta": 1,
    }  # fmt: skip
    settings = resolved(**{**asked, **changes})
    return fit(task or _task(), settings, run, Silent())


@pytest.mark.parametrize("name", ["resnet10t", "convnext_atto", "vit_tiny_patch16_224"])
def test_says_the_mean_of_both(name: str) -> None:
    """Of the frozen network's logits and the tuned one's, whatever family they are of."""
    network = _network(name)
    with torch.no_grad():
        mean = (network.frozen(PHOTOS) + network.tuned(PHOTOS)) / 2

        assert torch.allclose(network(PHOTOS), mean, atol=1e-5)


@pytest.mark.parametrize("outputs", [1, 3])
def test_shares_sum_to_the_score(outputs: int) -> None:
    """Up to one constant that is the same for all photos: the heatmap leaves nothing out."""
    network = _network(outputs=outputs)
    with torch.no_grad():
        maps = network.features(PHOTOS)
        scores = network.head(maps)[:, 0]
        sums = network.attribution(maps, network.slopes()[:1].expand(5, -1)).sum((1, 2))
    rest = scores - sums

    assert float(rest.std()) == pytest.approx(0, abs=1e-4)


def test_only_the_second_network_learns(tmp_path: Path, weights: Path) -> None:
    """Layers and statistics of the first one are those that were given; the second's are not."""
    given = torch.load(weights, weights_only=True)
    _fitted(tmp_path, weights)
    kept = torch.load(tmp_path / "models" / "model_weights.pth", weights_only=True)
    name = "layer1.0.conv1.weight"
    statistic = "layer1.0.bn1.running_var"

    for tensor in (name, statistic):
        assert torch.equal(kept[f"frozen.model.{tensor}"], given[tensor])
        assert not torch.equal(kept[f"tuned.backbone.model.{tensor}"], given[tensor])


def _red_defects() -> Task:
    """The frozen network does not see them where `view` is flat: that light has no colours."""
    task = _task()
    for sample in (task.train, task.validation):
        sample.photos[:] = np.random.default_rng(0).integers(60, 140, sample.photos.shape)
        sample.photos[sample.labels == 1, ..., 0] += 60
    return task


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, weights: Path) -> tuple[TrainedModel, Path]:
    """Two networks of which the second sees more, with two looks at each photo; and its folder."""
    run = tmp_path_factory.mktemp("both")
    return _fitted(run, weights, _red_defects(), epochs=6, view="flat", tta=2), run


def test_kept_where_both_together_are_better(both: tuple[TrainedModel, Path]) -> None:
    """And rebuilt with one call; the history begins with the frozen network alone."""
    model, run = both
    again = load_full(run / "models" / "full_model.pth")
    rows = (run / "history.csv").read_text().splitlines()
    with torch.no_grad():
        small = PHOTOS[:, :, :32, :32]
        same = torch.equal(again.network(small), model.network(small))

    assert isinstance(model.network, AveragedPasses)
    assert isinstance(model.network.network, TwoBranch)
    assert same
    assert rows[1].startswith("0,")
    assert float(model.network.network.tuned.typical.abs().sum()) > 0


@pytest.mark.slow
def test_frozen_network_beside_it_is_the_quick_recipe(
    both: tuple[TrainedModel, Path], tmp_path: Path, weights: Path
) -> None:
    """Looks and all: epochs were judged by one look, what goes to the line by two."""
    as_quick = {"recipe": "quick", "epochs": 0, "view": "flat", "tta": 2}
    quick = _fitted(tmp_path, weights, _red_defects(), **as_quick).network
    joined = both[0].network
    assert isinstance(joined, AveragedPasses)
    assert isinstance(quick, AveragedPasses)

    both_branches, single = joined.network, quick.network
    assert isinstance(both_branches, TwoBranch)
    assert isinstance(single, MultiDepth)
    weight, expected = both_branches.frozen.classifier.weight, single.classifier.weight
    assert torch.allclose(weight, expected, atol=1e-3)


def test_left_out_where_it_makes_nothing_better(tmp_path: Path, weights: Path) -> None:
    """A rate that spoils it: the frozen network stays alone, and the line pays for no second."""
    model = _fitted(tmp_path, weights, epochs=1, lr=1.0)

    assert isinstance(model.network, MultiDepth)
    assert not load_full(tmp_path / "models" / "full_model.pth").architecture.two_branches


def test_average_photo_is_seen_in_grey_where_the_network_sees_grey() -> None:
    """Whatever its colours: the heatmap starts from what the network really sees."""
    tuned = _network().tuned
    photos = np.random.default_rng(0).integers(0, 256, (6, 64, 64, 3)).astype(np.uint8)
    grey = np.repeat((photos @ np.array(LUMINANCE)).round()[..., None], 3, 3).astype(np.uint8)
    rules = InputRules(image_size=64, grey=True, channels=3, mean=(0.0,) * 3, std=(1.0,) * 3)

    def typical(seen: np.ndarray, rules: InputRules) -> torch.Tensor:
        return mean_embedding(tuned, Prepare(rules), PhotoArray(seen, np.zeros(6, np.int64)))

    in_colour = typical(photos, rules.model_copy(update={"grey": False}))

    assert torch.allclose(typical(photos, rules), typical(grey, rules), atol=0.02)
    assert not torch.allclose(typical(grey, rules), in_colour, atol=0.02)


@pytest.mark.parametrize("recipe", ["standard", "thorough"])
def test_few_parts_teach_no_layers(tmp_path: Path, weights: Path, recipe: str) -> None:
    """They would be learned by heart: the classifier comes from folds, as in quick."""
    model = _fitted(tmp_path, weights, recipe=recipe, part_folds="auto")

    assert isinstance(model.network, MultiDepth)
    assert (tmp_path / "models" / "out_of_fold.pth").exists()
    assert len((tmp_path / "history.csv").read_text().splitlines()) == 2


@pytest.mark.parametrize("change", [{"depth_read": "last"}, {"weights": "random"}])
def test_network_without_depths_learns_by_itself(
    tmp_path: Path, weights: Path, change: dict[str, str]
) -> None:
    """There is nothing to stand beside: its layers learn, in epochs as asked."""
    settings = config.resolve(
        config.load(None, {
            "recipe": "thorough", "model": "resnet10t", "weights": str(weights), "image_size": 32,
            "epochs": 2, "batch_size": 8, "precision": "float32", **change,
        })
    )  # fmt: skip
    fit(_task(), settings, tmp_path, Silent())

    assert (tmp_path / "history.csv").read_text().splitlines()[-1].startswith("2,")
