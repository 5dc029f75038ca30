"""1 Task: what is told apart, what counts as an error, and what only the user can know."""

from collections.abc import Iterator

from okng.evaluation.report.blocks import Section, Table, facts
from okng.evaluation.report.inputs import Source
from okng.wording import mark, phrase, translated

_BY_HAND = ("Part and drawing number", "Defects in scope, and where they are specified",
            "Escape rate that must not be exceeded", "Overkill rate that must not be exceeded",
            "What happens to parts with NG and REVIEW")  # fmt: skip


def sections(source: Source) -> Iterator[Section]:
    """The task."""
    metrics = source.metrics
    yield Section("Task", (_facts(source), *_by_hand(bool(metrics["ok_class"]))))


def _facts(source: Source) -> Table:
    metrics = source.metrics
    ok, classes = metrics["ok_class"], metrics["classes"]
    rows = [("Inspector", str(metrics.get("model", {}).get("name", source.name)))]
    if ok is None:
        names = phrase("{classes:and}; there is no class of good parts", classes=classes)
        rows.append((mark("Classes"), names))
        rows.append((mark("An error is"), translated("a photo whose type was named wrongly")))
        return facts(rows, caption=mark("The task"))
    defects = [name for name in classes if name != ok]
    several = mark("classes {names:and}") if len(defects) > 1 else mark("class {name}")
    rows += [
        ("Good parts", phrase("class {name}", name=ok)),
        ("Defective parts", phrase(several, names=defects, name=defects[0])),
        ("An escape is", translated("a defective part that gets OK")),
        ("Overkill is", translated("a good part that gets NG")),
        ("A photo that cannot be judged", translated("counts as NG")),
    ]
    point = metrics.get("operating_point", {})
    if point.get("review_low") is not None:
        text = mark("score from {low:.4f} to {high:.4f}: the verdict is REVIEW")
        band = phrase(text, low=point["review_low"], high=point["review_high"])
        rows.append((mark("A person decides"), band))
    return facts(rows, caption=mark("The task"))


def _by_hand(has_ok: bool) -> Iterator[Table]:
    rows = [row for row in _BY_HAND if has_ok or "rate" not in row]
    yield blanks(rows, mark("To be filled in by hand: okng cannot know this"))


def blanks(names: list[str] | tuple[str, ...], caption: str) -> Table:
    """Rows that wait for a pen."""
    rows = tuple((name, "") for name in names)
    return Table((), rows, caption=caption, widths=(0.4, 0.6), blank=True)
