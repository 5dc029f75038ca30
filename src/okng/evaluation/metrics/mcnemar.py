"""Two inspectors on the same photos: is one better, or is it chance?

McNemar (1947), exact; where parts have several photos, whole parts change sides instead. For the
intervals of differences see `okng.evaluation.statistics.paired_intervals`.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from okng.evaluation.metrics.binary_rates import RANKING_DRAWS, rankings
from okng.evaluation.results import Message, english, message
from okng.evaluation.results.comparison import FigurePair, McNemar, PairComparison
from okng.evaluation.statistics.bootstrap import Ranking, over_draws
from okng.evaluation.statistics.intervals import Bools, Floats, Groups
from okng.evaluation.statistics.paired_intervals import (
    FEWEST_TO_COMPARE,
    joined_difference,
    share_difference,
)

_SWAPS = 9999
_SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Pair:
    """What two inspectors said of the same photos.

    Attributes:
        truth: bool (N,), whether the part is defective.
        groups: int (N,), equal for photos of one part.
        scores: defect scores (N,) of each.
        called: bool (N,), whether each called the part defective.
        right: bool (N,), whether each was right.
    """

    truth: Bools
    groups: Groups
    scores: tuple[Floats, Floats]
    called: tuple[Bools, Bools]
    right: tuple[Bools, Bools]

    @property
    def grouped(self) -> bool:
        """Whether parts have several photos."""
        return len(np.unique(self.groups)) < len(self.groups)


def compare_pair(pair: Pair, names: tuple[str, str]) -> PairComparison:
    """Tests, differences with intervals, and a verdict in words.

    Args:
        pair: at least one photo.
        names: of the two, for the words.
    """
    everything = np.ones(len(pair.truth), dtype=bool)
    kinds = (("all", everything), ("defective", pair.truth), ("good", ~pair.truth))
    tests = {name: mcnemar(pair, kind) for name, kind in kinds if kind.any()}
    found = _too_few(pair) or conclusions(tests, names)
    return PairComparison(
        photos=len(pair.truth),
        groups=len(np.unique(pair.groups)),
        tests=tests,
        figures=_figures(pair),
        messages=found,
        verdict=" ".join(english(found)),
    )


def mcnemar(pair: Pair, kind: Bools) -> McNemar:
    """Photos where only one of the two is right, and how likely chance alone does that.

    Args:
        pair: the two inspectors.
        kind: bool (N,), photos to compare.
    """
    a, b = (right[kind] for right in pair.right)
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    groups = pair.groups[kind]
    if len(np.unique(groups)) == len(groups):
        p = float(stats.binomtest(only_a, only_a + only_b).pvalue) if only_a + only_b else 1.0
        return McNemar(only_a_right=only_a, only_b_right=only_b, p=p, method="exact McNemar")
    return McNemar(
        only_a_right=only_a,
        only_b_right=only_b,
        p=_swap_parts(b.astype(float) - a, groups),
        method=f"McNemar over parts, {_SWAPS:,} random swaps of whole parts",
    )


def conclusions(tests: dict[str, McNemar], names: tuple[str, str]) -> tuple[Message, ...]:
    """Which of the two is better, overall and on each side."""
    overall = tests["all"]
    a, b = overall.only_a_right, overall.only_b_right
    if a == b == 0:
        return (message("comparison_same", a=names[0], b=names[1]),)
    values = {"a": names[0], "b": names[1], "only_a": a, "only_b": b, "p": overall.p}
    sides = _sides(tests, names)
    if overall.p < _SIGNIFICANT:
        return (message("comparison_better", better=names[int(b > a)], **values), *sides)
    if sides:
        return (message("comparison_neither", **values), *sides, message("costs_decide"))
    return (message("comparison_tie", **values),)


def _too_few(pair: Pair) -> tuple[Message, ...]:
    """Why nothing can be compared; empty where enough parts are common to both."""
    photos, parts = len(pair.truth), len(np.unique(pair.groups))
    if parts >= FEWEST_TO_COMPARE:
        return ()
    code = "comparison_few" if parts == photos else "comparison_few_parts"
    return (message(code, photos=photos, parts=parts, fewest=FEWEST_TO_COMPARE),)


def _sides(tests: dict[str, McNemar], names: tuple[str, str]) -> list[Message]:
    """What differs by more than chance: escapes, overkill, or nothing."""
    codes = {"defective": "comparison_fewer_escapes", "good": "comparison_fewer_overkills"}
    return [
        message(code, name=names[int(row.only_b_right > row.only_a_right)])
        for kind, code in codes.items()
        if (row := tests.get(kind)) and row.p < _SIGNIFICANT
    ]


def _swap_parts(difference: Floats, groups: Groups) -> float:
    numbers = np.unique(groups, return_inverse=True)[1]
    sums = np.bincount(numbers, weights=difference)
    sums = sums[sums != 0]
    if not len(sums):
        return 1.0
    rng = np.random.default_rng(0)
    observed, more, left = abs(sums.sum()) - 1e-9, 0, _SWAPS
    while left:
        count = min(left, max(1, 10_000_000 // len(sums)))
        signs = rng.integers(0, 2, (count, len(sums)), dtype=np.int8) * 2 - 1
        more += int((np.abs(signs @ sums) >= observed).sum())
        left -= count
    return (more + 1) / (_SWAPS + 1)


def _figures(pair: Pair) -> dict[str, FigurePair]:
    everything = np.ones(len(pair.truth), dtype=bool)
    passed = ~pair.called[0], ~pair.called[1]
    differences = {
        name: _share(hits, kind, pair.groups)
        for name, hits, kind in (
            ("accuracy", pair.right, everything),
            ("escape_rate", passed, pair.truth),
            ("overkill_rate", pair.called, ~pair.truth),
        )
        if kind.any()
    }
    return differences | (_areas(pair) if pair.truth.any() and not pair.truth.all() else {})


def _share(hits: tuple[Bools, Bools], kind: Bools, groups: Groups) -> FigurePair:
    a, b = (each[kind] for each in hits)
    difference = share_difference(a, b, groups[kind])
    return FigurePair(a=float(a.mean()), b=float(b.mean()), difference=difference)


def _areas(pair: Pair) -> dict[str, FigurePair]:
    """Areas under the curves of both, drawn with the same parts."""
    numbers = np.unique(pair.groups, return_inverse=True)[1]
    sides = [
        (
            rankings(scores, pair.truth, numbers),
            over_draws(Ranking.of(scores, pair.truth).areas, numbers, RANKING_DRAWS),
        )
        for scores in pair.scores
    ]
    (a, drawn_a), (b, drawn_b) = sides
    areas = {}
    for column, name in enumerate(("roc_auc", "average_precision")):
        drawn = np.stack([drawn_a[:, column], drawn_b[:, column]], axis=1)
        difference = joined_difference(a[name], b[name], drawn)
        areas[name] = FigurePair(a=a[name].value, b=b[name].value, difference=difference)
    return areas
