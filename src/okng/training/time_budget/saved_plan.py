"""The time budget of a run: benchmark, plan, and the saved plan that a resumed run follows."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from okng.config import Recipe, ResolvedSettings, RunSettings, resolve, to_toml
from okng.dataset import Dataset
from okng.evaluation.statistics.intervals import group_numbers
from okng.events import Progress
from okng.files import write_atomic
from okng.runs.layout import ModelsFolder, RunFolder
from okng.training import (
    Asked,
    Choice,
    Work,
    check_tiles,
    choose,
    described,
    measure,
    photos_of_an_epoch,
    views_worth_seeing,
)
from okng.training.probe.cross_fit import folds_due, folds_setting, only_probe
from okng.wording import mark, sentence

_TRIED = 24  # photos that are decoded to see how long that takes


def in_time(
    dataset: Dataset,
    run: RunFolder,
    settings: RunSettings,
    progress: Progress,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[ResolvedSettings, float | None]:
    """Plan a training for the time that the settings allow; a run that goes on keeps its plan.

    Args:
        dataset: photos with splits.
        run: keeps the plan, and the settings with it.
        settings: with or without `time_budget`; with one, those that were not given are open.
        progress: is told the plan and why.
        clock: seconds.

    Returns:
        The settings with recipe, size and epochs of the plan where these were open, and when its
        epochs shall end; without a budget, the settings and None.

    Raises:
        ConfigError: the time is too short for the shortest plan, or its photos for the tiles.
    """
    budget = settings.training.time_budget
    if budget is None:
        return resolve(settings), None
    begun = clock()
    file = ModelsFolder(run.folder).time_plan
    if file.exists():
        recipe, *numbers = json.loads(file.read_text(encoding="utf-8"))
        plan = Choice(Recipe(recipe), *numbers)
    else:
        plan = _plan(dataset, settings, budget, progress, clock)
        check_tiles(plan.applied(settings))
        write_atomic(file, json.dumps(plan))
    planned = plan.applied(settings)
    write_atomic(run.settings, to_toml(planned))
    return planned, begun + budget - plan.after


def _plan(
    dataset: Dataset,
    settings: RunSettings,
    budget: float,
    progress: Progress,
    clock: Callable[[], float],
) -> Choice:
    full, asked = resolve(settings), Asked(settings.data.image_size, settings.training.epochs)
    work, begun = _work(dataset, full), clock()
    progress.say(mark("trial of this machine"))
    speed = measure(full, work, _some(dataset))
    spent = clock() - begun
    plan = choose(speed, work, budget, _recipes(settings, work), spent, asked)
    progress.choose(
        "time_plan",
        sentence(
            "time_plan_frozen" if speed.features else "time_plan",
            budget=budget,
            plan=described(plan),
            seconds=plan.seconds,
            trial=spent,
            size=speed.size,
            frozen=1 / speed.features if speed.features else 0,
            steps=1 / speed.step,
        ),
    )
    return plan


def _work(dataset: Dataset, settings: ResolvedSettings) -> Work:
    splits = np.array([photo.split for photo in dataset.photos])
    parts = group_numbers([photo.group for photo in dataset.photos])
    train, held_out, test = (int((splits == name).sum()) for name in ("train", "val", "test"))
    drawn = photos_of_an_epoch(parts[splits == "train"])
    known = splits != "test"
    classes_and_parts = dataset.labels()[known], parts[known]
    folded = bool(folds_due(*classes_and_parts, folds_setting(settings)))
    learns = not only_probe(settings, *classes_and_parts)
    passes = len(settings.orientations)
    draws = views_worth_seeing(train) + passes - 1
    return Work(train, drawn, held_out, test, draws, folded, learns, passes)


def _some(dataset: Dataset) -> list[Path]:
    paths = dataset.paths()
    return list(paths[:: max(1, len(paths) // _TRIED)])[:_TRIED]


def _recipes(settings: RunSettings, work: Work) -> tuple[Recipe, ...]:
    """Those to choose from: the one that was asked for, or that the network or the epochs imply.

    `standard` is `quick` where its epochs gain nothing, and costs the line no more. Where parts are
    few, folds are worth more than epochs. `thorough` costs the line time, so it is never unasked.
    """
    recipe, epochs = settings.training.recipe, settings.training.epochs
    if recipe is not None:
        return (recipe,)
    if settings.model.name == Recipe.CNN:
        return (Recipe.CNN,)
    if epochs is not None:
        return (Recipe.STANDARD if epochs else Recipe.QUICK,)
    return (Recipe.QUICK,) if work.folds else (Recipe.STANDARD, Recipe.QUICK)
