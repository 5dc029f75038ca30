"""From the figures of the check to whether heatmaps are to be trusted, in words."""

from collections.abc import Iterator
from typing import NamedTuple

from okng.evaluation.results import Message, english, message
from okng.evaluation.results.trust import Erasure, Gain, HeatmapCheck, Pointing, Randomised

_FEWEST = 8  # photos; below, no interval excludes chance
_MOST_EMPTY = 0.2  # share of photos whose heatmap is the same everywhere


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


def conclude(evidence: Evidence) -> HeatmapCheck:
    """Whether the heatmaps are to be trusted; one check that is not passed is enough."""
    checks = list(_all(evidence))
    failed = tuple(each for passed, each in checks if not passed)
    return HeatmapCheck(
        trusted=all(passed for passed, _ in checks),
        messages=tuple(each for _, each in checks),
        failed_messages=failed,
        sentences=english(each for _, each in checks),
        failed=english(failed),
        photos=evidence.photos,
        empty=evidence.empty,
        **dict(evidence.erasure),
        pointing=evidence.pointing,
        randomised=evidence.randomised,
    )


def nothing_to_check(empty: int) -> HeatmapCheck:
    """The result where there is no heatmap to check."""
    why = message("all_heatmaps_empty", empty=empty) if empty else message("no_heatmap_to_check")
    return HeatmapCheck(
        trusted=False, messages=(why,), failed_messages=(why,), sentences=english([why]),
        failed=english([why]), photos=0, empty=empty, pointing=None, randomised=None,
    )  # fmt: skip


def _all(evidence: Evidence) -> Iterator[tuple[bool, Message]]:
    if evidence.photos < _FEWEST:
        yield False, message("few_heatmaps", photos=evidence.photos, fewest=_FEWEST)
    yield _gain("random", evidence.erasure.gain.random)
    yield _gain("centre", evidence.erasure.gain.centre)
    if evidence.pointing is not None:
        yield _pointing(evidence.pointing)
    if evidence.randomised is not None:
        yield _randomised(evidence.randomised)
    if evidence.empty:
        photos = evidence.empty + evidence.photos
        empty = message("some_heatmaps_empty", empty=evidence.empty, photos=photos)
        yield evidence.empty / photos < _MOST_EMPTY, empty


def _gain(baseline: str, gain: Gain) -> tuple[bool, Message]:
    passed = gain.low > 0  # the low end of the interval, not the value
    code = f"gain_{baseline}" if passed else f"gain_{baseline}_failed"
    values = {"value": gain.value, "low": gain.low, "high": gain.high, "photos": gain.n}
    return passed, message(code, **values)


def _pointing(pointing: Pointing) -> tuple[bool, Message]:
    share, low = pointing.rate.value or 0.0, pointing.rate.low or 0.0
    # the centre: where most defects are in most photos
    above = low > max(pointing.chance, pointing.centre)
    conclusion = message(
        "pointing" if above else "pointing_failed",
        share=share, masks=pointing.masks, chance=pointing.chance, centre=pointing.centre,
    )  # fmt: skip
    return above and share > 0.5, conclusion


def _randomised(shuffled: Randomised) -> tuple[bool, Message]:
    passed = shuffled.correlation < shuffled.limit
    code = "shuffled_change" if passed else "shuffled_same"
    if shuffled.flat == 1:  # every heatmap has vanished: no correlation to judge by
        code = "shuffled_flat"
    layers = len(shuffled.layers)
    return passed, message(code, layers=layers, correlation=shuffled.correlation)
