"""Castings never seen, in new light: what a model file says of them, and whether it knows better.

    python benchmarks/training/new_castings.py RUN/inspector.onnx [--groups groups.csv]

The model was trained on `../shared/data/casting_data`; it judges all 1,300 photos of
`casting_512x512`. Which of them show castings that are also in `casting_data` is told by the audit
of both sets together, written to `--groups` where that file does not exist yet (six minutes on two
cores). Prints, for all photos, those of known castings and those of new ones: balanced accuracy,
AUC, F1, recall and precision of defects, the same with each casting counting once, and the share
of photos that the file calls unfamiliar. Then the time of a photo with and without unfamiliarity.

These photos are a test: count each look at them in LOG.md, and choose nothing by it.
"""

import argparse
import csv
import time
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

from okng import Inspector, modelfile, preprocess
from okng.commands.audit import audit
from okng.config import Runtime
from okng.inference.sessions import open_session

DATA = Path(__file__).parents[3] / "shared" / "data"
TRAINED, TESTED = "casting_data", "casting_512x512"


def write_groups(path: Path) -> None:
    """Castings of both sets together, as a table of path, label, group."""
    folder = path.parent / "castings-of-both"
    folder.mkdir(parents=True, exist_ok=True)
    photos = [*sorted(DATA.glob(f"{TRAINED}/*/*/*.jpeg")), *sorted(DATA.glob(f"{TESTED}/*/*.jpeg"))]
    manifest = folder / "photos.csv"
    rows = "\n".join(f"{photo},{photo.parent.name}" for photo in photos)
    manifest.write_text(f"path,label\n{rows}\n", encoding="utf-8")
    found = audit(manifest, out=folder)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "label", "group"))
        writer.writerows((p.path, p.label, p.group or p.path) for p in found.dataset.photos)


def read_groups(path: Path) -> tuple[list[Path], np.ndarray, np.ndarray, np.ndarray]:
    """Photos of the tested set, their class by most photos of the casting, casting, newness."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    votes: dict[str, Counter[bool]] = defaultdict(Counter)
    for row in rows:
        votes[row["group"]][row["label"] != "ok_front"] += 1
    known = {row["group"] for row in rows if TRAINED in row["path"]}
    tested = [row for row in rows if TESTED in row["path"]]
    return (
        [Path(row["path"]) for row in tested],
        np.array([votes[row["group"]].most_common(1)[0][0] for row in tested]),
        np.array([row["group"] for row in tested]),
        np.array([row["group"] not in known for row in tested]),
    )


def describe(
    name: str, truth: np.ndarray, scores: np.ndarray, strange: np.ndarray,
    castings: np.ndarray, threshold: float,
) -> None:  # fmt: skip
    """One line of figures."""
    called = scores >= threshold
    right = [float((called == truth)[truth == kind].mean()) for kind in (False, True)]
    of_casting = {c: float(scores[castings == c].mean()) for c in np.unique(castings)}
    kinds = [bool(truth[castings == c][0]) for c in of_casting]
    print(
        f"{name}: {len(truth)} photos, {len(of_casting)} castings: balanced accuracy "
        f"{np.mean(right):.3f}, AUC {roc_auc_score(truth, scores):.3f}, over castings "
        f"{roc_auc_score(kinds, list(of_casting.values())):.3f}; F1 {f1_score(truth, called):.3f}, "
        f"recall {recall_score(truth, called):.3f}, precision {precision_score(truth, called):.3f};"
        f" unfamiliar {strange.mean():.3f}"
    )


def cost_of_unfamiliarity(model: Path, photos: list[Path], rounds: int = 5) -> float:
    """Time with unfamiliarity over time without, median of rounds taken in turn."""
    session = open_session(modelfile.read(model).data, Runtime.ONNXRUNTIME, None)
    batch = np.stack([preprocess.read(path) for path in photos[:16]])
    ratios = []
    for _ in range(rounds):
        spent = []
        for names in (("defect_score",), ("defect_score", "unfamiliarity")):
            begun = time.perf_counter()
            session.run(batch, names)
            spent.append(time.perf_counter() - begun)
        ratios.append(spent[1] / spent[0])
    return float(np.median(ratios))


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--groups", type=Path, default=Path("castings-of-both.csv"))
    options = parser.parse_args()
    if not options.groups.exists():
        write_groups(options.groups)
    paths, truth, castings, new = read_groups(options.groups)
    inspector = Inspector(options.model)
    verdicts = inspector([str(path) for path in paths])
    point = inspector.metadata.operating_point
    scores = np.array([verdict.defect_score for verdict in verdicts])
    strange = np.array([point.is_unfamiliar(verdict.unfamiliarity) for verdict in verdicts])
    everything = np.ones(len(truth), dtype=bool)
    for name, rows in (("all", everything), ("known castings", ~new), ("new castings", new)):
        figures = (truth[rows], scores[rows], strange[rows], castings[rows])
        describe(name, *figures, point.threshold)
    ratio = cost_of_unfamiliarity(options.model, paths)
    print(f"time of a photo with unfamiliarity over time without: {ratio:.3f}")


if __name__ == "__main__":
    main()
