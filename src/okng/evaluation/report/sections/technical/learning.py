"""Whether the network learned more than trivial methods give, and how its training went."""

from collections.abc import Iterator, Mapping
from typing import Any

from okng.evaluation.decision import too_few_parts
from okng.evaluation.report.blocks import (
    Block,
    Paragraph,
    Picture,
    Table,
    Text,
    bold,
)
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.wording import (
    capital,
    figure,
    listed,
    percent,
)

_JUDGES = {
    "brightness": "brightness alone",
    "nearest_neighbour": "the most similar training photo",
}
_WHY = (
    "ROC AUC is compared, as it does not depend on a threshold. If brightness alone does "
    "nearly as well, the photos of good and bad parts were taken differently. If the most similar "
    "photo does nearly as well, the test may show the same parts as training."
)
_STEP = (
    "There is no curve: the pretrained network stayed as it is, and a linear classifier was fitted "
    "to its maps, in one step without epochs."
)


def baselines(source: Source) -> Iterator[Block]:
    """Trivial methods beside this inspector."""
    metrics = source.metrics
    section = metrics.get("baselines")
    if not section:
        return
    judges = {"this inspector": metrics, **{_JUDGES[key]: row for key, row in section.items()}}
    by_rank = all(_there(row, "roc_auc") for row in judges.values())
    names = ["roc_auc" if by_rank else "accuracy"]
    few = too_few_parts(metrics)
    head = tuple(h for n in names for h in (_HEADS[n], "95 % interval"))
    rows = tuple(
        (name, *(cell for n in names for cell in figure(n, row[n], few=few)))
        for name, row in judges.items()
    )  # fmt: skip
    yield Table(("method", *head), rows, frozenset(range(1, len(head) + 1)),
                "This inspector, and trivial methods")  # fmt: skip
    yield from _beaten(metrics, section, names[-1])
    yield Paragraph(_WHY, soft=True)


_HEADS = {"accuracy": "accuracy", "roc_auc": "ROC AUC"}


def _there(row: Mapping[str, Any], name: str) -> bool:
    rate = row.get(name)
    return isinstance(rate, Mapping) and rate["value"] is not None


def _beaten(metrics: dict[str, Any], section: dict[str, Any], name: str) -> Iterator[Block]:
    """Which baseline the inspector does not beat, or not provably."""
    own = metrics[name]
    own_best = own["value"] >= 1  # nothing is better than without an error
    better = [
        _JUDGES[key]
        for key, row in section.items()
        if row[name]["value"] >= own["value"] and not own_best
    ]
    near = [
        _JUDGES[key]
        for key, row in section.items()
        if _JUDGES[key] not in better and (own["low"] is None or own["low"] <= row[name]["value"])
    ]
    if better:
        what = f"By {_HEADS[name]}, this inspector is no better than {listed(better)}. "
        yield Paragraph((what, bold("Do not release it.")))
    if near:
        text = f"By {_HEADS[name]}, it is not provably better than {listed(near)}."
        yield Paragraph(capital(text))


def training(source: Source) -> Iterator[Block]:
    """Curves over the epochs, or what stands in for them."""
    rows = source.history
    if not rows:
        return
    best = min(rows, key=lambda row: row["val_loss"])
    if len(rows) == 1:
        yield Paragraph(_STEP)
    elif curves := source.figure("curves"):
        yield Picture(curves, "Loss and accuracy over epochs, for training and validation")
        yield Paragraph(
            f"The weights are those of epoch {best['epoch']:.0f} of {len(rows)}, where the loss on "
            "validation photos, which were not trained on, is lowest."
        )
    table: list[tuple[Text, ...]] = [
        (name, percent(best[f"{split}_accuracy"]), f"{best[f'{split}_loss']:.3f}")
        for split, name in (("train", "training"), ("val", "validation"))
    ]
    yield Table(("photos", "judged correctly", "loss (0 is perfect)"), tuple(table),
                frozenset({1, 2}), "What was learned, at a threshold of 0.5")  # fmt: skip
    yield Paragraph(
        "Much better figures in training than in validation mean that the network has memorised "
        "its photos: more parts would help more than a longer training.",
        soft=True,
    )
