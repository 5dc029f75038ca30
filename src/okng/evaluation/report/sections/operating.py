"""The operating point: why this threshold, what others would mean, how firmly it stands."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from okng.evaluation.report.blocks import (
    Block,
    Explorer,
    Paragraph,
    Picture,
    Table,
    as_block,
    starred,
)
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.threshold_table import ThresholdTable, threshold_table
from okng.evaluation.report.wording import percent, range_of, texts
from okng.wording import counted, mark, number, phrase, reasons_in_words, translated
from okng.wording.plural import Plural

_ROUNDING = 1e-9  # a weight that differs from 1 by no more is 1
_ALLOWED = (0.01, 0.02, 0.05, 0.1)
FALSE_REJECT = Plural("false reject", "false rejects", "number")
_COSTS = mark(
    "The costs shown first are those by which the threshold in use was chosen, if so many parts "
    "are defective; put in your own."
)
_NO_COSTS = mark("The threshold in use was not chosen by these costs; put in your own.")
_NOT_CHOSEN = {"given", "default"}
_CHOSEN = mark("The threshold was chosen on other photos than these.")
_NOT_HERE = mark(
    "Another threshold that is picked by what it does to these photos needs new parts to prove it."
)


def operating_point(source: Source) -> Iterator[Block]:
    """Threshold, reason, and what other thresholds would have meant on this sample."""
    metrics = source.metrics
    if metrics["ok_class"] is None:
        return
    point = metrics.get("operating_point", {})
    text = mark("A part with a defect score of **{threshold:.4f}** or more is NG.")
    if reason := point.get("reason"):
        text = mark("A part with a defect score of **{threshold:.4f}** or more is NG ({reason}).")
        reason = reasons_in_words(reason)
    yield Paragraph(starred(phrase(text, threshold=metrics["threshold"], reason=reason)))
    chosen = "" if point.get("policy") in _NOT_CHOSEN else f"{translated(_CHOSEN)} "
    yield Paragraph(f"{chosen}{translated(_NOT_HERE)}")
    if scores := source.figure("scores"):
        alt = mark("Histogram of defect scores of good and defective parts, with the threshold")
        yield Picture(scores, alt, width=0.8)
    yield from _explorer(source)
    yield from _alternatives(metrics)
    both = "validation" in (metrics.get("curves") or {})
    if picture := source.figure("thresholds"):
        alt = mark("Escape rate, overkill rate and cost over the threshold")
        yield Picture(picture, alt, width=1.0 if both else 0.7)
    if picture := source.figure("roc"):
        yield Picture(picture, mark("ROC curve, and precision over recall"))


def stability(source: Source) -> Iterator[Block]:
    """How far the threshold moves when validation is drawn anew."""
    section = source.metrics.get("threshold_stability")
    if section:
        yield as_block(texts(section))


def review(source: Source) -> Iterator[Block]:
    """How much a person has to look at so that less slips through."""
    curve = (source.metrics.get("curves") or {}).get("review")
    if not curve or not curve["review_rate"]:
        return
    text = mark(
        "When a person looks at the parts whose scores lie nearest to the threshold, the machine "
        "makes fewer errors alone. What each share of parts would buy, counted on validation "
        "photos, each part counting once:"
    )
    yield Paragraph(text)
    rates = np.array(curve["review_rate"])
    places = sorted({int(np.abs(rates - share).argmin()) for share in (0, 0.02, 0.05, 0.1, 0.2)})
    rows = tuple(
        (percent(rates[i]), _band(curve["review_low"][i], curve["review_high"][i]),
         percent(curve["escape_rate"][i]), percent(curve["overkill_rate"][i]))
        for i in places
    )  # fmt: skip
    head = (mark("sent to a person"), mark("scores"), mark("escape rate left"),
            mark("overkill rate left"))  # fmt: skip
    yield Table(head, rows, frozenset(range(4)), mark("Review bands that could be chosen"))
    if picture := source.figure("review"):
        yield Picture(
            picture, mark("Escapes and overkill left over the share sent to a person"), 0.7
        )


def _band(low: float, high: float) -> str:
    return range_of(low, high, ".4f") if low < high else translated("none")


def _explorer(source: Source) -> Iterator[Block]:
    scores = source.scores
    if scores is None or not 0 < scores.is_defective.sum() < len(scores):
        return
    costs = (source.metrics.get("settings") or {}).get("operating_point", {})
    curves = source.metrics.get("curves") or {}
    table = threshold_table(
        scores,
        source.metrics["threshold"],
        cost_escape=costs.get("cost_escape") or curves.get("cost_escape", 1.0),
        cost_overkill=costs.get("cost_overkill") or curves.get("cost_overkill", 1.0),
    )
    by_cost = source.metrics.get("operating_point", {}).get("policy") == "lowest cost"
    note = f"{translated(_COSTS if by_cost else _NO_COSTS)} {_per_part(table)}"
    yield Explorer(asdict(table), _table(table), note)


def _per_part(table: ThresholdTable) -> str:
    """Why the first cost of an escape is not the weight that the policy was given."""
    share, escape = table.costs["share"], table.costs["escape"]
    overkill = table.costs["overkill"]
    weight = escape / overkill * share / (1000 - share)
    text = mark(
        "{escape:g} = {weight:g} times {good:g} good / {defective:g} defective parts per 1,000: "
        "rates that weigh {weight:g} to 1 are costs of {escape:g} to {overkill:g} per part."
    )
    if abs(weight - 1) < _ROUNDING:
        text = mark(
            "{escape:g} = {good:g} good / {defective:g} defective parts per 1,000: rates that "
            "weigh {weight:g} to 1 are costs of {escape:g} to {overkill:g} per part."
        )
    good = 1000 - share
    return phrase(text, escape=escape, weight=weight, good=good, defective=share, overkill=overkill)


def _table(table: ThresholdTable) -> Table:
    """The threshold in use, and others that a reader is likely to ask for."""
    overkill = np.array(table.overkills) / table.good
    wanted = {table.start: translated("in use")}
    without = np.flatnonzero(np.array(table.escapes) == 0)
    if len(without):
        wanted.setdefault(int(without[-1]), translated("no escape on this sample"))
    for allowed in _ALLOWED:
        places = np.flatnonzero(overkill <= allowed)
        if len(places):
            wanted.setdefault(
                int(places[0]), phrase("overkill of at most {share:short}", share=allowed)
            )
    rows = tuple(
        (name, number(table.thresholds[i], ".4f"), number(table.escapes[i], ","),
         percent(table.escapes[i] / table.defective), percent(table.bounds[i]),
         number(table.overkills[i], ","), percent(overkill[i]))
        for i, name in sorted(wanted.items())
    )  # fmt: skip
    head = ("threshold", "at", "escapes", "escape rate", "at most (95 %)", "overkills",
            "overkill rate")  # fmt: skip
    caption = phrase(
        "Other thresholds on this sample: {defective:photos} of defective parts, {good:,} of good "
        "ones",
        defective=table.defective,
        good=table.good,
    )
    return Table(head, rows, frozenset(range(1, 7)), caption,
                 widths=(0.25, 0.11, 0.12, 0.13, 0.13, 0.13, 0.13))  # fmt: skip


def _alternatives(metrics: dict[str, Any]) -> Iterator[Block]:
    if not metrics.get("alternatives"):
        return
    text = mark(
        "The threshold if an escape is n times as bad as a false reject, and the rates that it "
        "has on the photos it was chosen on. Each photo of a defective part weighs as much as one "
        "of a good part, whatever their share on the line."
    )
    yield Paragraph(text)
    rows = tuple(
        (_weighed(row["cost_ratio"]), number(row["threshold"], ".4f"),
         percent(row["escape_rate"]), percent(row["overkill_rate"]))
        for row in metrics["alternatives"]
    )  # fmt: skip
    head = (mark("an escape is as bad as"), "threshold", "escape rate", "overkill rate")
    yield Table(head, rows, frozenset({1, 2, 3}),
                mark("Threshold if an escape is n times as bad as a false reject"),
                widths=(0.4, 0.2, 0.2, 0.2))  # fmt: skip


def _weighed(ratio: float) -> str:
    return counted(round(ratio), "false reject", "false rejects")
