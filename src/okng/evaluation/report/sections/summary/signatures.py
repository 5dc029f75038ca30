"""Who signs, and the place to sign: on the first page."""

from collections.abc import Iterator

from okng.evaluation.decision import State, decide, in_short
from okng.evaluation.report.blocks import (
    Block,
    Paragraph,
    Table,
    Text,
    bold,
)
from okng.evaluation.report.inputs import Source

_HEAD = ("Who", "Name", "Date", "Signature")
_ROLES = (
    ("Quality manager", ": releases / rejects"),
    ("Production", ": confirms the conditions in section 3"),
    ("ML engineer", ": confirms the file in section 7"),
)
_NAMES = {"escape_rate": "escape rate", "overkill_rate": "overkill rate"}


def signatures(source: Source) -> Iterator[Block]:
    """What was required, who signs what, and which file a signature holds for."""
    digest = str(source.metrics.get("model", {}).get("digest", ""))[:12]
    ties = f"the model file {digest}... and no other" if digest else "one model file"
    yield Paragraph((bold("Decision and signatures"),))
    yield Paragraph(_required(source))
    rows: tuple[tuple[Text, ...], ...] = tuple(
        ((bold(who), what), "", "", "") for who, what in _ROLES
    )
    yield Table(_HEAD, rows, caption="Signatures", widths=(0.4, 0.22, 0.13, 0.25), blank=True)
    yield Paragraph(
        f"A signature holds for {ties}, at the threshold of this report. The order of the sections "
        "follows VDI/VDE/VDMA 2632 part 3; it is no certificate of conformity.",
        soft=True,
    )


def _required(source: Source) -> str:
    if source.metrics["ok_class"] is None:
        return "Requirement: share of photos named correctly at least ______ %, met: yes / no"
    limits = {limit.name: limit for limit in decide(source.metrics).limits}
    words = []
    for name, label in _NAMES.items():
        limit = limits.get(name)
        if limit is None:
            words.append(f"{label} at most ______ %, met: yes / no")
        else:
            met = {State.MET: "yes", State.FAILED: "no"}.get(limit.state, "no, not proven")
            words.append(f"{label} at most {in_short(limit.limit)}, met: {met}")
    return f"Requirement: {'; '.join(words)}"
