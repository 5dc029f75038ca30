"""The first page: may it be used, what was measured, what comes next, and who signs."""

from collections.abc import Iterator
from typing import Any

from okng.evaluation.decision import (
    Evidence,
    State,
    bound_of,
    decide,
    evidence_of,
    next_steps,
    worst_type,
)
from okng.evaluation.report import heading
from okng.evaluation.report.blocks import (
    Beside,
    Block,
    Box,
    Card,
    Cards,
    Paragraph,
    Steps,
    Table,
    Text,
    bold,
    marked,
    soft,
)
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.sections.summary.signatures import signatures
from okng.evaluation.report.sections.technical.heatmaps import worst
from okng.evaluation.report.sections.verdicts import matrix
from okng.evaluation.report.sections.warnings import warnings
from okng.evaluation.report.wording import (
    HEADLINE,
    count,
    meaning_of_figure,
    name_of_figure,
    percent,
)
from okng.wording import mark, number, translated

_COLOURS = {State.MET: "met", State.OPEN: "open", State.FAILED: "failed",
            State.NO_EVIDENCE: "failed"}  # fmt: skip
_METHOD = mark(
    "Each bound holds with 95 % confidence, one-sided, by the exact method of Clopper and Pearson"
    "; photos of one part count as one piece of evidence."
)
_ASIDE = ("escape_rate", "overkill_rate", "accuracy")


def blocks(source: Source) -> tuple[Block, ...]:
    """The decision first; warnings before any figure: nobody shall quote one unread."""
    evidence = evidence_of(source.metrics)
    return (
        _decision(source),
        *warnings(source),
        *_figures(source, evidence),
        _matrix_and_photos(source, evidence),
        *_next(source),
        *signatures(source),
    )


def _decision(source: Source) -> Box:
    decision = decide(source.metrics)
    state = decision.state
    if state is State.MET and source.serious:
        state = State.OPEN
    title = decision.title
    if state is not decision.state:
        title = translated("Proven, but read the warnings")
    texts: list[Block] = [Paragraph(marked(sentence)) for sentence in decision.sentences]
    texts.append(Paragraph(soft(heading.good_class(source))))
    return Box(
        _COLOURS[state],
        translated("May it be used? {decision}.").format(decision=title),
        tuple(texts),
    )


def _figures(source: Source, evidence: Evidence) -> Iterator[Block]:
    metrics = source.metrics
    cards = _of_types(source, evidence) if metrics["ok_class"] is None else _cards(source, evidence)
    if not cards:
        return
    yield Cards(cards)
    where = (
        translated(
            "These figures are of all {parts} outside of the test, each judged by a classifier "
            "that never saw it; the small test stands below. "
        ).format(parts=count(evidence.parts, "part"))
        if evidence.folded
        else ""
    )
    yield Paragraph(f"{where}{translated(_METHOD)}", soft=True)
    if evidence.folded:
        yield _both(metrics, evidence)


def _cards(source: Source, evidence: Evidence) -> tuple[Card, ...]:
    flaw = translated("; the split leaks") if source.metrics["leakage"]["photos"] else ""
    return tuple(
        Card(name_of_figure(name), percent(rate["value"]), _bound(name, rate),
             meaning_of_figure(name) + flaw)
        for name in HEADLINE
        if (rate := evidence.figures.get(name) or {}).get("value") is not None
    )  # fmt: skip


def _of_types(source: Source, evidence: Evidence) -> tuple[Card, ...]:
    """Accuracy, the worst type, and the mean over types: there are no escapes to count."""
    rate = evidence.figures["accuracy"]
    if rate["value"] is None:
        return ()
    cards = [Card(translated("Accuracy"), percent(rate["value"]), _bound("accuracy", rate),
                  translated("photos whose type was named correctly"))]  # fmt: skip
    if lowest := worst_type(source.metrics):
        name, recall = lowest
        end = "" if recall["low"] is None else _bound("recall", recall)
        cards.append(Card(translated("Worst type"), percent(recall["value"]), end,
                          translated("{name}: {photos}, named correctly").format(
                              name=name, photos=count(recall["n"], "photo"))))  # fmt: skip
    mean = (evidence.figures.get("recall") or {}).get("value")
    if mean is not None:
        cards.append(
            Card(
                translated("Mean recall"),
                percent(mean),
                "",
                translated("mean of the types, each weighing 1"),
            )
        )
    return tuple(cards)


def _bound(name: str, rate: Any) -> str:
    bound = bound_of(name, rate)
    if bound is None:
        return ""
    upper = name in {"escape_rate", "overkill_rate"}
    text = translated("at most {bound}") if upper else translated("at least {bound}")
    return text.format(bound=percent(bound))


def _both(metrics: dict[str, Any], evidence: Evidence) -> Table:
    """All parts out of fold, and the test of the model file itself beside them."""

    def cell(name: str, figures: Any) -> str:
        rate = figures.get(name) or {}
        if rate.get("value") is None:
            return translated("none")
        return f"{percent(rate['value'])}, {_bound(name, rate)}"

    names = [n for n in _ASIDE if evidence.figures.get(n)]
    if metrics["ok_class"] is None:
        names = ["accuracy"]
    rows = tuple((name_of_figure(n), cell(n, evidence.figures), cell(n, metrics)) for n in names)
    head = (
        "figure",
        translated("all parts, out of fold ({parts})").format(parts=count(evidence.parts, "part")),
        translated("test of the model file ({parts})").format(
            parts=count(metrics["groups"], "part")
        ),
    )
    return Table(head, rows, caption="All parts out of fold, and the small test")


def _matrix_and_photos(source: Source, evidence: Evidence) -> Beside:
    left: list[Block] = [matrix(source.metrics, evidence)]
    if speed := source.metrics.get("speed"):
        left.append(Paragraph(
            translated(
                "{milliseconds} ms per photo on this PC ({width} x {height} pixels, {threads}, "
                "reading included)."
            ).format(
                milliseconds=number(speed["milliseconds"], ".0f"), width=speed["width"],
                height=speed["height"], threads=count(speed["threads"], "thread"),
            ),
            soft=True,
        ))  # fmt: skip
    return Beside(tuple(left), tuple(worst(source)))


def _next(source: Source) -> Iterator[Block]:
    steps: list[Text] = [marked(step) for step in next_steps(source.metrics, source.serious)]
    yield Paragraph((bold("What to do next"),))
    yield Steps(tuple(steps))
