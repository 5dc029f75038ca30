"""1 Task: what is told apart, what counts as an error, and what only the user can know."""

from collections.abc import Iterator

from okng.evaluation.report.blocks import Section, Table, facts
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.wording import listed

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
        rows.append(("Classes", f"{listed(classes)}; there is no class of good parts"))
        rows.append(("An error is", "a photo whose type was named wrongly"))
        return facts(rows, caption="The task")
    defects = [name for name in classes if name != ok]
    rows += [
        ("Good parts", f"class {ok}"),
        ("Defective parts", f"class{'es' if len(defects) > 1 else ''} {listed(defects)}"),
        ("An escape is", "a defective part that gets OK"),
        ("Overkill is", "a good part that gets NG"),
        ("A photo that cannot be judged", "counts as NG"),
    ]
    point = metrics.get("operating_point", {})
    if point.get("review_low") is not None:
        band = f"score from {point['review_low']:.4f} to {point['review_high']:.4f}"
        rows.append(("A person decides", f"{band}: the verdict is REVIEW"))
    return facts(rows, caption="The task")


def _by_hand(has_ok: bool) -> Iterator[Table]:
    rows = [row for row in _BY_HAND if has_ok or "rate" not in row]
    yield blanks(rows, "To be filled in by hand: okng cannot know this")


def blanks(names: list[str] | tuple[str, ...], caption: str) -> Table:
    """Rows that wait for a pen."""
    rows = tuple((name, "") for name in names)
    return Table((), rows, caption=caption, widths=(0.4, 0.6), blank=True)
