"""Which recipe, input size and epochs fit a time, from what this machine was measured to do.

What was asked for stays; the plan decides the rest.

It knows rates, not networks: `speed` measures them.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from okng.config import PRESETS, Recipe, ResolvedSettings, Settings, resolve
from okng.error_codes import Code
from okng.errors import ConfigError
from okng.training.probe.cross_fit import FOLDS

_SIZES = (288, 256, 224, 192, 160, 128, 96)
_HEAD_ROOM = 0.9  # of the budget, for what a trial of seconds cannot see
_FAMILIAR = 4000  # photos; see `acquaint`, which changes a tenth of them


class Speed(NamedTuple):
    """What this machine does with this network, at `size`; time grows with the size's square.

    Attributes:
        size: height and width of the photos that it was measured on.
        decode: seconds a photo.
        features: seconds a photo and draw.
        step: seconds a photo and epoch, forward and backward through what learns.
        check: seconds a validation photo and epoch.
        start: seconds before the first photo: to export the layers that stay.
        fit: seconds to fit the classifier once.
    """

    size: int
    decode: float
    features: float
    step: float
    check: float
    start: float
    fit: float


class Work(NamedTuple):
    """How much there is to do.

    Attributes:
        train: photos to learn from.
        drawn: photos of them that an epoch draws, unless the network starts from nothing.
        validation: photos held out.
        test: photos of the test, which are decoded as well.
        draws: of each photo that is not of the test, the looks at it as it is among them.
        folds: whether the classifier comes from folds, unless epochs come after it.
        learns: whether layers may learn after it; else there are no epochs, whatever was asked.
        looks: at each photo as it is.
    """

    train: int
    drawn: int
    validation: int
    test: int
    draws: int
    folds: bool
    learns: bool = True
    looks: int = 1


class Asked(NamedTuple):
    """What a plan may not change.

    Attributes:
        image_size: in pixels; None leaves it to the plan.
        epochs: passes over the photos; None likewise.
    """

    image_size: int | None = None
    epochs: int | None = None


class Choice(NamedTuple):
    """A plan that fits.

    Attributes:
        recipe: with the size and epochs below in place of its own.
        image_size: in pixels.
        epochs: passes over the photos.
        seconds: that it will take.
        after: seconds of these that come after the epochs: to fit the classifier again, in folds
            or by all looks, and to learn what is familiar.
    """

    recipe: Recipe
    image_size: int
    epochs: int
    seconds: float
    after: float

    def applied(self, settings: Settings) -> ResolvedSettings:
        """The settings with this plan; what they leave open beside it is as its recipe has it."""
        data = settings.data.model_copy(update={"image_size": self.image_size})
        sized = settings.model_copy(update={"data": data})
        return resolve(sized.with_training(recipe=self.recipe, epochs=self.epochs))


def choose(
    speed: Speed,
    work: Work,
    budget: float,
    recipes: tuple[Recipe, ...],
    spent: float = 0.0,
    asked: Asked = Asked(),  # noqa: B008 - it cannot be changed
) -> Choice:
    """The best plan that fits: the best recipe at its own size, then smaller photos.

    Args:
        speed: see `Speed`.
        work: see `Work`.
        budget: seconds for everything.
        recipes: those to choose from, the best first.
        spent: seconds of the budget that are gone, with the trial.
        asked: size and epochs that every plan has.

    Raises:
        ConfigError: not even the shortest plan fits; says what it would need.
    """
    plans = [
        plan
        for recipe, size in _sizes(recipes, asked.image_size)
        for plan in _plans(recipe, size, speed, work, asked.epochs)
    ]
    for plan in plans:
        if plan.seconds <= _HEAD_ROOM * (budget - spent):
            return plan
    shortest = min(plans, key=lambda plan: plan.seconds)
    needed = spent + shortest.seconds / _HEAD_ROOM
    raise ConfigError(
        f"{budget:.0f} seconds are too short: the shortest plan here, {described(shortest)}, needs "
        f"{needed:.0f}",
        where="`training.time_budget`",
        allowed=f"{needed:.0f}s or more",
        hint=f"Take `training.time_budget` {needed * 1.2:.0f}s{_way_out(asked)}.",
        code=Code.TIME_TOO_SHORT,
    )


def described(plan: Choice) -> str:
    """A plan in words."""
    epochs = f", {plan.epochs} epochs" if plan.epochs else ""
    return f"{plan.recipe.value} at {plan.image_size} px{epochs}"


def _own(recipe: Recipe) -> int:
    return PRESETS[recipe].image_size


def _way_out(asked: Asked) -> str:
    flags = (("`data.image_size`", asked.image_size), ("`training.epochs`", asked.epochs))
    given = [flag for flag, value in flags if value is not None]
    return f", or leave {' and '.join(given)} to the plan" if given else ""


def _sizes(recipes: tuple[Recipe, ...], asked: int | None) -> Iterator[tuple[Recipe, int]]:
    """Each recipe at its own size, then the last one at smaller ones; or all at the one asked."""
    yield from ((recipe, asked or _own(recipe)) for recipe in recipes)
    for size in _SIZES:  # smaller photos are worse than fewer epochs, or none
        if not asked and size < _own(recipes[-1]) and recipes[-1] is not Recipe.CNN:
            yield recipes[-1], size


def _plans(
    recipe: Recipe, size: int, speed: Speed, work: Work, asked: int | None
) -> Iterator[Choice]:
    """Plans of a recipe at one size, that with most epochs first; or with the epochs asked for."""
    for epochs in _possible_epochs(recipe, work, asked):
        after = _familiar_seconds(size, speed, work)
        if epochs and recipe is not Recipe.CNN:
            after += _again_seconds(size, speed, work)
        seconds = _seconds(recipe, size, epochs, speed, work) + after
        yield Choice(recipe, size, epochs, seconds, after)


def _possible_epochs(recipe: Recipe, work: Work, asked: int | None) -> Iterable[int]:
    if not work.learns:
        return (0,)
    most = PRESETS[recipe].epochs
    return range(most, 0 if most else -1, -1) if asked is None else (asked,)


def _familiar_seconds(size: int, speed: Speed, work: Work) -> float:
    """To learn what is familiar, the frozen layers run once more, over some of the photos."""
    photos = min(work.train, _FAMILIAR) + 2 * min(work.train, _FAMILIAR // 10)
    return speed.start + photos * speed.features * (size / speed.size) ** 2


def _again_seconds(size: int, speed: Speed, work: Work) -> float:
    """To fit the classifier once more where epochs are over, see `phases.Refit`."""
    if work.looks == 1 and not work.folds:
        return 0.0
    features = _feature_seconds(size, speed, work, work.draws)
    return speed.start + features + _fit_seconds(speed, work)


def _feature_seconds(size: int, speed: Speed, work: Work, draws: int) -> float:
    photos = draws * (work.train + work.validation)
    return photos * speed.features * (size / speed.size) ** 2


def _fit_seconds(speed: Speed, work: Work) -> float:
    return speed.fit * (FOLDS if work.folds else 1)


def _seconds(recipe: Recipe, size: int, epochs: int, speed: Speed, work: Work) -> float:
    scale = (size / speed.size) ** 2
    decode = speed.decode * (work.train + work.validation + work.test)
    of_epoch = work.train if recipe is Recipe.CNN else work.drawn
    learn = epochs * scale * (speed.step * of_epoch + speed.check * work.validation)
    if recipe is Recipe.CNN:
        return decode + learn
    if epochs:  # the start that they have to beat: one look, no folds
        first = _feature_seconds(size, speed, work, work.draws - work.looks + 1) + speed.fit
    else:
        first = _feature_seconds(size, speed, work, work.draws) + _fit_seconds(speed, work)
    return decode + speed.start + first + learn
