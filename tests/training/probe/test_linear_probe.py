"""A pretrained network starts from a logistic regression on its own features."""

import csv
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from okng import config
from okng.events import Silent
from okng.testing.tasks import brightness_task, resolved
from okng.training import (
    fit,
    load_out_of_fold,
)
from okng.training.networks.architecture import Architecture
from okng.training.networks.feature_extractor import extractor
from okng.training.networks.multi_scale import MultiDepth
from okng.training.networks.registry import build
from okng.training.probe.feature_source import Embedding
from okng.training.probe.logistic_head import Features, fit_head
from okng.training.probe.whitening import fit_whitening

_TASK = brightness_task(48, noise=100, step=70)


def _settings(weights: Path, **changes: object) -> config.ResolvedSettings:
    values = {"model": "resnet10t", "weights": str(weights), "image_size": 32, "epochs": 2,
              "batch_size": 8, "precision": "float32"}  # fmt: skip
    return resolved(**{**values, **changes})


def _history(run: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((run / "history.csv").read_text().splitlines()))


def test_history_begins_with_the_linear_start(tmp_path: Path, weights: Path) -> None:
    """Epoch 0 tells how good it was before any layer learned."""
    fit(_TASK, _settings(weights, part_folds="never"), tmp_path, Silent())
    rows = _history(tmp_path)

    assert [row["epoch"] for row in rows] == ["0", "1", "2"]
    assert float(rows[0]["lr"]) == 0
    assert float(rows[0]["val_accuracy"]) > 0.9


def test_fine_tuning_that_hurts_is_not_kept(tmp_path: Path, weights: Path) -> None:
    """An absurd learning rate spoils the network; what is kept is the start."""
    settings = _settings(weights, lr=1.0, freeze=0.0, depth_read="last", part_folds="never")
    model = fit(_TASK, settings, tmp_path, Silent())
    rows = _history(tmp_path)
    photos = torch.from_numpy(_TASK.train.photos).permute(0, 3, 1, 2).float() / 255
    mean, std = (torch.tensor(v)[:, None, None] for v in (model.rules.mean, model.rules.std))
    with torch.no_grad():
        guess = model.network((photos - mean) / std)[:, 0] > 0

    assert float(rows[0]["val_loss"]) == min(float(row["val_loss"]) for row in rows)
    accuracy = (guess.numpy() == _TASK.train.labels).mean()
    assert accuracy == pytest.approx(float(rows[0]["val_accuracy"]))


@pytest.mark.slow
@pytest.mark.parametrize("freeze", [0.0, pytest.param(0.7, marks=pytest.mark.slow)])
def test_start_that_no_epoch_was_better_than_is_the_quick_recipe(
    tmp_path: Path, weights: Path, freeze: float
) -> None:
    """With few parts from folds, as there; also where a run is killed at its end and goes on.

    Of a network that is read at its end: few parts teach the layers of no other.
    """
    shown = _TASK
    other = shown.validation._replace(labels=1 - shown.validation.labels)
    task = shown._replace(validation=other)  # the better it learns, the worse it gets
    epochs = _settings(weights, lr=0.1, freeze=freeze, depth_read="last")
    started = fit(task, epochs, tmp_path / "epochs", Silent()).network
    as_quick = _settings(weights, epochs=0, depth_read="last")
    quick = fit(task, as_quick, tmp_path / "quick", Silent()).network
    (tmp_path / "epochs" / "models" / "full_model.pth").unlink()
    again = fit(task, epochs, tmp_path / "epochs", Silent()).network
    unseen, of_quick = load_out_of_fold(tmp_path / "epochs"), load_out_of_fold(tmp_path / "quick")

    assert unseen is not None
    assert of_quick is not None
    assert torch.allclose(unseen, of_quick, atol=0.05)
    photos = torch.from_numpy(task.train.photos).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        said, said_again, expected = (network(photos) for network in (started, again, quick))
    assert torch.allclose(said, expected, atol=0.05)
    assert torch.equal(said, said_again)


def test_several_classes_start_linear_as_well(tmp_path: Path, weights: Path) -> None:
    """One row of the layer per class."""
    settings = _settings(weights, epochs=1, part_folds="never")
    model = fit(
        brightness_task(48, classes=("ok", "a", "b"), noise=100, step=70),
        settings,
        tmp_path,
        Silent(),
    )

    assert model.network(torch.zeros(1, 3, 32, 32)).shape == (1, 3)
    assert float(_history(tmp_path)[0]["val_accuracy"]) > 0.8


def test_without_epochs_only_the_classifier_learns(tmp_path: Path, weights: Path) -> None:
    """The quick recipe leaves the same files as any other."""
    fit(_TASK, _settings(weights, epochs=0), tmp_path, Silent())

    assert [row["epoch"] for row in _history(tmp_path)] == ["0"]
    for name in ("best_model.pth", "model_weights.pth", "full_model.pth", "checkpoint.pth"):
        assert torch.load(tmp_path / "models" / name, weights_only=True)


def test_few_parts_are_judged_in_folds(tmp_path: Path, weights: Path) -> None:
    """Each photo outside of the test has a score from a classifier that did not see it."""
    fit(_TASK, _settings(weights, epochs=0), tmp_path / "auto", Silent())
    fit(_TASK, _settings(weights, epochs=0, part_folds="never"), tmp_path / "never", Silent())
    unseen = load_out_of_fold(tmp_path / "auto")

    assert unseen is not None
    assert unseen.shape == (96, 1)
    assert ((unseen[:, 0] > 0).numpy() == np.tile(_TASK.train.labels, 2)).mean() > 0.9
    assert load_out_of_fold(tmp_path / "never") is None


def test_run_that_was_killed_at_its_end_keeps_its_classifier(tmp_path: Path, weights: Path) -> None:
    """Between the last file of training and the whole model."""
    settings = _settings(weights, epochs=0)
    whole = fit(_TASK, settings, tmp_path, Silent()).network.state_dict()
    (tmp_path / "models" / "full_model.pth").unlink()
    again = fit(_TASK, settings, tmp_path, Silent()).network.state_dict()

    assert torch.equal(whole["classifier.weight"], again["classifier.weight"])


def test_onnxruntime_says_what_torch_says(weights: Path) -> None:
    """The quick way to features leads to the same features."""
    asked = config.load(None, {"model": "resnet10t", "weights": str(weights)}).model
    network = build(Architecture(settings=asked, classes=2, channels=3, image_size=64)).eval()
    assert isinstance(network, MultiDepth)
    photos = torch.rand(5, 3, 64, 64)
    quick = extractor(Embedding(network), photos[:3], count=10_000)(photos)
    plain = extractor(Embedding(network), photos[:3], count=1)(photos)

    assert torch.allclose(quick, plain, atol=1e-3)


@pytest.mark.parametrize("classes", [2, 4])
def test_layer_says_what_the_regression_says(classes: int) -> None:
    """Whitening is folded into the weights, nothing is lost."""
    rng = np.random.default_rng(1)
    values = rng.normal(5, 3, (80, 6)).astype(np.float32)
    labels = np.arange(80) % classes
    weights = np.linspace(0.5, 2, 80, dtype=np.float32)
    rows = (torch.from_numpy(part) for part in (values, labels, weights, np.arange(80) // 2))
    features = Features(*rows)
    whitening = fit_whitening(values, weights, np.arange(80) // 2)
    whitened = whitening.apply(values)
    layer = fit_head(whitening, whitened, features, 0.1)
    expected = LogisticRegression(C=0.1, max_iter=2000).fit(whitened, labels, sample_weight=weights)
    with torch.no_grad():
        logits = layer(torch.from_numpy(values)).numpy()

    assert np.allclose(logits.squeeze(), expected.decision_function(whitened), atol=1e-3)
