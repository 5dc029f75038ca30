"""2 Photos: what there is, how many parts they show, and what the audit found."""

from collections.abc import Iterator
from typing import Any

from okng.evaluation.report.blocks import (
    Block,
    Bullets,
    Name,
    Paragraph,
    Section,
    Table,
    Text,
    bold,
    code,
    marked,
)
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.wording import names_of_checks
from okng.wording import fault_in_words, finding_in_words, mark, number, phrase, translated

_SHOWN = 10
_SPLITS = {"train": mark("training"), "val": mark("validation"), "test": mark("test")}


def sections(source: Source) -> Iterator[Section]:
    """The photos, where they were audited."""
    if source.audit is None:
        text = mark("These photos were judged as they are; no audit of them stands in this folder.")
        yield Section("Photos", (Paragraph(text),))
    else:
        yield Section("Photos", tuple(_audited(source.audit, source.metrics["classes"])))


def _audited(audit: dict[str, Any], classes: list[str]) -> Iterator[Block]:
    summary = audit["summary"]
    yield _counts(summary["counts"], classes)
    text = mark("The {photos:photos} show {parts:parts} as far as known.")
    if summary["parts_by_class"]:
        text = mark("The {photos:photos} show {parts:parts} as far as known: {classes:parts_of}.")
    shown = phrase(
        text,
        photos=summary["photos"],
        parts=summary["parts"],
        classes=list(summary["parts_by_class"].items()),
    )
    yield Paragraph(f"{shown} {_results(audit)}")
    lists = {"unreadable": _unreadable, "label_conflicts": _conflicts}
    for finding in audit["findings"]:
        words = finding_in_words(finding)
        yield Paragraph((bold(words.what), " ", *marked(words.advice)))
        rows = audit.get(finding["check"])
        if rows and finding["check"] in lists:
            yield _list(map(lists.pop(finding["check"]), rows))


def _unreadable(photo: dict[str, str]) -> Text:
    return (code(photo["path"]), f": {fault_in_words(photo.get('fault', ''), photo['reason'])}")


def _conflicts(pair: dict[str, str]) -> Text:
    and_ = translated(" and ")
    names = f" ({pair['label_a']}){and_}", f" ({pair['label_b']})"
    return (code(pair["a"]), names[0], code(pair["b"]), names[1])


def _counts(counts: dict[str, dict[str, int]], classes: list[str]) -> Table:
    rows = [
        (translated(_SPLITS.get(split, split or "none")),
         *(number(labels.get(c, 0), ",") for c in classes), number(sum(labels.values()), ","))
        for split, labels in counts.items()
    ]  # fmt: skip
    columns = frozenset(range(1, len(classes) + 2))
    head = (mark("split"), *map(Name, classes), mark("all"))
    return Table(head, tuple(rows), columns, mark("Photos by split and class"))


def _results(audit: dict[str, Any]) -> str:
    facts = (
        (len(audit["unreadable"]), mark("{photos:,} could not be read")),
        (len(audit["exact_duplicates"]), mark("{photos:,} are equal copies")),
        (
            len(audit["label_conflicts"]),
            mark("{photos:,} are labelled unlike other photos of the same part"),
        ),
    )
    if counts := ", ".join(phrase(text, photos=photos) for photos, text in facts if photos):
        return phrase("Of these, {counts}.", counts=counts)
    text = mark("The audit looked for {checks}; this stands out:")
    if not audit["findings"]:
        text = mark("The audit looked for {checks}; nothing was found.")
    return phrase(text, checks=names_of_checks(audit["summary"]["checked"]))


def _list(items: Any) -> Bullets:
    rows = tuple(items)
    if len(rows) <= _SHOWN:
        return Bullets(rows)
    more = phrase("and {more:,} more, see audit.json", more=len(rows) - _SHOWN)
    return Bullets((*rows[:_SHOWN], more))
