"""A time budget chooses what fits, the most thorough first, and refuses what cannot."""

import re

import pytest

from okng import config
from okng.config import Recipe
from okng.errors import ConfigError
from okng.training.time_budget.planner import (
    Asked,
    Speed,
    Work,
    choose,
)

SPEED = Speed(size=192, decode=0.001, features=0.01, step=0.02, check=0.005, start=5, fit=4)
WORK = Work(train=2000, drawn=2000, validation=400, test=400, draws=2, folds=False)
ALL = (Recipe.THOROUGH, Recipe.STANDARD, Recipe.QUICK)


def test_more_time_gives_more_thorough_plans() -> None:
    """And every plan fits with a tenth to spare."""
    plans = [choose(SPEED, WORK, budget, ALL) for budget in (40, 80, 300, 3000)]
    pixels = [plan.image_size for plan in plans]

    assert pixels == sorted(pixels)
    assert [plan.recipe for plan in plans][-1] is Recipe.THOROUGH
    assert all(p.seconds <= 0.9 * b for p, b in zip(plans, (40, 80, 300, 3000), strict=True))


def test_epochs_follow_the_time() -> None:
    """A recipe that was asked for stays, with as many epochs as fit."""
    epochs = [choose(SPEED, WORK, seconds, (Recipe.STANDARD,)).epochs for seconds in (300, 1000)]

    assert 0 < epochs[0] < epochs[1] == 6


def test_what_was_asked_for_stands_in_every_plan() -> None:
    """Size and epochs, for each recipe there is to choose from."""
    asked = Asked(image_size=160, epochs=2)
    plan = choose(SPEED, WORK, 300, (Recipe.STANDARD, Recipe.QUICK), asked=asked)

    assert (plan.recipe, plan.image_size, plan.epochs) == (Recipe.STANDARD, 160, 2)


def test_an_epoch_costs_what_it_draws() -> None:
    """Copies of parts leave time for more epochs; the plain CNN sees all of them."""
    copies = WORK._replace(drawn=1000)
    upper, plain = (
        [choose(SPEED, work, 300, (recipe,)).epochs for work in (WORK, copies)]
        for recipe in (Recipe.STANDARD, Recipe.CNN)
    )

    assert upper[0] < upper[1]
    assert plain[0] == plain[1]


def test_prediction_is_the_sum_of_the_work() -> None:
    """Decoding, start, draws, fit, and what is familiar: counted by hand."""
    plan = choose(SPEED, WORK, 120, (Recipe.QUICK,))

    assert plan.image_size == 192
    assert plan.seconds == pytest.approx(
        2.8 + 5 + 0.01 * (2 * 2000 + 2 * 400) + 4 + 5 + 0.01 * (2000 + 2 * 400)
    )


def test_several_looks_are_paid_for_after_the_epochs() -> None:
    """Epochs start from one look; what stays frozen is fitted again by all four."""
    work = WORK._replace(draws=5, passes=4)
    plan = choose(SPEED, work, 3000, (Recipe.THOROUGH,))
    learn, again = 10 * (0.02 * 2000 + 0.005 * 400), 5 + 0.01 * 5 * 2400 + 4
    familiar = 5 + 0.01 * (2000 + 2 * 400)

    assert plan.seconds == pytest.approx(2.8 + 5 + 0.01 * 2 * 2400 + 4 + learn + again + familiar)
    assert plan.after == pytest.approx(again + familiar)


def test_folds_are_paid_for_after_the_epochs() -> None:
    """Where layers learn in spite of them: features are seen again, and fitted five times."""
    whole, folded = (
        choose(SPEED, WORK._replace(folds=folds), 3000, (Recipe.STANDARD,)).after
        for folds in (False, True)
    )

    assert folded - whole == pytest.approx(5 + 0.01 * 2 * 2400 + 5 * 4)


def test_too_short_a_time_is_refused_with_the_time_it_needs() -> None:
    """Which is then enough."""
    with pytest.raises(ConfigError) as refusal:
        choose(SPEED, WORK, 3, ALL)
    needed = re.search(r"(\d+)s or more", str(refusal.value))

    assert needed
    assert choose(SPEED, WORK, float(needed[1]) + 1, ALL).image_size == 96


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("10min", 600), ("1h", 3600), ("1.5 min", 90), (45, 45)]
)
def test_times_are_read_as_people_write_them(text: object, seconds: float) -> None:
    """Seconds, minutes, hours."""
    assert config.load(None, {"time_budget": text}).training.time_budget == seconds


@pytest.mark.parametrize("text", ["soon", "0s", "-3min", "10 m"])
def test_other_times_are_refused(text: str) -> None:
    """With the name of the setting."""
    with pytest.raises(ConfigError, match="time_budget"):
        config.load(None, {"time_budget": text})


@pytest.mark.parametrize(
    ("recipe", "asked", "epochs"),
    [(Recipe.STANDARD, None, 6), (Recipe.THOROUGH, None, 10), (Recipe.STANDARD, 9, 9)],
)
def test_layers_that_stay_have_no_epochs(recipe: Recipe, asked: int | None, epochs: int) -> None:
    """As training does with few parts: it is planned as what it will be."""
    few, many = (
        choose(SPEED, WORK._replace(learns=learns), 3000, (recipe,), asked=Asked(epochs=asked))
        for learns in (False, True)
    )

    assert (few.epochs, many.epochs) == (0, epochs)
