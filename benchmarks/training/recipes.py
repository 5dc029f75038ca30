"""Holds each recipe to what docs/how-to/choose-a-recipe.md says of it.

    python benchmarks/training/recipes.py PHOTOS [--recipe quick ...] [--out FOLDER]

Runs `okng train PHOTOS --recipe R` for each recipe and prints how many of the test are right, with
its interval, minutes from start to report, the seconds of training alone and the share of its steps
that they waited for photos. PHOTOS is `../shared/data/casting_data` for the figures of the docs:
castings as published, so memory, not evidence. The exit code is 1 where a recipe misses its bar.
Quiet machine, two cores, audit known (`okng audit PHOTOS` before); four to ten minutes each.
"""

import argparse
import csv
import sys
import time
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

import okng
from okng.config import PRESETS, Recipe
from okng.events import Silent


class Bar(NamedTuple):
    """What a recipe must reach on the castings as published, on two cores with AVX-512 bf16."""

    right: int
    minutes: float


BARS = {
    Recipe.QUICK: Bar(right=713, minutes=8),
    Recipe.STANDARD: Bar(right=713, minutes=8),
    Recipe.THOROUGH: Bar(right=713, minutes=20),
    Recipe.CNN: Bar(right=706, minutes=20),
}


def held(photos: Path, recipe: Recipe, out: Path) -> bool:
    """Train by a recipe; whether it does what is said of it."""
    begun = time.perf_counter()
    run = okng.train(photos, out=out / recipe.value, recipe=recipe.value, progress=Silent())
    minutes = (time.perf_counter() - begun) / 60
    accuracy = run.metrics["accuracy"]
    right = round(accuracy["value"] * accuracy["n"])
    rows = list(csv.DictReader((run.folder / "history.csv").read_text().splitlines()))
    training = sum(float(row["seconds"]) for row in rows)
    waiting = max(float(row["loading"] or 0) for row in rows)
    bar = BARS[recipe]
    print(
        f"{recipe.value}: {right} of {accuracy['n']} right, accuracy {accuracy['value']:.4f} "
        f"[{accuracy['low']:.4f}, {accuracy['high']:.4f}], {minutes:.1f} min, training "
        f"{training:.0f} s, waited for photos {waiting:.1%} of its steps; bar {bar.right} in "
        f"{bar.minutes:g} min",
        flush=True,
    )
    return right >= bar.right and minutes <= bar.minutes


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--recipe", nargs="+", choices=[r.value for r in PRESETS])
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    recipes = [Recipe(name) for name in options.recipe or list(PRESETS)]
    out = options.out or Path(mkdtemp(prefix="okng-recipes-"))
    missed = [recipe for recipe in recipes if not held(options.photos, recipe, out)]
    sys.exit(f"missed: {', '.join(missed)}" if missed else 0)


if __name__ == "__main__":
    main()
