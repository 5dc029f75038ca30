"""What a test proves about escapes, in plain words, and what it would take to prove more."""

from collections.abc import Iterator

import numpy as np

from okng.evaluation.metrics.binary_rates import escape_bound
from okng.evaluation.results import Message, message
from okng.evaluation.statistics.intervals import Bools, Groups, upper_bound
from okng.evaluation.statistics.sample_size import parts_needed

GOALS = (0.01, 0.005, 0.001)  # escape rates that customers ask proof of


def what_it_proves(truth: Bools, called: Bools, groups: Groups) -> tuple[Message, ...]:
    """Conclusions about the escapes of one test.

    Args:
        truth: bool (N,), whether the part is defective.
        called: bool (N,), whether it was called so.
        groups: int (N,), equal for photos of one part.
    """
    bound = escape_bound(truth, called, groups)
    if bound is None:
        return (message("no_defective_tested"),)
    photos, parts = int(truth.sum()), len(np.unique(groups[truth]))
    escapes = int((truth & ~called).sum())
    some = "escapes" if escapes else "no_escape"
    if parts == photos:
        first = message(f"{some}_of_parts", escapes=escapes, photos=photos, bound=bound)
    else:
        # the bound that counting photos as parts would give, for comparison
        naive = upper_bound(escapes, photos)
        first = message(
            f"{some}_of_photos",
            escapes=escapes, photos=photos, parts=parts, bound=bound, naive=naive,
        )  # fmt: skip
    return (first, *_what_more(bound, escapes / photos), message("nothing_beyond_sample"))


def _what_more(bound: float, rate: float) -> Iterator[Message]:
    """How many parts would prove more, and whether this inspector could pass such a test."""
    goals = [goal for goal in GOALS if bound > goal]
    if goals:
        yield message("proof_needs", sizes=[(parts_needed(goal), goal) for goal in goals])
    if goals and rate > max(goals):
        yield message("improve_to_prove", rate=rate)
