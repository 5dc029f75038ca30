"""Solar cells (ELPV) and steel strip (X-SDD) by their published protocols, five seeds each.

    python benchmarks/training/protocols.py [elpv] [xsdd] [--recipe quick] [--size 192]
        [--part-folds auto] [--turns auto] [--tta N] [--seeds 0 1 2 3 4] [--validate]

ELPV: defective from a probability of 0.5 on, stratified 75/25 (Deitsch et al., 2019: 0.884 with a
CNN). X-SDD: seven types, stratified 70/30 (Feng, Gao, Luo, 2021: accuracy 0.951, macro-F1 0.9325).
A seventh of the training photos chooses the regularisation; with `--part-folds always`, folds of
all of them do. Every photo counts the same (`--class-weights none`), as accuracy asks for. Where
`--recipe thorough` has joined two networks, the figures of each stand beside those of both, and
where there are several looks at a photo, those of one look.
Printed: each seed, then mean and deviation. `--validate` prints what validation said, or the folds,
and never looks at a test: settings are chosen by it. Fifteen minutes on two cores.
"""

import argparse
import csv
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from elpv_dataset.utils import load_dataset
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import train_test_split
from torch import nn

from okng import config
from okng.config import UPRIGHT
from okng.dataset import find_photos, load_photos
from okng.events.kinds import EpochDone
from okng.modelfile import InputRules
from okng.testing import RecordingProgress
from okng.training import Sample, Task, fit
from okng.training.data.loader import PhotoArray
from okng.training.networks.layers.input_transform import Prepare
from okng.training.networks.registry import averaged
from okng.training.networks.test_time_augmentation import AveragedPasses
from okng.training.networks.two_branch import TwoBranch

if TYPE_CHECKING:
    from collections.abc import Iterator

XSDD = Path(__file__).parents[3] / "shared" / "data" / "xsdd"
TEST = {"elpv": 0.25, "xsdd": 0.30}
VALIDATION = 1 / 7


def elpv(size: int) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Photos uint8 (N, S, S, 3), labels (N,), classes."""
    import elpv_dataset  # noqa: PLC0415

    _, probabilities, _ = load_dataset()
    folder = Path(elpv_dataset.__path__[0]) / "data"
    names = [line.split()[0] for line in (folder / "labels.csv").read_text().splitlines()]
    photos = load_photos([folder / name for name in names], size)
    return photos, (probabilities >= 0.5).astype(np.int64), ("functional", "defective")


def xsdd(size: int) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """The same of steel strip."""
    dataset = find_photos(XSDD, no_ok=True)
    return load_photos(dataset.paths(), size), dataset.labels(), dataset.classes


def logits(network: nn.Module, rules: InputRules, photos: np.ndarray) -> np.ndarray:
    """What a network says of photos: (N, outputs)."""
    prepare, array = Prepare(rules), PhotoArray(photos, np.zeros(len(photos), np.int64))
    with torch.no_grad():
        found = [
            network(prepare(array[rows][0]))
            for rows in np.array_split(np.arange(len(photos)), -(-len(photos) // 32))
        ]
    return torch.cat(found).numpy()


def measure(kind: str, seed: int, options: argparse.Namespace) -> dict[str, float]:
    """Train with one seed, and test if asked to."""
    size = options.size
    photos, labels, classes = {"elpv": elpv, "xsdd": xsdd}[kind](size)
    rows = np.arange(len(labels))
    train, test = train_test_split(rows, test_size=TEST[kind], stratify=labels, random_state=seed)
    train, val = train_test_split(
        train, test_size=VALIDATION, stratify=labels[train], random_state=seed
    )
    settings = config.resolve(config.load(None, asked(options, seed)))
    ok = classes[0] if kind == "elpv" else None
    task = Task(
        Sample(photos[train], labels[train]), Sample(photos[val], labels[val]), classes, ok,
        grey=kind == "elpv",
    )  # fmt: skip
    progress = RecordingProgress()
    with tempfile.TemporaryDirectory() as run:
        model = fit(task, settings, Path(run), progress)
    if options.validate:
        rows = [e.figures for e in progress.events if isinstance(e, EpochDone)]
        best = min(rows, key=lambda row: row["val_loss"])
        return {name: best[name] for name in ("val_loss", "val_accuracy")}
    found = figures(logits(model.network, model.rules, photos[test]), labels[test])
    for name, member in members(model.network):
        alone = figures(logits(member, model.rules, photos[test]), labels[test])
        found |= {f"{figure}_{name}": value for figure, value in alone.items()}
    return found


def members(network: nn.Module) -> "Iterator[tuple[str, nn.Module]]":
    """What a network of several looks, or of two networks, would be without the others."""
    inner = network.network if isinstance(network, AveragedPasses) else network
    if isinstance(network, AveragedPasses):
        yield "of_one_look", inner
    if isinstance(inner, TwoBranch):
        looks = getattr(network, "orientations", (UPRIGHT,))
        yield "of_the_frozen", averaged(inner.frozen, looks)
        yield "of_the_tuned", averaged(inner.tuned, looks)


def figures(said: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Accuracy, macro-F1 and, of two classes, AUC."""
    guess = (said[:, 0] > 0).astype(int) if said.shape[1] == 1 else said.argmax(1)
    found = {
        "accuracy": float((guess == truth).mean()),
        "macro_f1": float(f1_score(truth, guess, average="macro")),
    }
    if said.shape[1] == 1:
        found["auc"] = float(roc_auc_score(truth, said[:, 0]))
    return found


def asked(options: argparse.Namespace, seed: int) -> dict[str, Any]:
    """The settings of a training."""
    return {
        "recipe": options.recipe, "image_size": options.size, "part_folds": options.part_folds,
        "class_weights": "none", "seed": seed, "turns": options.turns, "tta": options.tta,
    }  # fmt: skip


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", choices=["elpv", "xsdd", []], default=["elpv", "xsdd"])
    parser.add_argument("--recipe", default="quick")
    parser.add_argument("--size", type=int, default=192)
    parser.add_argument("--part-folds", default="auto", choices=["auto", "always", "never"])
    parser.add_argument("--turns", default="auto", choices=["auto", "any", "quarter"])
    parser.add_argument("--tta", type=int, help="looks at each photo; as the recipe has it")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(5)))
    parser.add_argument("--validate", action="store_true")
    parser.add_argument("--out", type=Path, help="CSV of all seeds")
    options = parser.parse_args()
    rows = []
    for kind in options.sets:
        found = []
        for seed in options.seeds:
            found.append(measure(kind, seed, options))
            rows.append({"set": kind, "seed": seed, **found[-1]})
            print(kind, seed, found[-1], flush=True)
        for name in found[0]:
            values = [row[name] for row in found if name in row]
            spread = f" +- {np.std(values, ddof=1):.4f}" if len(values) > 1 else ""
            print(f"{kind} {name}: {np.mean(values):.4f}{spread}")
    if options.out:
        with options.out.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, sorted({key for row in rows for key in row}))
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
