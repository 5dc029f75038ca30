"""2 Photos: what there is, how many parts they show, and what the audit found."""

from collections.abc import Iterator
from typing import Any

from okng.evaluation.report.blocks import (
    Block,
    Bullets,
    Paragraph,
    Section,
    Table,
    Text,
    bold,
    code,
    marked,
)
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.wording import count, names_of_checks

_SHOWN = 10
_SPLITS = {"train": "training", "val": "validation", "test": "test"}


def sections(source: Source) -> Iterator[Section]:
    """The photos, where they were audited."""
    if source.audit is None:
        text = "These photos were judged as they are; no audit of them stands in this folder."
        yield Section("Photos", (Paragraph(text),))
    else:
        yield Section("Photos", tuple(_audited(source.audit, source.metrics["classes"])))


def _audited(audit: dict[str, Any], classes: list[str]) -> Iterator[Block]:
    summary = audit["summary"]
    yield _counts(summary["counts"], classes)
    parts = ", ".join(f"{n:,} of {name}" for name, n in summary["parts_by_class"].items())
    yield Paragraph(
        f"The {count(summary['photos'], 'photo')} show {count(summary['parts'], 'part')} as far as "
        f"known{': ' + parts if parts else ''}. {_results(audit)}"
    )
    lists = {"unreadable": _unreadable, "label_conflicts": _conflicts}
    for finding in audit["findings"]:
        yield Paragraph((bold(finding["what"]), " ", *marked(finding["advice"])))
        rows = audit.get(finding["check"])
        if rows and finding["check"] in lists:
            yield _list(map(lists.pop(finding["check"]), rows))


def _unreadable(photo: dict[str, str]) -> Text:
    return (code(photo["path"]), f": {photo['reason']}")


def _conflicts(pair: dict[str, str]) -> Text:
    names = (f" ({pair['label_a']}) and ", f" ({pair['label_b']})")
    return (code(pair["a"]), names[0], code(pair["b"]), names[1])


def _counts(counts: dict[str, dict[str, int]], classes: list[str]) -> Table:
    rows = [
        (_SPLITS.get(split, split or "none"), *(f"{labels.get(c, 0):,}" for c in classes),
         f"{sum(labels.values()):,}")
        for split, labels in counts.items()
    ]  # fmt: skip
    columns = frozenset(range(1, len(classes) + 2))
    return Table(("split", *classes, "all"), tuple(rows), columns, "Photos by split and class")


def _results(audit: dict[str, Any]) -> str:
    facts = (
        (len(audit["unreadable"]), "could not be read"),
        (len(audit["exact_duplicates"]), "are equal copies"),
        (len(audit["label_conflicts"]), "are labelled unlike other photos of the same part"),
    )
    counts = ", ".join(f"{number:,} {what}" for number, what in facts if number)
    if counts:
        return f"Of these, {counts}."
    checked = names_of_checks(audit["summary"]["checked"])
    outcome = "this stands out" if audit["findings"] else "nothing was found"
    return f"The audit looked for {checked}; {outcome}{':' if audit['findings'] else '.'}"


def _list(items: Any) -> Bullets:
    rows = tuple(items)
    more = (f"and {len(rows) - _SHOWN:,} more, see audit.json",) if len(rows) > _SHOWN else ()
    return Bullets((*rows[:_SHOWN], *more))
