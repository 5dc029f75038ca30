"""Are castings still split over several groups? Groups of an audit, compared with each other.

    python benchmarks/audit/still_split.py AUDIT/audit.json [--pairs 4] [--checked 60]

Every group of `casting_data` with every other one, by a few photos of each and by the proof of
`okng.auditing.near`: how many features agree. Groups of different classes show what chance does.
The pairs of groups with most are then judged by another geometry (as shared/data/README.md
describes it): SIFT at 300 px, plain and mirrored, RANSAC affine, fine alignment (ECC), correlation
of the high-passed photos in a disc of 135 px. The same is done for pairs within groups. Three
minutes.
"""

import argparse
import json
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from bench import DATA, load

from okng.auditing.near.compare import one_thread
from okng.auditing.near.features import local_features, mirrored, rooted
from okng.auditing.near.geometric_verification import View, align

Floats = npt.NDArray[np.float32]
_SIDE, _RADIUS = 300, 135
_FEWEST, _RATIO, _TOLERANCE = 6, 0.85, 3.0
_HIGH_PASS, _NOISE = 6.0, 1.0  # pixels
_STEPS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 1e-4)
ROOT = DATA / "casting_data"


class Closest(NamedTuple):
    """Two groups, the pair of their photos on which most features agree, and how many."""

    matches: int
    groups: tuple[int, int]
    photos: tuple[str, str]


def main(audit: Path, pairs: int, checked: int) -> None:
    """Print how like each other groups are, and what the other geometry says."""
    groups = [group for group in json.loads(audit.read_text())["groups"] if len(group) >= _FEWEST]
    rng = np.random.default_rng(0)
    drawn = [[str(path) for path in rng.choice(group, pairs, replace=False)] for group in groups]
    good = [sum("/ok_front/" in path for path in group) * 2 > len(group) for group in groups]
    found = sorted(compare(drawn), reverse=True)
    for kind, same in (("different classes", False), ("one class", True)):
        numbers = [c.matches for c in found if (good[c.groups[0]] == good[c.groups[1]]) == same]
        print(f"{len(numbers)} pairs of groups of {kind}, agreeing features: {spread(numbers)}")
    inside = [correlation(*rng.choice(group, 2, replace=False))[0] for group in groups]
    print(f"two photos of a group, correlation: {spread(inside)}", flush=True)
    for closest in found[:checked]:
        value, agreeing = correlation(*closest.photos)
        sizes = " and ".join(str(len(groups[number])) for number in closest.groups)
        print(f"{closest.matches} agreeing; other geometry: {agreeing} agreeing, correlation "
              f"{value:.3f}; groups of {sizes} photos; {' '.join(closest.photos)}")  # fmt: skip


def compare(drawn: list[list[str]]) -> list[Closest]:
    """Every group with every other one, by as many pairs of photos as were drawn of each."""
    views = {path: view(path) for paths in drawn for path in paths}
    found = []
    with one_thread():
        for a, b in combinations(range(len(drawn)), 2):
            best = Closest(0, (a, b), (drawn[a][0], drawn[b][0]))
            for photos in zip(drawn[a], drawn[b], strict=True):
                ours, theirs = (views[path] for path in photos)
                both = [align(ours, theirs, mirrored=m) for m in (False, True)]
                matches = max((one.matches for one in both if one), default=0)
                best = max(best, Closest(matches, (a, b), photos))
            found.append(best)
    return found


def view(path: str) -> View:
    """A photo as the proof takes it."""
    features = local_features(load(ROOT / path))
    plain, mirror = (rooted(d) for d in (features.descriptors, mirrored(features.descriptors)))
    return View(features.places, plain, mirror, features.texture)


def correlation(a: str, b: str) -> tuple[float, int]:
    """Correlation of two photos after alignment, -1 where there is none; agreeing features."""
    ours, best = grey(a), (-1.0, 0)
    for theirs in (grey(b), np.ascontiguousarray(grey(b)[:, ::-1])):
        matrix, agreeing = fitted(ours, theirs)
        if matrix is not None:
            best = max(best, *((laid_over(ours, theirs, m), agreeing)
                               for m in (matrix, refined(ours, theirs, matrix))))  # fmt: skip
    return best


def grey(path: str) -> npt.NDArray[np.uint8]:
    """A photo in grey, 300 x 300."""
    return np.asarray(cv2.imread(str(ROOT / path), cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def fitted(
    a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8]
) -> tuple[npt.NDArray[np.float64] | None, int]:
    """The affine map from b to a on which most features agree, and how many do."""
    (places, vectors), (others, theirs) = described(a), described(b)
    likeness = vectors @ theirs.T
    first = likeness.argmax(axis=1)
    best, second = -np.sort(-likeness, axis=1)[:, :2].T
    clear = np.sqrt((2 - 2 * best).clip(0)) < _RATIO * np.sqrt((2 - 2 * second).clip(0))
    chosen = clear & (likeness.argmax(axis=0)[first] == np.arange(len(first)))
    if chosen.sum() < _FEWEST:
        return None, 0
    matrix, agree = cv2.estimateAffine2D(
        others[first[chosen]], places[chosen], method=cv2.RANSAC,
        ransacReprojThreshold=_TOLERANCE, maxIters=5000, confidence=0.999, refineIters=20,
    )  # fmt: skip
    if matrix is None or agree.sum() < _FEWEST or np.linalg.det(matrix[:, :2]) < 0.2:
        return None, 0
    return matrix, int(agree.sum())


def described(photo: npt.NDArray[np.uint8]) -> tuple[Floats, Floats]:
    """Places and RootSIFT vectors of the 800 strongest features."""
    points, values = cv2.SIFT.create(nfeatures=800, contrastThreshold=0.01).detectAndCompute(
        cv2.createCLAHE(2.0, (8, 8)).apply(photo), None
    )
    return np.array([p.pt for p in points], np.float32), rooted(values.astype(np.uint8))


def refined(
    a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8], matrix: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """The map once more, by its pixels (Evangelidis and Psarakis, 2008)."""
    start = cv2.invertAffineTransform(matrix).astype(np.float32)
    try:
        _, found = cv2.findTransformECC(
            smooth(a), smooth(b), start, cv2.MOTION_AFFINE, _STEPS, None, 5
        )
    except cv2.error:  # it does not converge
        return matrix
    return cv2.invertAffineTransform(found.astype(np.float64))


def laid_over(
    a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8], matrix: npt.NDArray[np.float64]
) -> float:
    """Correlation of what is fine in both photos, within the disc."""
    y, x = np.mgrid[:_SIDE, :_SIDE] - (_SIDE - 1) / 2
    disc = (np.hypot(x, y) < _RADIUS).astype(np.float32)
    both = cv2.warpAffine(disc, matrix, (_SIDE, _SIDE)) * disc > 0.99
    over = cv2.warpAffine(b, matrix, (_SIDE, _SIDE), borderMode=cv2.BORDER_REPLICATE)
    ours, theirs = (
        (smooth(photo) - cv2.GaussianBlur(smooth(photo), (0, 0), _HIGH_PASS))[both]
        for photo in (a, over)
    )
    return float(np.corrcoef(ours, theirs)[0, 1]) if both.mean() > 0.2 else -1.0


def smooth(photo: npt.NDArray[np.uint8]) -> Floats:
    """Without the noise of single pixels."""
    return cv2.GaussianBlur(photo.astype(np.float32), (0, 0), _NOISE)


def spread(values: list[int] | list[float]) -> str:
    """Quantiles in words."""
    low, middle, high, top = np.quantile(values, [0, 0.5, 0.99, 1])
    return f"lowest {low:.3g}, median {middle:.3g}, 99th percentile {high:.3g}, highest {top:.3g}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("audit", type=Path)
    parser.add_argument("--pairs", type=int, default=4, help="of photos, for each pair of groups")
    parser.add_argument("--checked", type=int, default=60, help="pairs of groups, the closest ones")
    arguments = parser.parse_args()
    main(arguments.audit, arguments.pairs, arguments.checked)
