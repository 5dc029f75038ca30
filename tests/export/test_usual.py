"""What places add on good parts is left out of heatmaps."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor

from okng.config import ModelSettings
from okng.export import InspectionGraph, reference_photos
from okng.modelfile import InputRules
from okng.testing import draw_part
from okng.training import Architecture, Sample, TrainedModel
from okng.training.networks.registry import build

PHOTOS = np.stack([draw_part(seed, size=64).photo for seed in range(5)])


def _graph(classes: int) -> InspectionGraph:
    torch.manual_seed(0)
    settings = ModelSettings(name="resnet10t")
    architecture = Architecture(settings=settings, classes=classes, channels=3, image_size=64)
    network = build(architecture).eval()
    names = ("ok", *(f"defect{number}" for number in range(1, classes)))
    rules = InputRules(image_size=64, mean=(0.5,) * 3, std=(0.2,) * 3)
    return InspectionGraph(TrainedModel(network, architecture, rules, names, "ok", "-", "-")).eval()


def _heat(graph: InspectionGraph, against: Tensor) -> Tensor:
    with torch.no_grad():
        heat: Tensor = graph.heat(graph._maps(torch.from_numpy(PHOTOS)), against.expand(5, -1))
    return heat


@pytest.mark.parametrize("against", [(-1.0, 1.0), (-1.0, 0.0, 1.0), (1.0, -0.5, -0.5)])
def test_good_parts_have_no_heat_on_average(against: tuple[float, ...]) -> None:
    """Whatever class is judged: each place is compared with itself on good parts."""
    graph, judged = _graph(len(against)), torch.tensor(against)
    before = _heat(graph, judged)
    graph.fit_reference(PHOTOS)
    after = _heat(graph, judged)

    assert float(before.mean(0).abs().max()) > 1e-3
    assert torch.allclose(after.mean(0), torch.zeros(1), atol=1e-5)


def test_heat_still_sums_to_the_score() -> None:
    """Up to one constant: what is left out is the same for all photos."""
    graph = _graph(2)
    graph.fit_reference(PHOTOS[:2])
    sums = _heat(graph, torch.tensor([-1.0, 1.0])).sum((1, 2))
    with torch.no_grad():
        scores = 2 * graph.network(graph.prepare(graph.resize(torch.from_numpy(PHOTOS))))[:, 0]

    assert float(scores.std()) > 1e-2
    rest = (scores - sums).tolist()
    assert all(a == pytest.approx(b, abs=1e-4) for a, b in pairwise(rest))


def test_usual_photos_are_of_good_parts_and_of_as_many_as_can_be() -> None:
    """One photo of each part before a second of any; without an OK class all parts count."""
    labels = np.array([0] * 100 + [1] * 50)
    groups = np.array([0] * 60 + list(range(1, 41)) + [41] * 50)
    photos = np.arange(150, dtype=np.uint8)[:, None, None, None]
    drawn = reference_photos(Sample(photos, labels, groups), has_ok=True).ravel()
    drawn_of_all = reference_photos(Sample(photos, labels), has_ok=False).ravel()

    assert set(range(60, 100)) < set(drawn.tolist())
    assert drawn.max() < 100
    assert len(set(drawn.tolist())) == len(set(drawn_of_all.tolist())) == 64
    assert drawn_of_all.max() >= 100


def test_without_good_parts_nothing_is_left_out() -> None:
    """There is no average of no photos."""
    photos = reference_photos(Sample(PHOTOS, np.ones(5, dtype=np.int64)), has_ok=True)
    graph = _graph(2)
    before = _heat(graph, torch.tensor([-1.0, 1.0]))
    graph.fit_reference(photos)

    assert len(photos) == 0
    assert torch.equal(before, _heat(graph, torch.tensor([-1.0, 1.0])))
