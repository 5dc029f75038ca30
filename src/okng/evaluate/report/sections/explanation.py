"""Photos with heatmaps, and whether the heatmaps can be believed."""

from collections.abc import Iterator
from typing import Any

from okng.evaluate.report.blocks import (
    Block,
    Bullets,
    Callout,
    Gallery,
    Paragraph,
    Picture,
    Table,
    Text,
)
from okng.evaluate.report.source import Source
from okng.evaluate.report.words import count, percent, with_span

_KINDS = (
    ("miss", ("escape", "overkill", "mix-up"), "misses"),
    ("hit", ("hit",), "surest hits"),
    ("close", ("close",), "closest calls"),
)
_HOW = (
    "Beside each photo stands its heatmap (of the judged class): yellow and red places "
    "spoke most for the verdict. It shows where evidence was, not whether it was a defect, and it "
    "is coarse."
)


_ASKED = (
    "The model file itself was asked. If the heatmap shows what the verdict rests on, the score "
    "must rise quickly when the hottest places are put into a photo of a good part (insertion), "
    "fall quickly when they are taken out (deletion), and the heatmap must become another one when "
    "what was learned is shuffled."
)


def gallery(source: Source) -> Iterator[Block]:
    """Every miss, the surest hits, the closest calls."""
    if not source.cases:
        return
    if not (source.metrics.get("heatmap_check") or {"trusted": True})["trusted"]:
        text = "They did not pass the check of the next section: they may not explain the verdicts."
        yield Callout("Do not read much into the heatmaps", (Paragraph(text),))
    yield Paragraph(_HOW, soft=True)
    for _, kinds, title in _KINDS:
        cases = tuple(case for case in source.cases if case["kind"] in kinds)
        if cases:
            yield Gallery(_title(title, cases, source), source.folder / "gradcam", cases)
        elif "escape" in kinds:
            yield Paragraph("There is no miss on this sample.")


def _title(title: str, cases: tuple[dict[str, Any], ...], source: Source) -> str:
    misses = max(len(cases), _misses(source.metrics))
    if title != "misses":
        return f"The {title}: {len(cases)}"
    if len(cases) < misses:
        return f"Misses: the {len(cases)} worst of {misses:,}; the others stand in scores.csv"
    return f"Every miss: {count(misses, 'photo')}"


def _misses(metrics: dict[str, Any]) -> int:
    if (known := metrics.get("misses")) is not None:
        return int(known)
    cells: list[list[int]] = metrics["confusion_matrix"]
    return sum(sum(row) for row in cells) - sum(row[i] for i, row in enumerate(cells))


def check(source: Source) -> Iterator[Block]:
    """Insertion and deletion, pointing game, randomised weights."""
    found = source.metrics.get("heatmap_check")
    if not found:
        return
    yield Paragraph(_ASKED, soft=True)
    if found["trusted"]:
        yield Paragraph("The heatmaps passed every check that could be made.")
    else:
        failed = Bullets(tuple(found["failed"]))
        yield Callout("These heatmaps are not to be trusted", (failed,))
    passed = tuple(said for said in found["sentences"] if said not in found["failed"])
    if passed:
        yield Bullets(passed)
    if found["photos"]:
        yield _table(found)
        if picture := source.figure("heatmap_check"):
            yield Picture(picture, "Score while the hottest places are put in, or taken out")


def _table(found: dict[str, Any]) -> Table:
    rows: list[tuple[Text, ...]] = []
    for name, better in (("insertion", "higher"), ("deletion", "lower")):
        areas = found[name]
        rows.append(
            (
                f"{name.capitalize()}: mean score on the way ({better} is better)",
                *(f"{areas[order]:.3f}" for order in ("heatmap", "random", "centre")),
            )
        )
    if pointing := found["pointing"]:
        rows.append(
            (
                "The hottest place lies on the defect (photos with a mask)",
                with_span(pointing["rate"]),
                percent(pointing["chance"]),
                percent(pointing["centre"]),
            )
        )
    if found["randomised"] is not None:
        shuffled = found["randomised"]
        alike = f"{shuffled['correlation']:.2f}, passes below {shuffled['limit']:g}"
        said = "nothing is left of it" if shuffled["flat"] == 1 else alike
        name = "Likeness to the heatmap after shuffling (rank correlation)"
        rows.append((name, said, "", ""))
    head = ("check", "heatmap", "places at random", "the middle first")
    caption = f"Check of the heatmaps on {count(found['photos'], 'photo')}"
    widths = (0.43, 0.25, 0.16, 0.16)
    return Table(head, tuple(rows), frozenset({1, 2, 3}), caption, widths)
