"""What a test proves about escapes, in plain words, and what it would take to prove more."""

import numpy as np

from okng.evaluation.metrics.binary_rates import escape_bound
from okng.evaluation.rounding import percent
from okng.evaluation.statistics.intervals import Bools, Groups, upper_bound
from okng.evaluation.statistics.sample_size import parts_needed

GOALS = (0.01, 0.005, 0.001)


def what_it_proves(truth: Bools, called: Bools, groups: Groups) -> list[str]:
    """Sentences about the escapes of one test.

    Args:
        truth: bool (N,), whether the part is defective.
        called: bool (N,), whether it was called so.
        groups: int (N,), equal for photos of one part.
    """
    bound = escape_bound(truth, called, groups)
    if bound is None:
        return ["The test holds no defective part: it proves nothing about escapes."]
    photos, parts = int(truth.sum()), len(np.unique(groups[truth]))
    escapes = int((truth & ~called).sum())
    found = f"{escapes or 'No'} escape{'' if escapes == 1 else 's'} in {photos:,} photos of "
    proven = f"with 95 % confidence, at most {percent(bound)} of defective parts escape"
    if parts == photos:
        first = f"{found}as many defective parts: {proven}."
    else:
        naive = upper_bound(escapes, photos)
        first = (
            f"{found}defective parts, but they show only {_parts(parts)} as far as known: {proven}"
            f", not the {percent(naive)} that the number of photos suggests."
        )
    last = "It says nothing about parts, light or cameras that the test does not show."
    return [first, *_what_more(bound, escapes / photos), last]


def _what_more(bound: float, rate: float) -> list[str]:
    """How many parts would prove more, and whether this inspector could pass such a test."""
    goals = [goal for goal in GOALS if bound > goal]
    if not goals:
        return []
    sizes = ", ".join(f"{parts_needed(goal):,} for {_short(goal)}" for goal in goals)
    sentence = (
        "To prove a smaller escape rate, a test needs this many defective parts, each another "
        f"part, without a single escape: {sizes}."
    )
    found = [sentence]
    if rate > max(goals):
        found.append(
            f"An inspector that lets {percent(rate)} escape will not pass such a test: first it "
            "has to become better, or its threshold stricter."
        )
    return found


def _parts(number: int) -> str:
    return "1 part" if number == 1 else f"{number:,} parts"


def _short(goal: float) -> str:
    return f"{100 * goal:g} %"
