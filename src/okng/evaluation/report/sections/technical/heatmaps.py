"""Photos with heatmaps, and whether the heatmaps can be believed."""

from collections.abc import Iterator
from typing import Any

from okng.evaluation.report.blocks import (
    Block,
    Bullets,
    Callout,
    Gallery,
    Paragraph,
    Picture,
    Table,
    Text,
)
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.wording import percent, texts, with_span
from okng.wording import mark, number, phrase, translated

_WRONG = ("escape", "overkill", "mix-up")
_KINDS = (
    (_WRONG, mark("More wrong verdicts: {number}"), 6),
    (("hit",), mark("More surest hits: {number}"), 3),
    (("close",), mark("More closest calls: {number}"), 3),
)
"""Kinds of photos, their title in the annex, and how many stand in the results instead."""
_TITLES = {"hit": mark("The surest hits: {number}"), "close": mark("The closest calls: {number}")}
_WORST = 3  # photos on the first page
_HOW = mark(
    "Beside each photo stands the evidence for defective, whatever the verdict, on one scale for "
    "all photos. Clear places have no more of it than nearly all good parts; the outline goes "
    "round the hottest region, and is grey where no place stands out. It shows where evidence "
    "was, not whether it was a defect, and it is coarse."
)


_ASKED = mark(
    "The model file itself was asked. If the heatmap shows what the verdict rests on, the score "
    "must rise quickly when the hottest places are put into a photo of a good part (insertion), "
    "fall quickly when they are taken out (deletion), and the heatmap must become another one when "
    "what was learned is shuffled."
)


def worst(source: Source) -> Iterator[Block]:
    """The worst three photos, for the first page: wrong verdicts, then the closest calls."""
    wrong = _mixed([case for case in source.cases if case["kind"] in _WRONG])
    narrow = [case for case in source.cases if case["kind"] == "close"]
    shown = [*wrong, *narrow][:_WORST]
    if not shown:
        return
    name = "The worst photos" if wrong else "No wrong verdict; the closest calls"
    folded = not _trusted(source)
    yield Gallery(name, source.files.gradcam, tuple(shown), folded=folded, controls=False)


def _mixed(wrong: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The worst of each kind in turn, escapes first."""
    of = [[case for case in wrong if case["kind"] == kind] for kind in _WRONG]
    longest = max(map(len, of))
    turns = [cases[n] for n in range(longest) for cases in of if n < len(cases)]
    return sorted(turns[:_WORST], key=lambda case: _WRONG.index(case["kind"]))


def _trusted(source: Source) -> bool:
    return bool((source.metrics.get("heatmap_check") or {"trusted": True})["trusted"])


def gallery(source: Source) -> Iterator[Block]:
    """The worst wrong verdicts, the surest hits, the closest calls: twelve photos at most."""
    if not source.cases:
        return
    if _trusted(source):
        yield Paragraph(_HOW, soft=True)
    else:
        text = mark(
            "They did not pass their check (see the annex), so they may not explain the verdicts. "
            "They are folded away below each photo."
        )
        yield Callout("Do not read much into the heatmaps", (Paragraph(text),))
    for kinds, _, most in _KINDS:
        cases = tuple(case for case in source.cases if case["kind"] in kinds)
        if cases:
            yield _gallery(_title(kinds[0], cases, most, source), cases[:most], source)
        elif "escape" in kinds:
            yield Paragraph(mark("There is no wrong verdict on this sample."))


def more(source: Source) -> Iterator[Block]:
    """The photos beyond those, for the annex."""
    for kinds, title, most in _KINDS:
        cases = tuple(case for case in source.cases if case["kind"] in kinds)[most:]
        if cases:
            yield _gallery(phrase(title, number=len(cases)), cases, source)


def _gallery(name: str, cases: tuple[dict[str, Any], ...], source: Source) -> Gallery:
    return Gallery(name, source.files.gradcam, cases, folded=not _trusted(source))


def _title(kind: str, cases: tuple[dict[str, Any], ...], most: int, source: Source) -> str:
    shown = min(len(cases), most)
    if kind in _TITLES:
        return phrase(_TITLES[kind], number=shown)
    wrong = max(len(cases), _wrong(source.metrics))
    if shown == wrong:
        return phrase("Every wrong verdict: {photos:photos}", photos=wrong)
    return phrase("Wrong verdicts: the {shown} worst of {wrong:,}", shown=shown, wrong=wrong)


def _wrong(metrics: dict[str, Any]) -> int:
    if (known := metrics.get("misses")) is not None:
        return int(known)
    cells: list[list[int]] = metrics["confusion_matrix"]
    return sum(sum(row) for row in cells) - sum(row[i] for i, row in enumerate(cells))


def check(source: Source) -> Iterator[Block]:
    """Insertion and deletion, pointing game, randomised weights."""
    section = source.metrics.get("heatmap_check")
    if not section:
        return
    yield Paragraph(_ASKED, soft=True)
    if section["trusted"]:
        yield Paragraph("The heatmaps passed every check that could be made.")
    else:
        failed = Bullets(tuple(texts(section, "failed", "failed_messages")))
        yield Callout("These heatmaps are not to be trusted", (failed,))
    if passed := tuple(_passed(section)):
        yield Bullets(passed)
    if section["photos"]:
        yield _table(section)
        if picture := source.figure("heatmap_check"):
            yield Picture(picture, mark("Score while the hottest places are put in, or taken out"))


def _passed(section: dict[str, Any]) -> list[str]:
    """Conclusions of the checks that were passed."""
    failed = texts(section, "failed", "failed_messages")
    return [sentence for sentence in texts(section) if sentence not in failed]


def _table(section: dict[str, Any]) -> Table:
    rows: list[tuple[Text, ...]] = []
    for name, text in (
        ("insertion", mark("Insertion: mean score on the way (higher is better)")),
        ("deletion", mark("Deletion: mean score on the way (lower is better)")),
    ):
        areas = (number(section[name][order], ".3f") for order in ("heatmap", "random", "centre"))
        rows.append((translated(text), *areas))
    if pointing := section["pointing"]:
        rows.append(
            (
                translated("The hottest place lies on the defect (photos with a mask)"),
                with_span(pointing["rate"]),
                percent(pointing["chance"]),
                percent(pointing["centre"]),
            )
        )
    if section["randomised"] is not None:
        shuffled = section["randomised"]
        text = mark("{correlation:.2f}, passes below {limit:g}")
        alike = phrase(text, correlation=shuffled["correlation"], limit=shuffled["limit"])
        correlation = translated("nothing is left of it") if shuffled["flat"] == 1 else alike
        name = translated("Likeness to the heatmap after shuffling (rank correlation)")
        rows.append((name, correlation, "", ""))
    head = (mark("check"), mark("heatmap"), mark("places at random"), mark("the middle first"))
    caption = phrase("Check of the heatmaps on {photos:photos}", photos=section["photos"])
    widths = (0.43, 0.25, 0.16, 0.16)
    return Table(head, tuple(rows), frozenset({1, 2, 3}), caption, widths)
