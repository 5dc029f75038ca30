"""From the figures of the check to whether heatmaps are to be trusted, in words."""

from collections.abc import Iterator
from typing import Any

_FEWEST = 8
_BASELINES = {"random": "places taken at random", "centre": "taking the middle first"}


def judge(found: dict[str, Any]) -> dict[str, Any]:
    """Add `trusted`, `sentences`, and those of them that `failed`; one is enough."""
    told = list(_all(found))
    return {
        "trusted": all(passed for passed, _ in told),
        "sentences": [sentence for _, sentence in told],
        "failed": [sentence for passed, sentence in told if not passed],
        **found,
    }


def nothing_to_check(empty: int) -> dict[str, Any]:
    """What to say where there is no heatmap to check."""
    why = (
        f"All {empty} heatmaps that were looked at are empty: they show nothing."
        if empty
        else "The sample has no defect that was caught, so the heatmaps could not be checked."
    )
    return {"trusted": False, "sentences": [why], "failed": [why], "photos": 0, "empty": empty,
            "pointing": None, "randomised": None}  # fmt: skip


def _all(found: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    if found["photos"] < _FEWEST:
        yield False, f"Photos that could be asked: {found['photos']}; {_FEWEST} are the fewest."
    yield from _gains(found)
    if found["pointing"] is not None:
        yield _pointing(found["pointing"])
    if found["randomised"] is not None:
        yield _randomised(found["randomised"])
    if found["empty"]:
        share = found["empty"] / (found["empty"] + found["photos"])
        empty = f"{found['empty']} of {found['empty'] + found['photos']} heatmaps are empty"
        yield share < 0.2, f"{empty}: they show nothing."


def _gains(found: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    for name, words in _BASELINES.items():
        gain = found["gain"][name]
        passed = gain["low"] > 0
        opening = "The score" if passed else "It is not proven that the score"
        sentence = (
            f"{opening} follows the heatmap better than {words}: insertion minus deletion is "
            f"{gain['value']:+.3f} (95 % interval {gain['low']:+.3f} to {gain['high']:+.3f}), on "
            f"{gain['n']} photos."
        )
        yield passed, sentence


def _pointing(pointing: dict[str, Any]) -> tuple[bool, str]:
    rate = pointing["rate"]
    above = rate["low"] > max(pointing["chance"], pointing["centre"])
    passed = above and rate["value"] > 0.5
    than = "more often than" if above else "not provably more often than"
    sentence = (
        f"The hottest place lies on the defect in {100 * rate['value']:.0f} % of "
        f"{pointing['masks']} photos with a mask, {than} a place at random "
        f"({100 * pointing['chance']:.0f} %) and the middle ({100 * pointing['centre']:.0f} %)."
    )
    return passed, sentence


def _randomised(randomised: dict[str, Any]) -> tuple[bool, str]:
    passed = randomised["correlation"] < randomised["limit"]
    if randomised["flat"] == 1:
        what = "show nothing any more: what they show was learned"
    elif passed:
        what = f"change ({_correlation(randomised)}): they show what was learned"
    else:
        what = (
            f"hardly change ({_correlation(randomised)}): they show the photo, not what was learned"
        )
    layers = len(randomised["layers"])
    sentence = f"With the weights of the last {layers} layers shuffled, the heatmaps {what}."
    return passed, sentence


def _correlation(randomised: dict[str, Any]) -> str:
    return f"rank correlation {randomised['correlation']:.2f}"
