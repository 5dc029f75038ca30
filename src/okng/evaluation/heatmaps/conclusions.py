"""From the figures of the check to whether heatmaps are to be trusted, in words."""

from collections.abc import Iterator
from typing import NamedTuple

from okng.evaluation.results.trust import Erasure, HeatmapCheck, Pointing, Randomised

_FEWEST = 8
_BASELINES = {"random": "places taken at random", "centre": "taking the middle first"}


class Evidence(NamedTuple):
    """The figures of the check.

    Attributes:
        photos: that were checked.
        empty: photos whose heatmap is the same everywhere.
        erasure: insertion and deletion.
        pointing: the pointing game; None without masks.
        randomised: shuffled weights; None where the file has none that can be named.
    """

    photos: int
    empty: int
    erasure: Erasure
    pointing: Pointing | None = None
    randomised: Randomised | None = None


def conclude(found: Evidence) -> HeatmapCheck:
    """Whether the heatmaps are to be trusted; one check that is not passed is enough."""
    checks = list(_all(found))
    return HeatmapCheck(
        trusted=all(passed for passed, _ in checks),
        sentences=tuple(sentence for _, sentence in checks),
        failed=tuple(sentence for passed, sentence in checks if not passed),
        photos=found.photos,
        empty=found.empty,
        **dict(found.erasure),
        pointing=found.pointing,
        randomised=found.randomised,
    )


def nothing_to_check(empty: int) -> HeatmapCheck:
    """The result where there is no heatmap to check."""
    why = (
        f"All {empty} heatmaps that were looked at are empty: they show nothing."
        if empty
        else "The sample has no defect that was caught, so the heatmaps could not be checked."
    )
    return HeatmapCheck(trusted=False, sentences=(why,), failed=(why,), photos=0, empty=empty,
                        pointing=None, randomised=None)  # fmt: skip


def _all(found: Evidence) -> Iterator[tuple[bool, str]]:
    if found.photos < _FEWEST:
        yield False, f"Photos that could be asked: {found.photos}; {_FEWEST} are the fewest."
    yield from _gains(found.erasure)
    if found.pointing is not None:
        yield _pointing(found.pointing)
    if found.randomised is not None:
        yield _randomised(found.randomised)
    if found.empty:
        share = found.empty / (found.empty + found.photos)
        empty = f"{found.empty} of {found.empty + found.photos} heatmaps are empty"
        yield share < 0.2, f"{empty}: they show nothing."


def _gains(found: Erasure) -> Iterator[tuple[bool, str]]:
    gains = ((found.gain.random, _BASELINES["random"]), (found.gain.centre, _BASELINES["centre"]))
    for gain, words in gains:
        passed = gain.low > 0
        opening = "The score" if passed else "It is not proven that the score"
        sentence = (
            f"{opening} follows the heatmap better than {words}: insertion minus deletion is "
            f"{gain.value:+.3f} (95 % interval {gain.low:+.3f} to {gain.high:+.3f}), on "
            f"{gain.n} photos."
        )
        yield passed, sentence


def _pointing(pointing: Pointing) -> tuple[bool, str]:
    share, low = pointing.rate.value or 0.0, pointing.rate.low or 0.0
    above = low > max(pointing.chance, pointing.centre)
    passed = above and share > 0.5
    than = "more often than" if above else "not provably more often than"
    sentence = (
        f"The hottest place lies on the defect in {100 * share:.0f} % of "
        f"{pointing.masks} photos with a mask, {than} a place at random "
        f"({100 * pointing.chance:.0f} %) and the middle ({100 * pointing.centre:.0f} %)."
    )
    return passed, sentence


def _randomised(randomised: Randomised) -> tuple[bool, str]:
    passed = randomised.correlation < randomised.limit
    if randomised.flat == 1:
        what = "show nothing any more: what they show was learned"
    elif passed:
        what = f"change ({_correlation(randomised)}): they show what was learned"
    else:
        what = (
            f"hardly change ({_correlation(randomised)}): they show the photo, not what was learned"
        )
    layers = len(randomised.layers)
    sentence = f"With the weights of the last {layers} layers shuffled, the heatmaps {what}."
    return passed, sentence


def _correlation(randomised: Randomised) -> str:
    return f"rank correlation {randomised.correlation:.2f}"
