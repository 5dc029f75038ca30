"""Thresholds for another camera, from 10 good and 5 bad known parts: escapes and overkill.

    python benchmarks/server/adapt_threshold.py score RUN POOL.csv --out scores/NAME.npz
    python benchmarks/server/adapt_threshold.py compare scores/*.npz
    python benchmarks/server/adapt_threshold.py castings MODEL --groups castings-of-both.csv

`score` judges held-out photos (a table of path, label) as they are and as 14 other cameras would
take them: light, gamma, contrast, focus, noise, JPEG, distance. `compare` draws known parts from
each camera and measures every approach on the rest: the mean excess of escape plus overkill over
the best threshold of that camera, with clean parts and with one known defective part that looks
good. Approaches and their constants are chosen by it, on solar cells, steel strip and generated
parts. `castings` is the measured set, and chooses nothing: photos of `casting_512x512` of castings
that are also in `casting_data`, which the model was trained on (`new_castings.py` writes the
groups). Count each look at it in LOG.md.
"""

import argparse
import csv
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter
from scipy import special, stats
from sklearn.metrics import roc_auc_score

from okng import Inspector, preprocess
from okng.station.camera.estimate import Prior, fitted_threshold
from okng.station.camera.known import KnownPhoto, known_parts, log_odds

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
GOOD, BAD, DRAWS = 10, 5, 100
DATA = Path(__file__).parents[3] / "shared" / "data"
TRAINED, TESTED = "casting_data", "casting_512x512"


class Known(NamedTuple):
    """What an approach gets.

    Attributes:
        good: log-odds of photos of known good parts.
        bad: of known defective ones.
        before: threshold of the model file, in log-odds.
        width: deviation of each side, in log-odds, by the area under the ROC curve that the file
            states: sqrt(2) z(AUC), as for calibrated normals.
    """

    good: Floats
    bad: Floats
    before: float
    width: float


def old(known: Known) -> float:
    """The threshold of the file."""
    return known.before


def shifted(known: Known) -> float:
    """The threshold of the file, moved as far as both medians have."""
    return known.before + (float(np.median(known.good)) + float(np.median(known.bad))) / 2


def medians(known: Known) -> float:
    """Midway between the medians."""
    return (float(np.median(known.good)) + float(np.median(known.bad))) / 2


def gap(known: Known) -> float:
    """Midway between the highest good and the lowest defective part."""
    return float(known.good.max() + known.bad.min()) / 2


def student(prior: float) -> Callable[[Known], float]:
    """Lowest cost expected of the next part: a robust normal for each side, `prior` parts wide."""

    def side(values: Floats, width: float) -> tuple[float, float, float]:
        place = float(np.median(values))
        for _ in range(20):
            pull = np.minimum(1, 1.5 * width / np.maximum(np.abs(values - place), 1e-9))
            place = float(pull @ values / pull.sum())
        offsets = np.clip(values - place, -2.5 * width, 2.5 * width)
        freedom = prior + len(values) - 1
        variance = (prior * width**2 + float(offsets @ offsets)) / freedom
        return place, float(np.sqrt(variance * (1 + 1 / len(values)))), freedom

    def threshold(known: Known) -> float:
        good, bad = side(known.good, known.width), side(known.bad, known.width)
        if good[0] >= bad[0]:
            return (good[0] + bad[0]) / 2
        grid = np.linspace(good[0], bad[0], 401)
        cost = stats.t.cdf((grid - bad[0]) / bad[1], bad[2])
        cost += stats.t.sf((grid - good[0]) / good[1], good[2])
        return float(grid[int(np.argmin(cost))])

    return threshold


def logistic(odd: float, shift: float) -> Callable[[Known], float]:
    """Posterior mean of a logistic that admits odd parts, around the threshold of the file."""
    slopes, shifts = np.exp(np.linspace(np.log(0.25), np.log(4), 13)), np.linspace(-16, 16, 321)

    def threshold(known: Known) -> float:
        log = -((np.log(slopes)[:, None] / 0.7) ** 2 + (shifts / shift) ** 2) / 2
        for values, sign in ((known.good, -1), (known.bad, 1)):
            weight = (len(known.good) + len(known.bad)) / (2 * len(values))
            margins = values[:, None] - known.before - shifts
            right = special.expit(sign * slopes[:, None, None] * margins)
            log += weight * np.log(odd + (1 - 2 * odd) * right).sum(1)
        posterior = np.exp(log - log.max())
        return known.before + float((posterior.sum(0) / posterior.sum()) @ shifts)

    return threshold


def product(known: Known) -> float:
    """What the station proposes."""
    photos = [
        KnownPhoto(f"{bad}{number}", bad, float(special.expit(value)))
        for bad, values in ((False, known.good), (True, known.bad))
        for number, value in enumerate(values)
    ]
    return fitted_threshold(known_parts(photos), Prior(known.before, known.width))


def mean_of(*approaches: Callable[[Known], float]) -> Callable[[Known], float]:
    """The mean of several thresholds."""
    return lambda known: float(np.mean([approach(known) for approach in approaches]))


APPROACHES: Mapping[str, Callable[[Known], float]] = {
    "threshold of the file": old,
    "shift of medians": shifted,
    "midway of medians": medians,
    "midway of extremes": gap,
    "extremes + medians": mean_of(gap, medians),
    "Student, prior 2": student(2),
    "Student, prior 4": student(4),
    "Student, prior 16": student(16),
    "logistic, no odd part": logistic(1e-6, 4),
    "logistic, odd 5 %": logistic(0.05, 4),
    "logistic, odd 10 %": logistic(0.1, 4),
    "logistic, shift 2": logistic(0.05, 2),
    "logistic, shift 8": logistic(0.05, 8),
    "logistic + Student 4": mean_of(logistic(0.05, 4), student(4)),
    "extremes + Student 4": mean_of(gap, student(4)),
    "okng": product,
}


def light(photo: Floats, gamma: float, gain: float, side: float) -> Floats:
    """Another lamp: gamma, gain, and light that falls off to one side."""
    across = 1 + side * np.linspace(-1, 1, photo.shape[1])[None, :, None]
    return np.asarray(255 * (photo / 255) ** gamma * gain * across)


def contrast(photo: Floats, factor: float, offset: float) -> Floats:
    """Haze, or a hard tone curve."""
    return np.asarray((photo - photo.mean()) * factor + photo.mean() + offset)


def image_of(photo: Floats) -> Image.Image:
    """As Pillow has it."""
    return Image.fromarray(photo.round().clip(0, 255).astype(np.uint8))


def blur(photo: Floats, radius: float) -> Floats:
    """Out of focus, in pixels."""
    return np.asarray(image_of(photo).filter(ImageFilter.GaussianBlur(radius)), dtype=float)


def jpeg(photo: Floats, quality: int) -> Floats:
    """Saved and read again."""
    file = io.BytesIO()
    image_of(photo).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file), dtype=float)


def distance(photo: Floats, factor: float, fill: int) -> Floats:
    """Nearer or further away, the size of the photo the same."""
    image = image_of(photo)
    width, height = image.size
    scaled = image.resize((round(width * factor), round(height * factor)), Image.Resampling.BICUBIC)
    canvas = Image.new("RGB", (width, height), (fill,) * 3)
    canvas.paste(scaled, ((width - scaled.width) // 2, (height - scaled.height) // 2))
    return np.asarray(canvas, dtype=float)


Camera = Callable[[Floats, np.random.Generator], Floats]
CAMERAS: Mapping[str, Camera] = {
    "same": lambda p, _: p,
    "dark": lambda p, _: light(p, 1.3, 0.8, 0.15),
    "bright": lambda p, _: light(p, 0.7, 1.1, 0),
    "flat": lambda p, _: contrast(p, 0.65, 15),
    "soft": lambda p, r: blur(p, 1.2) + r.normal(0, 2, p.shape),
    "noisy": lambda p, r: jpeg(p + r.normal(0, 7, p.shape), 50),
    "nearer": lambda p, _: distance(light(p, 1, 1, -0.2), 1.12, 0),
    "mixed": lambda p, _: jpeg(blur(light(p, 0.8, 1, 0.25), 0.7) * 0.9 + 10, 60),
    "softer": lambda p, r: blur(p, 2) + r.normal(0, 2, p.shape),
    "noisier": lambda p, r: jpeg(p + r.normal(0, 12, p.shape), 40),
    "dim": lambda p, r: light(p, 1.7, 0.6, 0.3) + r.normal(0, 4, p.shape),
    "hazy": lambda p, _: blur(contrast(p, 0.45, 60), 1),
    "far": lambda p, _: blur(distance(p, 0.85, 120), 0.8),
    "hard": lambda p, _: jpeg(contrast(light(p, 1, 1, -0.35), 1.5, 0), 50),
}


def score(run: Path, table: Path, out: Path, most: int = 220) -> None:
    """Judge photos under every camera; at most so many of each kind."""
    rng = np.random.default_rng(0)
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    inspector = Inspector(run)
    ok = inspector.metadata.ok_class
    rng.shuffle(rows)  # type: ignore[arg-type]
    kinds = [[row for row in rows if (row["label"] == ok) is good] for good in (True, False)]
    chosen = [row for kind in kinds for row in kind[:most]]
    photos = [preprocess.read(table.parent / row["path"]).astype(float) for row in chosen]
    columns = {"truth": np.array([row["label"] != ok for row in chosen])}
    for name, camera in CAMERAS.items():
        taken = [camera(p, rng).round().clip(0, 255).astype(np.uint8) for p in photos]
        columns[name] = np.array([verdict.defect_score for verdict in inspector(taken)])
        print(f"{out.stem} {name}: AUC {roc_auc_score(columns['truth'], columns[name]):.3f}")
    np.savez(out, threshold=inspector.metadata.operating_point.threshold, **columns)


def width_of(auc: float) -> float:
    """Deviation of each side for an area under the ROC curve."""
    return float(np.sqrt(2) * stats.norm.ppf(np.clip(auc, 0.6, 0.9995)))


def errors(values: Floats, truth: Bools, threshold: float) -> tuple[float, float]:
    """Escape rate and overkill rate."""
    return float((values[truth] < threshold).mean()), float((values[~truth] >= threshold).mean())


def compare(files: list[Path]) -> None:
    """Mean excess of every approach over all products and cameras, clean and with an odd part."""
    excess: dict[str, list[tuple[float, float]]] = {name: [] for name in APPROACHES}
    for file in files:
        data = np.load(file)
        truth = data["truth"]
        width = width_of(roc_auc_score(truth, data["same"]))
        before = float(log_odds(float(data["threshold"])))
        for camera in CAMERAS:
            both = [_excess(log_odds(data[camera]), truth, before, width, odd=o) for o in (0, 1)]
            for name, results in excess.items():
                results.append((both[0][name], both[1][name]))
    for name, results in excess.items():
        clean, odd = np.array(results).T
        print(
            f"{name:24} clean {clean.mean():.4f}, worst {clean.max():.3f}; "
            f"one odd {odd.mean():.4f}, worst {odd.max():.3f}; mean of both "
            f"{(clean.mean() + odd.mean()) / 2:.4f}"
        )


def _excess(
    values: Floats, truth: Bools, before: float, width: float, *, odd: int
) -> dict[str, float]:
    rng = np.random.default_rng(0)
    sums = dict.fromkeys(APPROACHES, 0.0)
    for _ in range(DRAWS):
        good = rng.choice(np.flatnonzero(~truth), GOOD, replace=False)
        bad = rng.choice(np.flatnonzero(truth), BAD, replace=False)
        rest = np.ones(len(truth), dtype=bool)
        rest[np.r_[good, bad]] = False
        shown = values[bad].copy()
        shown[:odd] = rng.choice(values[~truth], odd)
        known = Known(values[good], shown, before, width)
        left, kinds = values[rest], truth[rest]
        best = min(sum(errors(left, kinds, each)) for each in np.unique(left))
        for name, approach in APPROACHES.items():
            sums[name] += (sum(errors(left, kinds, approach(known))) - best) / DRAWS
    return sums


def castings(model: Path, groups: Path) -> None:
    """The measured set: other known castings than those that chose the threshold."""
    with groups.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = {row["group"] for row in rows if f"/{TRAINED}/" in row["path"]}
    rows = [row for row in rows if f"/{TESTED}/" in row["path"] and row["group"] in known]
    inspector = Inspector(model)
    ok = inspector.metadata.ok_class
    truth = np.array([row["label"] != ok for row in rows])
    names = np.array([row["group"] for row in rows])
    verdicts = inspector([str(DATA / row["path"].partition("/data/")[2]) for row in rows])
    values = log_odds(np.array([verdict.defect_score for verdict in verdicts]))
    before = float(log_odds(inspector.metadata.operating_point.threshold))
    stated = inspector.metadata.metrics["roc_auc"]["value"]
    print(
        f"{len(rows)} photos of {len(set(names))} castings ({len(set(names[~truth]))} good), "
        f"AUC {roc_auc_score(truth, values):.4f}"
    )
    for name, draws in (("castings apart", _apart), ("photos apart", _by_photo)):
        results: dict[str, list[tuple[float, float]]] = {each: [] for each in APPROACHES}
        for good, bad, rest in draws(truth, names):
            shown = Known(values[good], values[bad], before, width_of(stated))
            for each, approach in APPROACHES.items():
                results[each].append(errors(values[rest], truth[rest], approach(shown)))
        print(f"{name}, {DRAWS} draws:")
        for each, rates in results.items():
            (escape, overkill), worst = np.mean(rates, axis=0), np.max(rates, axis=0)
            print(f"  {each:24} escapes {escape:.4f} (worst {worst[0]:.3f}), overkill "
                  f"{overkill:.4f} (worst {worst[1]:.3f})")  # fmt: skip


Draw = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Bools]


def _apart(truth: Bools, names: npt.NDArray[np.str_]) -> Iterator[Draw]:
    """Two photos of 5 good castings, one of 5 bad ones; measured on all other castings.

    There are 10 good castings in all: 10 known ones would leave none to count overkill on.
    """
    rng = np.random.default_rng(0)
    for _ in range(DRAWS):
        chosen = rng.choice(np.unique(names[~truth]), GOOD // 2, replace=False)
        good = [i for each in chosen for i in _some(rng, ~truth & (names == each), 2)]
        bad, apart = _bad(rng, truth, names)
        yield np.array(good), bad, apart & ~(np.isin(names, chosen) & ~truth)


def _by_photo(truth: Bools, names: npt.NDArray[np.str_]) -> Iterator[Draw]:
    """Ten good photos of any casting; measured on all other good photos and bad castings."""
    rng = np.random.default_rng(0)
    for _ in range(DRAWS):
        good = rng.choice(np.flatnonzero(~truth), GOOD, replace=False)
        bad, rest = _bad(rng, truth, names)
        rest[good] = False
        yield good, bad, rest


def _bad(
    rng: np.random.Generator, truth: Bools, names: npt.NDArray[np.str_]
) -> tuple[npt.NDArray[np.int64], Bools]:
    chosen = rng.choice(np.unique(names[truth]), BAD, replace=False)
    photos = [_some(rng, truth & (names == each), 1)[0] for each in chosen]
    return np.array(photos), ~(np.isin(names, chosen) & truth)


def _some(rng: np.random.Generator, where: Bools, count: int) -> list[int]:
    places = np.flatnonzero(where)
    return [int(i) for i in rng.choice(places, min(count, len(places)), replace=False)]


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    scoring = verbs.add_parser("score")
    scoring.add_argument("run", type=Path)
    scoring.add_argument("table", type=Path)
    scoring.add_argument("--out", type=Path, required=True)
    verbs.add_parser("compare").add_argument("files", type=Path, nargs="+")
    measuring = verbs.add_parser("castings")
    measuring.add_argument("model", type=Path)
    measuring.add_argument("--groups", type=Path, default=Path("castings-of-both.csv"))
    options = parser.parse_args()
    if options.verb == "score":
        score(options.run, options.table, options.out)
    elif options.verb == "compare":
        compare(options.files)
    else:
        castings(options.model, options.groups)


if __name__ == "__main__":
    main()
