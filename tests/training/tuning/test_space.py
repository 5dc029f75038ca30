"""The search space: what is changed, and what is left alone."""

from typing import Any

import optuna
import pytest

from okng import config
from okng.training.tuning import Space


def _space(*fixed: str, fewest: int = 100, **settings: Any) -> Space:
    return Space.of(config.load(None, settings), fixed, fewest)


def _names(space: Space) -> list[str]:
    return [dimension.name for dimension in space.dimensions]


def test_plain_network_changes_its_shape_and_its_learning() -> None:
    """Filters, depth, dense units, dropout, learning rate and batch size."""
    names = _names(_space(model="cnn"))

    assert names == ["filters", "depth", "dense_units", "dropout", "lr", "batch_size"]


def test_backbone_changes_recipe_size_view_and_light() -> None:
    """Dropout has no place in a network that is read at all depths."""
    names = _names(_space())

    assert names == ["recipe", "image_size", "view", "light", "lr", "freeze"]


def test_network_read_at_its_end_has_dropout_and_no_view() -> None:
    """What changes nothing is not tried."""
    names = _names(_space(depth_read="last"))

    assert "dropout" in names
    assert "view" not in names


def test_what_is_given_is_not_changed() -> None:
    """A flag fixes its setting; one change of light fixes them all."""
    assert _names(_space("image_size", "gamma")) == ["recipe", "view", "lr", "freeze"]


def test_recipe_in_which_nothing_learns_has_no_learning_rate() -> None:
    """A setting that no trial could use is not in the space."""
    assert _names(_space("recipe", recipe="quick")) == ["image_size", "view", "light"]
    assert "lr" in _names(_space("recipe", recipe="standard"))


def test_layers_that_stay_leave_nothing_to_choose_among_recipes() -> None:
    """Where parts are few, each is the quick one."""
    space = Space.of(config.load(None, {}), (), 100, stay=True)

    assert _names(space) == ["image_size", "view", "light"]


def test_start_is_what_a_training_has() -> None:
    """Only what matters together: nothing learns in the quick recipe."""
    assert _space().start == {"recipe": "quick", "image_size": 192, "view": "both", "light": 1.0}
    assert _space(recipe="standard").start["lr"] == config.PRESETS[config.Recipe.STANDARD].lr


def test_space_always_holds_the_start() -> None:
    """Settings outside of the usual bounds widen them."""
    space = _space(model="cnn", filters=12, lr=0.05, image_size=96)
    known = {dimension.name: dimension for dimension in space.dimensions}

    assert known["filters"].choices == (8, 12, 16, 32)
    assert known["lr"].high == 0.05


def test_impossible_values_are_left_out() -> None:
    """No depth that the image size cannot be halved by, no batch larger than the photos."""
    space = _space(model="cnn", image_size=48, depth=3, fewest=20, batch_size=8)
    known = {dimension.name: dimension for dimension in space.dimensions}

    assert known["depth"].choices == (3, 4)
    assert known["batch_size"].choices == (8, 16)


def test_learning_is_drawn_only_where_layers_learn() -> None:
    """A drawn recipe brings its own presets and its own settings."""
    space = _space()
    shared = {"image_size": 192, "view": "both", "light": 1.0}
    quick = optuna.trial.FixedTrial({**shared, "recipe": "quick"})
    standard = optuna.trial.FixedTrial({**shared, "recipe": "standard", "lr": 1e-4, "freeze": 0.5})

    assert "lr" not in space.draw(quick)
    assert space.draw(standard)["lr"] == 1e-4
    assert config.resolve(space.settings(space.draw(standard))).training.epochs


def test_light_scales_all_changes_alike() -> None:
    """And never beyond what the settings allow."""
    space = _space(gamma=0.9)
    changed = space.settings({"light": 1.5}).augment

    assert changed.brightness == pytest.approx(0.3)
    assert changed.gamma == 0.95
    assert space.settings({"light": 0.0}).augment.side_light == 0


def test_space_comes_back_from_plain_values() -> None:
    """As the study keeps it."""
    space = _space(model="cnn")

    assert Space.from_stored(space.plain(), space.base) == space
