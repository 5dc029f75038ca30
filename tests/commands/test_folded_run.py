"""A run whose classifier comes from folds: threshold and calibration rest on all photos."""

from pathlib import Path

import pandas as pd
import pytest
import torch

import okng
from okng import config, modelfile
from okng.commands.evaluate import evaluate
from okng.commands.train import Run
from okng.testing import write_folder
from okng.training.networks.architecture import Architecture
from okng.training.networks.registry import build
from okng.training.networks.timm_backbone import Backbone
from run_contents import shape_differences

pytestmark = pytest.mark.slow  # one training in folds: 25 s


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty good and twenty defective parts."""
    return write_folder(tmp_path_factory.mktemp("photos"), good=20, defective=20, size=64)


@pytest.fixture(scope="module")
def folded(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A quick run: with so few parts it takes folds unasked."""
    folder = tmp_path_factory.mktemp("folded")
    torch.manual_seed(0)
    asked = config.load(None, {"model": "resnet10t", "weights": "random"}).model
    network = build(Architecture(settings=asked, classes=2, channels=3, image_size=64))
    assert isinstance(network, Backbone)
    torch.save(network.model.state_dict(), folder / "resnet10t.pth")
    return okng.train(source, out=folder / "run", model="resnet10t", image_size=64,
                      weights=folder / "resnet10t.pth", no_near=True)  # fmt: skip


def test_every_photo_outside_of_the_test_was_judged_unseen(folded: Run) -> None:
    """Their scores stand in the run folder, calibrated as the model file is."""
    scores, unseen = pd.read_csv(folded.scores), pd.read_csv(folded.out_of_fold)

    assert set(unseen["path"]) == set(scores.query("split != 'test'")["path"])
    assert unseen["defect_score"].between(0, 1).all()
    assert unseen["threshold"].unique() == pytest.approx(
        folded.metrics["operating_point"]["threshold"]
    )


def test_threshold_rests_on_all_of_them(folded: Run) -> None:
    """34 photos instead of the 6 of validation; and file and network agree."""
    count = len(pd.read_csv(folded.out_of_fold))

    assert f"from {count} validation photos" in folded.metrics["operating_point"]["reason"]
    assert folded.metrics["export"]["verdicts_changed"] == 0


def test_a_line_is_compared_with_all_of_them(folded: Run) -> None:
    """The model file states their scores out of fold, and those of the test."""
    held_out = modelfile.read(folded.model_file).metadata.held_out

    assert held_out is not None
    assert sum(held_out.good) + sum(held_out.defective) == 40
    assert held_out.unfamiliarity is not None
    assert sum(held_out.unfamiliarity) < 10


def test_all_parts_out_of_fold_are_measured(folded: Run) -> None:
    """With so small a test the figures of the folds stand first, beside those of the test."""
    unseen, found = pd.read_csv(folded.out_of_fold), folded.metrics["out_of_fold"]

    assert found["photos"] == len(unseen)
    assert found["photos"] == found["good"]["photos"] + found["defective"]["photos"]
    assert found["stands_first"] is True
    assert found["threshold"]["method"] == "cross-fitted"
    assert folded.metrics["photos"] + found["photos"] == 40


def test_another_threshold_is_not_chosen_on_what_taught_the_classifier(
    folded: Run, source: Path, tmp_path: Path
) -> None:
    """`okng evaluate` takes the scores out of fold, too."""
    table = pd.read_csv(folded.manifest)
    table["path"] = [str(source / path) for path in table["path"]]
    table.to_csv(tmp_path / "all.csv", index=False)
    found = evaluate(folded.model_file, tmp_path / "all.csv", max_f1=True, out=tmp_path / "again")
    count = len(pd.read_csv(folded.out_of_fold))

    assert f"from {count} validation photos" in found.metrics["operating_point"]["reason"]


def test_golden_shape_of_a_folded_run(folded: Run) -> None:
    """Files, columns, metrics keys, and photos by split and class, as in golden.json."""
    assert shape_differences("folds", folded) == []
