"""Warnings of the first page, what the test proves in sentences, and what was not checked."""

from collections.abc import Iterator
from typing import Any

from okng.evaluation.report.blocks import (
    Block,
    Bullets,
    Callout,
    Paragraph,
    Table,
    Text,
    bold,
    marked,
)
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.wording import (
    count,
    name_of_figure,
    names_of_checks,
    texts,
    with_span,
)
from okng.wording import finding_in_words, number, reason_in_words, translated

_LEAKED = ("accuracy", "recall", "precision", "escape_rate", "overkill_rate")
_COPIES = (
    " Rotated, mirrored or re-encoded copies of one part on both sides of the split would make "
    "every figure here too good."
)


def proof(source: Source) -> Iterator[Block]:
    """What this test proves, in sentences."""
    metrics = source.metrics
    if not metrics.get("proves"):
        return
    if leaked := metrics["leakage"]["photos"]:
        nothing = translated(
            "Nothing about new parts: {leaked} of {photos} photos show parts that training used."
        ).format(leaked=number(leaked, ","), photos=number(metrics["photos"], ","))
        yield Paragraph((bold(nothing), " What follows would hold if it had not:"))
    yield Bullets(tuple(texts(metrics, "proves", "proves_messages")))


def unchecked(source: Source) -> Iterator[Block]:
    """What nobody looked for."""
    audit = source.audit
    if audit is None:
        missing = (
            "The photos were not audited: copies of one part, labels and shortcuts are unknown."
        )
        yield Paragraph((bold(missing), _COPIES))
        return
    summary = audit["summary"]
    if not summary["not_checked"]:
        return
    checked = translated("The photos were checked for {checks}. ").format(
        checks=names_of_checks(summary["checked"])
    )
    missing = " ".join(
        translated("Not looked for: {check} ({reason}).").format(
            check=names_of_checks([check]), reason=reason_in_words(reason)
        )
        for check, reason in summary["not_checked"].items()
    )
    near = "near_duplicates" in summary["not_checked"]
    yield Paragraph((checked, bold(missing), _COPIES if near else ""))


def warnings(source: Source) -> Iterator[Block]:
    """What must not be overlooked, before any figure."""
    metrics = source.metrics
    if metrics["leakage"]["photos"]:
        yield Callout("Do not quote these figures: the split leaks", tuple(_leak(metrics)))
    serious = [f for f in (source.audit or {}).get("findings", []) if f["severity"] == "serious"]
    shown = [f for f in serious if not (metrics["leakage"]["photos"] and f["check"] == "leaks")]
    if shown:
        words = [finding_in_words(finding) for finding in shown]
        items: list[Text] = [(bold(each.what), " ", *marked(each.advice)) for each in words]
        yield Callout("Before you read the figures: the photos", (Bullets(tuple(items)),))
    if metrics.get("warnings"):
        yield Callout(
            "Read with the figures",
            (Bullets(tuple(texts(metrics, "warnings", "warning_messages"))),),
        )
    if metrics["errors"]:
        names = ", ".join(metrics["errors"][:5])
        text = translated("{photos} could not be judged and count as NG").format(
            photos=count(len(metrics["errors"]), "photo")
        )
        yield Callout(text, (Paragraph(f"{names}{' ...' if len(metrics['errors']) > 5 else ''}"),))


def _leak(metrics: dict[str, Any]) -> Iterator[Block]:
    leak = metrics["leakage"]
    yield Paragraph(
        translated(
            "{leaked} of {photos} test photos show parts that training or validation used (looked "
            "for: {checks}). The figures below are those of the split as given."
        ).format(
            leaked=number(leak["photos"], ","),
            photos=number(metrics["photos"], ","),
            checks=", ".join(map(translated, leak["checked"])),
        )
    )
    clean = leak.get("without_leaked")
    if clean:
        rows = tuple(
            (name_of_figure(n), with_span(metrics[n]), with_span(clean[n])) for n in _LEAKED
        )
        given = translated("as given ({photos})").format(photos=count(metrics["photos"], "photo"))
        without = translated("without leaked photos ({photos})").format(
            photos=number(clean["photos"], ",")
        )
        yield Table(("figure", given, without), rows, caption="With and without leaked photos")
