"""Plans recipe, image size and epochs for a time budget, from measured speeds.

Given settings stay; the plan decides the others. The cost of a plan, in seconds, with s the square
of its image size over that of the measurement:

    decode * all photos
    + start + s * features * draws * (train + validation) + fit * folds       the probe
    + epochs * s * (step * photos of an epoch + check * validation)           the epochs
    + start + s * features * photos of the novelty detector                   after them
    + the probe once more, where it is refitted with folds or orientations

It knows speeds, not networks: `benchmark` measures them.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from okng.config import PRESETS, Recipe, ResolvedSettings, RunSettings, resolve
from okng.error_codes import Code
from okng.errors import ConfigError
from okng.training.probe.cross_fit import FOLDS

_SIZES = (288, 256, 224, 192, 160, 128, 96)  # pixels, multiples of 32: the stride of most networks
_HEAD_ROOM = 0.9  # of the budget; the rest covers what a benchmark of seconds misses
_NOVELTY_PHOTOS = 4000  # of the novelty detector, which changes a tenth of them in two ways


class Speed(NamedTuple):
    """Speed of this machine with this network at `size`; time grows with the square of the size.

    Attributes:
        size: height and width of the measured photos, in pixels.
        decode: seconds per photo.
        features: seconds per photo and draw, through the frozen layers.
        step: seconds per photo and epoch, forward and backward through the layers that learn.
        check: seconds per validation photo and epoch.
        start: seconds before the first photo: to export the frozen layers.
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
    """Numbers of photos and passes of a training.

    Attributes:
        train: training photos.
        drawn: photos of an epoch, unless the network starts from random weights.
        validation: validation photos.
        test: test photos, which are decoded as well.
        draws: views of each training and validation photo, its orientations among them.
        folds: whether the final classifier is cross-fitted.
        learns: whether layers may learn; without, there are no epochs, whatever is asked for.
        passes: orientations of each photo.
    """

    train: int
    drawn: int
    validation: int
    test: int
    draws: int
    folds: bool
    learns: bool = True
    passes: int = 1


class Asked(NamedTuple):
    """What a plan may not change.

    Attributes:
        image_size: in pixels; None leaves it to the plan.
        epochs: None likewise.
    """

    image_size: int | None = None
    epochs: int | None = None


class Choice(NamedTuple):
    """A plan that fits.

    Attributes:
        recipe: with the size and epochs below in place of its own.
        image_size: in pixels.
        epochs: number of epochs.
        seconds: predicted time.
        after: seconds of these after the epochs: to refit the classifier with folds or
            orientations, and to fit the novelty detector.
    """

    recipe: Recipe
    image_size: int
    epochs: int
    seconds: float
    after: float

    def applied(self, settings: RunSettings) -> ResolvedSettings:
        """The settings with this plan; its recipe decides what they leave open."""
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
        speed: of this machine.
        work: numbers of photos.
        budget: seconds for everything.
        recipes: those to choose from, the best first.
        spent: seconds of the budget that have passed, the benchmark included.
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
    for size in _SIZES:  # smaller photos cost more accuracy than fewer epochs
        if not asked and size < _own(recipes[-1]) and recipes[-1] is not Recipe.CNN:
            yield recipes[-1], size


def _plans(
    recipe: Recipe, size: int, speed: Speed, work: Work, asked: int | None
) -> Iterator[Choice]:
    """Plans of a recipe at one size, that with most epochs first; or with the epochs asked for."""
    for epochs in _possible_epochs(recipe, work, asked):
        after = _novelty_seconds(size, speed, work)
        if epochs and recipe is not Recipe.CNN:
            after += _again_seconds(size, speed, work)
        seconds = _seconds(recipe, size, epochs, speed, work) + after
        yield Choice(recipe, size, epochs, seconds, after)


def _possible_epochs(recipe: Recipe, work: Work, asked: int | None) -> Iterable[int]:
    if not work.learns:
        return (0,)
    most = PRESETS[recipe].epochs
    return range(most, 0 if most else -1, -1) if asked is None else (asked,)


def _novelty_seconds(size: int, speed: Speed, work: Work) -> float:
    """The novelty detector: the frozen layers run once more, over some of the photos."""
    photos = min(work.train, _NOVELTY_PHOTOS) + 2 * min(work.train, _NOVELTY_PHOTOS // 10)
    return speed.start + photos * speed.features * (size / speed.size) ** 2


def _again_seconds(size: int, speed: Speed, work: Work) -> float:
    """To refit the classifier after the epochs, see `phases.Refit`."""
    if work.passes == 1 and not work.folds:
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
    if epochs:  # the probe that they have to beat: upright photos, no folds
        first = _feature_seconds(size, speed, work, work.draws - work.passes + 1) + speed.fit
    else:
        first = _feature_seconds(size, speed, work, work.draws) + _fit_seconds(speed, work)
    return decode + speed.start + first + learn
