"""Acceptance, repeatability, and figures per defect type, station, shift or any other column."""

from collections.abc import Iterator
from typing import Any

from okng.evaluate.report.blocks import Block, Bullets, Paragraph, Section, Table, Text, bold
from okng.evaluate.report.source import Source
from okng.evaluate.report.words import percent, plain, with_span

_MOST = 50


def acceptance(source: Source) -> Iterator[Block]:
    """Effectiveness, miss rate, false-alarm rate and kappa against the limits of AIAG."""
    found = source.metrics.get("acceptance")
    if not found:
        return
    proven = ". By what the test proves, the worse end of each interval: "
    yield Paragraph(
        ("By the values: ", bold(found["grade"]), proven, bold(found["grade_of_bound"]),
         f". Counted in {found['unit']}.")
    )  # fmt: skip
    yield Table(
        ("figure", "value", "95 % interval", "acceptable", "marginal", "grade", "proven"),
        tuple(_graded(row) for row in found["rows"]),
        frozenset({1, 2, 3, 4}),
        "Against the limits of attribute agreement analysis (AIAG, MSA manual)",
        widths=(0.2, 0.11, 0.21, 0.12, 0.12, 0.12, 0.12),
    )
    if found["sentences"]:
        yield Bullets(tuple(found["sentences"]))


def _graded(row: dict[str, Any]) -> tuple[Text, ...]:
    def shown(value: float | None) -> str:
        if value is None:
            return "none"
        return f"{value:.3f}" if row["figure"] == "kappa" else percent(value)

    limit = "from " if row["better"] == "high" else "up to "
    interval = "" if row["low"] is None else f"{shown(row['low'])} to {shown(row['high'])}"
    limits = (f"{limit}{shown(row[key])}" for key in ("acceptable", "marginal"))
    name = plain(row["figure"])
    return (name, shown(row["value"]), interval, *limits, row["grade"], row["grade_of_bound"])


def repeatability(source: Source) -> Iterator[Block]:
    """Several runs over the same parts."""
    found = source.metrics.get("repeatability")
    if not found:
        return
    yield Bullets(tuple(found["sentences"]))
    rows: list[tuple[Text, ...]] = [
        ("Parts, and runs over them", f"{found['parts']:,} parts, {len(found['runs'])} runs"),
    ]
    for key, name in (("agreement", "All runs give the same verdict"),
                      ("agreement_good", "The same, on good parts"),
                      ("agreement_defective", "The same, on defective parts"),
                      ("against_truth", "All runs are right")):  # fmt: skip
        rows.append((name, with_span(found[key])))
    if found["kappa_between_runs"] is not None:
        rows.append(("Kappa between runs", f"{found['kappa_between_runs']:.3f}"))
    yield Table(("figure", "value"), tuple(rows), caption="Repeatability", widths=(0.45, 0.55))
    if flips := found["flips"]:
        yield Table(
            ("part", "in truth", *(f"run {run}" for run in found["runs"])),
            tuple(_flip(flip, found["runs"]) for flip in flips[:_MOST]),
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
    for column, found in (source.metrics.get("by") or {}).items():
        title = "By kind of part" if column == "label" else f"By {plain(column)}"
        yield Section(title, tuple(_by(column, found)), level=2)


def _by(column: str, found: dict[str, Any]) -> Iterator[Block]:
    if found["sentences"]:
        yield Bullets(tuple(found["sentences"]))
    rows = tuple(_of_value(row) for row in found["rows"][:_MOST])
    head = (plain(column), "photos", "parts", "accuracy", "escape rate", "overkill rate")
    yield Table(head, rows, frozenset({1, 2}), f"Figures by {plain(column)}")
    if len(found["rows"]) > _MOST:
        yield Paragraph(f"And {len(found['rows']) - _MOST:,} more, see metrics.json.", soft=True)


def _of_value(row: dict[str, Any]) -> tuple[Text, ...]:
    rates: list[Text] = [with_span(row[k]) for k in ("accuracy", "escape_rate", "overkill_rate")]
    return (str(row["value"]) or "(empty)", f"{row['photos']:,}", f"{row['groups']:,}", *rates)
