"""Acceptance, repeatability, and figures per defect type, station, shift or any other column."""

from collections.abc import Iterator
from typing import Any

from okng.evaluation.decision import too_few_parts
from okng.evaluation.report.blocks import (
    Block,
    Callout,
    Paragraph,
    Section,
    Table,
    Text,
    as_block,
    facts,
    starred,
)
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.wording import (
    FEW,
    between,
    percent,
    plain,
    range_of,
    texts,
    with_span,
)
from okng.wording import mark, number, percent_in_short, phrase, term, translated

_MOST = 50
_LIMITS = mark(
    "The limits that car makers and their suppliers set for people who judge parts (AIAG, manual "
    "for measurement systems analysis)."
)
_UNITS = mark("Counted in photos, with intervals over parts.")
_TERMS = mark(
    "Effectiveness: share of correct verdicts. Miss rate: the escape rate. False alarm rate: the "
    "overkill rate. Kappa: agreement of verdict and truth beyond chance; 1 is perfect, 0 is chance."
)


def acceptance(source: Source) -> Iterator[Block]:
    """Effectiveness, miss rate, false-alarm rate and kappa against the limits of AIAG."""
    section = source.metrics.get("acceptance")
    if not section:
        return
    if source.metrics["leakage"]["photos"]:
        text = mark("These parts were used in training: no grade of this section counts.")
        yield Callout(mark("The split leaks"), (Paragraph(text),))
    grades = phrase(_grades(section), grade=section["grade"], bound=section["grade_of_bound"])
    yield Paragraph((f"{translated(_LIMITS)} ", *starred(grades), f" {translated(_UNITS)}"))
    yield Table(
        (
            "figure",
            "value",
            "95 % interval",
            mark("acceptable"),
            mark("marginal"),
            "grade",
            "proven",
        ),
        tuple(_graded(row, few=too_few_parts(source.metrics)) for row in section["rows"]),
        frozenset({1, 2, 3, 4}),
        mark("Against the limits of attribute agreement analysis (AIAG)"),
        widths=(0.15, 0.09, 0.18, 0.15, 0.13, 0.15, 0.15),
    )
    yield Paragraph(_TERMS, soft=True)
    if len(texts(section)) > 1:
        yield as_block(texts(section)[1:])


def _grades(section: dict[str, Any]) -> str:
    """Both grades; where less is proven than was measured, with the reason."""
    if section["grade"] == section["grade_of_bound"]:
        return mark("Measured: **{grade:term}**. Proven with 95 % confidence: **{bound:term}**.")
    return mark(
        "Measured: **{grade:term}**. Proven with 95 % confidence: **{bound:term}**, because the "
        "test is too small."
    )


def _graded(row: dict[str, Any], *, few: bool) -> tuple[Text, ...]:
    share = row["figure"] != "kappa"

    def shown(value: float | None) -> str:
        if value is None:
            return translated("none")
        return percent(value) if share else number(value, ".3f")

    low, high = row["low"], row["high"]
    if few and not share:
        interval = translated(FEW)
    elif low is None:
        interval = ""
    else:
        interval = between(low, high) if share else range_of(low, high, ".3f")
    text = mark("from {limit}") if row["better"] == "high" else mark("up to {limit}")
    limits = (
        phrase(text, limit=percent_in_short(row[key]) if share else number(row[key], "g"))
        for key in ("acceptable", "marginal")
    )
    grades = term(row["grade"]), term(row["grade_of_bound"])
    return (term(row["figure"]), shown(row["value"]), interval, *limits, *grades)


def repeatability(source: Source) -> Iterator[Block]:
    """Several runs over the same parts."""
    section = source.metrics.get("repeatability")
    if not section:
        return
    yield as_block(texts(section))
    rows: list[tuple[Text, Text]] = [
        (
            mark("Parts, and runs over them"),
            phrase(
                "{parts:,} parts, {runs} runs", parts=section["parts"], runs=len(section["runs"])
            ),
        ),
    ]
    for key, name in (("agreement", mark("All runs give the same verdict")),
                      ("agreement_good", mark("The same, on good parts")),
                      ("agreement_defective", mark("The same, on defective parts")),
                      ("against_truth", mark("All runs are right"))):  # fmt: skip
        rows.append((name, with_span(section[key])))
    if section["kappa_between_runs"] is not None:
        kappa = number(section["kappa_between_runs"], ".3f")
        rows.append((mark("Kappa between runs"), kappa))
    yield facts(rows, caption="Repeatability")
    if flips := section["flips"]:
        yield Table(
            (
                translated("part"),
                "in truth",
                *(phrase("run {name}", name=run) for run in section["runs"]),
            ),
            tuple(_flip(flip, section["runs"]) for flip in flips[:_MOST]),
            caption=mark("Parts whose verdict changed between runs"),
        )
        if len(flips) > _MOST:
            yield _more(len(flips) - _MOST)


def _flip(flip: dict[str, Any], runs: list[str]) -> tuple[Text, ...]:
    seen = (
        f"{flip['verdicts'][r]} {number(flip['scores'][r], '.3f')}" if r in flip["verdicts"] else ""
        for r in runs
    )
    return (str(flip["part"]), str(flip["label"]), *seen)


def by_column(source: Source) -> Iterator[Section]:
    """One table per column."""
    for column, section in (source.metrics.get("by") or {}).items():
        title = "By kind of part"
        if column != "label":
            title = phrase("By {column}", column=plain(column))
        yield Section(title, tuple(_by(column, section)), level=2)


def _by(column: str, section: dict[str, Any]) -> Iterator[Block]:
    if texts(section):
        yield as_block(texts(section))
    rows = tuple(_of_value(row) for row in section["rows"][:_MOST])
    caption = phrase("Figures by {column}", column=plain(column))
    head = (plain(column), "photos", "parts", "accuracy", "escape rate", "overkill rate")
    yield Table(head, rows, frozenset({1, 2}), caption)
    if len(section["rows"]) > _MOST:
        yield _more(len(section["rows"]) - _MOST)


def _more(number: int) -> Paragraph:
    text = mark("And {number:,} more, see metrics.json.")
    return Paragraph(phrase(text, number=number), soft=True)


def _of_value(row: dict[str, Any]) -> tuple[Text, ...]:
    rates: list[Text] = [with_span(row[k]) for k in ("accuracy", "escape_rate", "overkill_rate")]
    value = str(row["value"]) or translated("(empty)")
    return (value, number(row["photos"], ","), number(row["groups"], ","), *rates)
