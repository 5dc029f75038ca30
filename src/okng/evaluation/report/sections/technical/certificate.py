"""Whether other runtimes, batches, threads and kernels give the same verdicts."""

from collections.abc import Iterator, Sequence

from okng.certification import Certificate, NotTried, Row
from okng.error_codes import Code
from okng.evaluation.report.blocks import (
    Block,
    Bullets,
    Callout,
    Paragraph,
    Table,
    Text,
    code,
    marked,
)
from okng.evaluation.report.inputs import Source
from okng.wording import mark, number, phrase, translated

_HOW = mark(
    "The model file judged {photos:photos} in {setups} further ways, each compared with "
    "onnxruntime on one thread, one photo at a time: {cpu}, {cores} cores, {precision}. A verdict "
    "is OK, NG or REVIEW with its reason, and the type of defect."
)
_NEAREST = mark(
    "Photos whose scores lie nearest to a limit were taken first: theirs are the verdicts that a "
    "small difference would change."
)
_SAME = mark("No verdict differs. Scores differ by up to {largest:.1e}.")
_MARGIN = mark("The score or unfamiliarity nearest to a limit is {margin:.1e} away from it.")
_NARROW = mark(
    "A score or an unfamiliarity lies nearer to its limit than engines, batches, threads and "
    "kernels differ. Another photo like it may get two verdicts. Move the threshold away from it."
)
_DIFFERS = mark(
    "{differing} of {photos:photos} get another verdict. Do not change engine, batch or number of "
    "threads of this model on a line before its threshold lies farther from these scores."
)
_KERNELS = {
    "native": mark("of this CPU"),
    "AVX2": mark("AVX2, without AVX-512"),
    "no-nchwc": mark("without the blocked layout"),
}


def certificate(source: Source) -> Iterator[Block]:
    """What was run, and what differs."""
    if not source.files.certificate.exists():
        return
    made = Certificate.read(source.files.certificate)
    if made.holds:
        yield Paragraph(_outcome(made))
    else:
        text = phrase(_DIFFERS, differing=made.differing, photos=made.photos)
        yield Callout(mark("Verdicts depend on the runtime"), (Paragraph(text), _changed(made)))
    if made.is_narrow:
        yield Callout(mark("A verdict rests on less than runtimes differ"), (Paragraph(_NARROW),))
    yield _table(made)
    if made.not_tried:
        yield Bullets(tuple(map(_left, made.not_tried)))
    yield Paragraph(_explained(made), soft=True)
    name = source.files.certificate.name
    digest = phrase(mark("SHA-256 of {file}, as the model file holds it:"), file=name)
    yield Paragraph((f"{digest} ", code(made.digest)), soft=True)


def _left(left: NotTried) -> Text:
    """What was not tried, and why."""
    reasons = {
        "time": mark("not tried, as a training leaves it little time; `okng certify` does"),
        Code.LIBRARY_MISSING.value: mark("not installed"),
    }
    reason = reasons.get(left.code)
    name = f"{left.runtime}, {translated(_KERNELS[left.kernels.value])}"
    return marked(f"{name}: {translated(reason) if reason else left.reason}")


def _outcome(made: Certificate) -> str:
    text = phrase(_SAME, largest=made.largest_difference)
    if made.nearest_limit is None:
        return text
    return f"{text} {phrase(_MARGIN, margin=made.nearest_limit)}"


def _explained(made: Certificate) -> str:
    text = phrase(
        _HOW,
        photos=made.photos,
        setups=len(made.rows),
        cpu=made.machine.cpu,
        cores=made.machine.cores,
        precision=made.precision,
    )
    return f"{text} {translated(_NEAREST)}" if made.nearest_first else text


def _changed(made: Certificate) -> Bullets:
    """Photos by name, each once."""
    first = {change.photo: change for row in made.rows for change in row.changed}
    return Bullets(tuple(f"{name}: {change.reference} -> {change.verdict}"
                         for name, change in first.items()))  # fmt: skip


def _table(made: Certificate) -> Table:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in made.rows:
        groups.setdefault((row.setup.runtime.value, row.setup.kernels.value), []).append(row)
    head = (
        mark("engine"),
        mark("kernels"),
        mark("CPU threads"),
        mark("photos at once"),
        "photos",
        mark("other verdicts"),
        mark("score, at most"),
        mark("unfamiliarity, at most"),
    )
    rows = tuple(_of_kernels(*names, rows) for names, rows in groups.items())
    caption = mark("Verdicts and scores of each engine against the reference")
    return Table(head, rows, frozenset(range(2, 8)), caption)


def _of_kernels(runtime: str, kernels: str, rows: Sequence[Row]) -> tuple[Text, ...]:
    """All numbers of threads and sizes of batches of one engine and its kernels."""
    threads = sorted({row.setup.threads for row in rows})
    batches = sorted({row.setup.batch for row in rows if row.full_batches})
    return (
        runtime,
        translated(_KERNELS[kernels]),
        ", ".join(map(str, threads)),
        ", ".join(map(str, batches)),
        number(rows[0].photos, ","),
        number(max(row.differing for row in rows), ","),
        number(max(row.largest_score_difference for row in rows), ".1e"),
        number(max(row.largest_unfamiliarity_difference for row in rows), ".1e"),
    )
