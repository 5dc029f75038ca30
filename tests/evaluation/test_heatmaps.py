"""The check of the heatmaps tells good ones from bad ones, on the model file alone."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from PIL import Image

from okng import modelfile
from okng.commands.train import Run
from okng.dataset.loading.masks import find_mask
from okng.evaluation import Scores, check_heatmaps
from okng.evaluation.heatmaps.conclusions import Evidence, conclude, nothing_to_check
from okng.evaluation.heatmaps.insertion_deletion import erase
from okng.evaluation.heatmaps.pointing_game import point
from okng.evaluation.heatmaps.true_positives import Hit, find_good, find_hits
from okng.evaluation.heatmaps.weight_randomisation import last_layers, shuffle
from okng.evaluation.results.trust import (
    Erasure,
    Gain,
    Gains,
    HeatmapCurves,
    OrderAreas,
    OrderCurves,
    Pointing,
)
from okng.evaluation.statistics.intervals import proportion
from okng.inference import Inspector
from okng.verdict import Judgement, Verdict


class SpotInspector:
    """Calls a photo defective by how bright the brightest place of its upper left quarter is."""

    def __init__(self, like: Inspector) -> None:
        self.metadata = like.metadata

    def __call__(self, photos: list[Any]) -> list[Verdict]:
        """Judge photos."""
        side = self.metadata.input.image_size // 2
        return [
            Verdict(Judgement.NG, float(photo[:side, :side].mean() / 255), "defective")
            for photo in photos
        ]


def _scores(run: Run) -> Scores:
    return Scores.read(run.scores, tuple(run.metrics["classes"]), run.metrics["ok_class"])


def _spot(heat: tuple[int, int]) -> Hit:
    photo = np.zeros((48, 48, 3), np.uint8)
    photo[:24, :24] = 255
    heatmap = np.zeros((4, 4), np.float32)
    heatmap[heat[0] : heat[0] + 2, heat[1] : heat[1] + 2] = 1
    return Hit("spot.png", "defective", photo, heatmap)


def test_run_has_the_check(run: Run) -> None:
    """`okng train` leaves it in metrics.json, with a verdict in words."""
    found = run.metrics["heatmap_check"]

    assert isinstance(found["trusted"], bool)
    assert found["sentences"]


def test_same_photos_same_answer(run: Run, photos: Path) -> None:
    """Nothing of it is left to chance."""
    scores = _scores(run)
    first, second = (check_heatmaps(run.model_file, photos, scores, photos=3) for _ in range(2))

    assert first == second


@pytest.mark.slow
def test_heatmap_on_the_spot_gains(run: Run) -> None:
    """A heatmap that marks what decides beats places at random and the middle."""
    inspector: Any = SpotInspector(run.inspector())
    black = [np.zeros((48, 48, 3), np.uint8)]
    found = erase(inspector, [_spot((0, 0))] * 8, black)

    assert found.background == "good part"
    assert found.gain.random.low > 0.2
    assert found.gain.centre.low > 0.2
    assert found.insertion.heatmap > found.deletion.heatmap


def test_heatmap_beside_the_spot_does_not(run: Run) -> None:
    """One that marks the opposite corner loses."""
    inspector: Any = SpotInspector(run.inspector())
    found = erase(inspector, [_spot((2, 2))] * 8, [np.zeros((48, 48, 3), np.uint8)])
    told = conclude(Evidence(8, 0, found)).plain()

    assert found.gain.random.high < 0
    assert not told["trusted"]
    assert "not proven" in told["sentences"][0]


@pytest.mark.parametrize(("heat", "expected"), [((0, 0), 1.0), ((2, 2), 0.0)])
def test_pointing_game_looks_at_the_hottest_cell(
    tmp_path: Path, heat: tuple[int, int], expected: float
) -> None:
    """It must touch the mask."""
    mask = np.zeros((96, 96), np.uint8)
    mask[2:20, 2:20] = 255
    folder = tmp_path / "ground_truth" / "defective"
    folder.mkdir(parents=True)
    Image.fromarray(mask).save(folder / "spot_mask.png")
    found = point([_spot(heat)], tmp_path, limit=10)

    assert found is not None
    assert found.rate.value == expected
    assert found.chance == 1 / 16
    assert find_mask(tmp_path, "test/defective/other.png", "defective") is None


def test_without_masks_there_is_no_pointing_game(tmp_path: Path) -> None:
    """And nothing is made up."""
    assert point([_spot((0, 0))], tmp_path, limit=10) is None


def test_shuffled_weights_change_the_last_layers_only(run: Run) -> None:
    """Same values in another order; all else stays."""
    model = onnx.load_model_from_string(modelfile.read(run.model_file).data)
    before = {t.name: onnx.numpy_helper.to_array(t).copy() for t in model.graph.initializer}
    layers = last_layers(model.graph, 3)
    shuffle(model.graph, layers, seed=0)
    after = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}
    changed = {name for name in before if not np.array_equal(before[name], after[name])}

    assert len(layers) == 3
    assert set(layers) <= changed
    for name in changed:
        assert np.array_equal(np.sort(before[name], axis=None), np.sort(after[name], axis=None))
        assert before[name].ndim >= 2


def test_hits_are_right_and_each_of_another_part(run: Run) -> None:
    """Copies of one part are no further evidence."""
    scores = _scores(run)
    table = scores.table.assign(group=["g"] * len(scores))
    hits = find_hits(scores)

    assert hits
    assert {hit.label for hit in hits} == {"defective"}
    assert len(find_hits(Scores(table, scores.classes, scores.ok_class))) == 1
    assert len(find_good(scores, 5)) == 5


def test_nothing_to_ask_is_told() -> None:
    """A test without a caught defect ends in a sentence, not in an empty table."""
    found = nothing_to_check(0).plain()

    assert not found["trusted"]
    assert "no defect that was caught" in found["sentences"][0]


def test_few_photos_are_not_enough(run: Run) -> None:
    """Three photos prove nothing, however well they look."""
    inspector: Any = SpotInspector(run.inspector())
    found = erase(inspector, [_spot((0, 0))] * 3, [np.zeros((48, 48, 3), np.uint8)])
    told = conclude(Evidence(3, 0, found)).plain()

    assert not told["trusted"]
    assert "could be asked: 3" in told["sentences"][0]


@pytest.mark.parametrize(("hits", "passed"), [(19, True), (9, False), (3, False)])
def test_pointing_beside_the_defect_is_a_failure(hits: int, passed: bool) -> None:
    """Better than chance is not enough: the hottest place lies on the defect in most photos."""
    rate = proportion(np.arange(20) < hits)
    gain = Gain(value=0.5, low=0.4, high=0.6, n=16, method="bootstrap")
    areas = OrderAreas(heatmap=0.8, random=0.5, centre=0.5)
    along = OrderCurves(heatmap=(), random=(), centre=())
    erasure = Erasure(
        insertion=areas, deletion=areas, gain=Gains(random=gain, centre=gain), background="blur",
        curves=HeatmapCurves(fraction=(), insertion=along, deletion=along),
    )  # fmt: skip
    pointing = Pointing(rate=rate, chance=0.05, centre=0.05, masks=20)

    assert conclude(Evidence(16, 0, erasure, pointing)).trusted is passed
