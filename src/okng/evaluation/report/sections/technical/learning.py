"""Whether the network learned more than trivial methods give, and how its training went."""

from collections.abc import Iterator, Mapping
from typing import Any

from okng.config import Precision
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
    figure,
    percent,
)
from okng.wording import mark, number, phrase, render, term, translated

_JUDGES = {
    "brightness": mark("brightness alone"),
    "nearest_neighbour": mark("the most similar training photo"),
}
_WHY = mark(
    "ROC AUC is compared, as it does not depend on a threshold. If brightness alone does "
    "nearly as well, the photos of good and bad parts were taken differently. If the most similar "
    "photo does nearly as well, the test may show the same parts as training."
)
_STEP = mark(
    "There is no curve: the pretrained network stayed as it is, and a linear classifier was fitted "
    "to its maps, in one step without epochs."
)


def baselines(source: Source) -> Iterator[Block]:
    """Trivial methods beside this inspector."""
    metrics = source.metrics
    section = metrics.get("baselines")
    if not section:
        return
    judges = {
        translated("this inspector"): metrics,
        **{translated(_JUDGES[key]): row for key, row in section.items()},
    }
    by_rank = all(_there(row, "roc_auc") for row in judges.values())
    names = ["roc_auc" if by_rank else "accuracy"]
    few = too_few_parts(metrics)
    head = tuple(h for n in names for h in (_HEADS[n], "95 % interval"))
    rows = tuple(
        (name, *(cell for n in names for cell in figure(n, row[n], few=few)))
        for name, row in judges.items()
    )  # fmt: skip
    yield Table(("method", *head), rows, frozenset(range(1, len(head) + 1)),
                mark("This inspector, and trivial methods"))  # fmt: skip
    yield from _beaten(metrics, section, names[-1])
    yield Paragraph(_WHY, soft=True)


_HEADS = {"accuracy": mark("accuracy"), "roc_auc": mark("ROC AUC")}


def _there(row: Mapping[str, Any], name: str) -> bool:
    rate = row.get(name)
    return isinstance(rate, Mapping) and rate["value"] is not None


def _beaten(metrics: dict[str, Any], section: dict[str, Any], name: str) -> Iterator[Block]:
    """Which baseline the inspector does not beat, or not provably."""
    own = metrics[name]
    own_best = own["value"] >= 1  # nothing is better than without an error
    better = [
        key for key, row in section.items() if row[name]["value"] >= own["value"] and not own_best
    ]
    near = [
        key
        for key, row in section.items()
        if key not in better and (own["low"] is None or own["low"] <= row[name]["value"])
    ]
    if better:
        text = mark("By {figure}, this inspector is no better than {methods:and}.")
        yield Paragraph((f"{_compared(text, name, better)} ", bold("Do not release it.")))
    if near:
        text = mark("By {figure}, it is not provably better than {methods:and}.")
        yield Paragraph(_compared(text, name, near))


def _compared(text: str, name: str, methods: list[str]) -> str:
    judges = [translated(_JUDGES[method]) for method in methods]
    return phrase(text, figure=translated(_HEADS[name]), methods=judges)


def number_format(source: Source) -> Iterator[Block]:
    """Whether frozen layers compute in INT8 or in float32, and what that was chosen by."""
    if section := source.metrics.get("number_format"):
        yield Paragraph(render(f"trunk_{section['precision']}_{section['reason']}", section))
        if section["precision"] == Precision.INT8:
            yield Paragraph(_FITTED, soft=True)


_FITTED = mark(
    "Classifier, calibration, threshold and unfamiliarity were fitted on what the INT8 layers "
    "give, and every figure of this report is of the file with these layers."
)


def training(source: Source) -> Iterator[Block]:
    """Curves over the epochs, or what stands in for them."""
    rows = source.history
    if not rows:
        return
    best = min(rows, key=lambda row: row["val_loss"])
    if len(rows) == 1:
        yield Paragraph(_STEP)
    elif curves := source.figure("curves"):
        yield Picture(curves, mark("Loss and accuracy over epochs, for training and validation"))
        yield Paragraph(
            phrase(
                "The weights are those of epoch {epoch:.0f} of {epochs}, where the loss on "
                "validation photos, which were not trained on, is lowest.",
                epoch=best["epoch"],
                epochs=len(rows),
            )
        )
    table: list[tuple[Text, ...]] = [
        (term(split), percent(best[f"{split}_accuracy"]), number(best[f"{split}_loss"], ".3f"))
        for split in ("train", "val")
    ]
    yield Table(("photos", mark("judged correctly"), mark("loss (0 is perfect)")), tuple(table),
                frozenset({1, 2}), mark("What was learned, at a threshold of 0.5"))  # fmt: skip
    yield Paragraph(
        mark(
            "Much better figures in training than in validation mean that the network has "
            "memorised its photos: more parts would help more than a longer training."
        ),
        soft=True,
    )
