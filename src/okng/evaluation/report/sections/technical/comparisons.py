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
    bold,
    facts,
)
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.wording import (
    FEW,
    between,
    percent,
    plain,
    texts,
    with_span,
)

_MOST = 50
_LIMITS = (
    "The limits that car makers and their suppliers set for people who judge parts (AIAG, manual "
    "for measurement systems analysis). "
)
_TERMS = (
    "Effectiveness: share of correct verdicts. Miss rate: the escape rate. False alarm rate: the "
    "overkill rate. Kappa: agreement of verdict and truth beyond chance; 1 is perfect, 0 is chance."
)


def acceptance(source: Source) -> Iterator[Block]:
    """Effectiveness, miss rate, false-alarm rate and kappa against the limits of AIAG."""
    section = source.metrics.get("acceptance")
    if not section:
        return
    if source.metrics["leakage"]["photos"]:
        text = "These parts were used in training: no grade of this section counts."
        yield Callout("The split leaks", (Paragraph(text),))
    yield Paragraph(
        (_LIMITS, "Measured: ", bold(section["grade"]), ". Proven with 95 % confidence: ",
         bold(section["grade_of_bound"]), _small(section), f". Counted in {section['unit']}.")
    )  # fmt: skip
    yield Table(
        ("figure", "value", "95 % interval", "acceptable", "marginal", "grade", "proven"),
        tuple(_graded(row, few=too_few_parts(source.metrics)) for row in section["rows"]),
        frozenset({1, 2, 3, 4}),
        "Against the limits of attribute agreement analysis (AIAG)",
        widths=(0.15, 0.09, 0.18, 0.15, 0.13, 0.15, 0.15),
    )
    yield Paragraph(_TERMS, soft=True)
    if len(texts(section)) > 1:
        yield as_block(texts(section)[1:])


def _small(section: dict[str, Any]) -> str:
    """Why less is proven than was measured."""
    return (
        "" if section["grade"] == section["grade_of_bound"] else ", because the test is too small"
    )


def _graded(row: dict[str, Any], *, few: bool) -> tuple[Text, ...]:
    share = row["figure"] != "kappa"

    def shown(value: float | None) -> str:
        if value is None:
            return "none"
        return percent(value) if share else f"{value:.3f}"

    low, high = row["low"], row["high"]
    if few and not share:
        interval = FEW
    elif low is None:
        interval = ""
    else:
        interval = between(low, high) if share else f"{low:.3f} to {high:.3f}"
    limit = "from" if row["better"] == "high" else "up to"
    limits = (
        f"{limit} {100 * row[key]:g} %" if share else f"{limit} {row[key]:g}"
        for key in ("acceptable", "marginal")
    )
    name = plain(row["figure"])
    return (name, shown(row["value"]), interval, *limits, row["grade"], row["grade_of_bound"])


def repeatability(source: Source) -> Iterator[Block]:
    """Several runs over the same parts."""
    section = source.metrics.get("repeatability")
    if not section:
        return
    yield as_block(texts(section))
    rows: list[tuple[Text, Text]] = [
        ("Parts, and runs over them", f"{section['parts']:,} parts, {len(section['runs'])} runs"),
    ]
    for key, name in (("agreement", "All runs give the same verdict"),
                      ("agreement_good", "The same, on good parts"),
                      ("agreement_defective", "The same, on defective parts"),
                      ("against_truth", "All runs are right")):  # fmt: skip
        rows.append((name, with_span(section[key])))
    if section["kappa_between_runs"] is not None:
        rows.append(("Kappa between runs", f"{section['kappa_between_runs']:.3f}"))
    yield facts(rows, caption="Repeatability")
    if flips := section["flips"]:
        yield Table(
            ("part", "in truth", *(f"run {run}" for run in section["runs"])),
            tuple(_flip(flip, section["runs"]) for flip in flips[:_MOST]),
            caption="Parts whose verdict changed between runs",
        )
        if len(flips) > _MOST:
            yield Paragraph(f"And {len(flips) - _MOST:,} more, see metrics.json.", soft=True)


def _flip(flip: dict[str, Any], runs: list[str]) -> tuple[Text, ...]:
    seen = (f"{flip['verdicts'][r]} {flip['scores'][r]:.3f}" if r in flip["verdicts"] else ""
            for r in runs)  # fmt: skip
    return (str(flip["part"]), str(flip["label"]), *seen)


def by_column(source: Source) -> Iterator[Section]:
    """One table per column."""
    for column, section in (source.metrics.get("by") or {}).items():
        title = "By kind of part" if column == "label" else f"By {plain(column)}"
        yield Section(title, tuple(_by(column, section)), level=2)


def _by(column: str, section: dict[str, Any]) -> Iterator[Block]:
    if texts(section):
        yield as_block(texts(section))
    rows = tuple(_of_value(row) for row in section["rows"][:_MOST])
    head = (plain(column), "photos", "parts", "accuracy", "escape rate", "overkill rate")
    yield Table(head, rows, frozenset({1, 2}), f"Figures by {plain(column)}")
    if len(section["rows"]) > _MOST:
        yield Paragraph(f"And {len(section['rows']) - _MOST:,} more, see metrics.json.", soft=True)


def _of_value(row: dict[str, Any]) -> tuple[Text, ...]:
    rates: list[Text] = [with_span(row[k]) for k in ("accuracy", "escape_rate", "overkill_rate")]
    return (str(row["value"]) or "(empty)", f"{row['photos']:,}", f"{row['groups']:,}", *rates)
