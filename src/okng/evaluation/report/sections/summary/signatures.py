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
from okng.wording import mark, term, translated

_HEAD = ("Who", "Name", "Date", "Signature")
_ROLES = (
    (mark("Quality manager"), mark(": releases / rejects")),
    (mark("Production"), mark(": confirms the conditions in section 3")),
    (mark("ML engineer"), mark(": confirms the file in section 7")),
)
_MET = {State.MET: mark("yes"), State.FAILED: mark("no")}
_UNPROVEN = mark("no, not proven")


def signatures(source: Source) -> Iterator[Block]:
    """What was required, who signs what, and which file a signature holds for."""
    digest = str(source.metrics.get("model", {}).get("digest", ""))[:12]
    ties = translated("one model file")
    if digest:
        ties = translated("the model file {digest}... and no other").format(digest=digest)
    yield Paragraph((bold("Decision and signatures"),))
    yield Paragraph(_required(source))
    rows: tuple[tuple[Text, ...], ...] = tuple(
        ((bold(translated(who)), translated(what)), "", "", "") for who, what in _ROLES
    )
    yield Table(_HEAD, rows, caption="Signatures", widths=(0.4, 0.22, 0.13, 0.25), blank=True)
    yield Paragraph(
        translated(
            "A signature holds for {file}, at the threshold of this report. The order of the "
            "sections follows VDI/VDE/VDMA 2632 part 3; it is no certificate of conformity."
        ).format(file=ties),
        soft=True,
    )


def _required(source: Source) -> str:
    if source.metrics["ok_class"] is None:
        return translated(
            "Requirement: share of photos named correctly at least ______ %, met: yes / no"
        )
    limits = {limit.name: limit for limit in decide(source.metrics).limits}
    words = []
    for name in ("escape_rate", "overkill_rate"):
        limit = limits.get(name)
        if limit is None:
            blank = translated("{rate} at most ______ %, met: yes / no")
            words.append(blank.format(rate=term(name)))
        else:
            text = translated("{rate} at most {limit}, met: {met}")
            met = translated(_MET.get(limit.state, _UNPROVEN))
            words.append(text.format(rate=term(name), limit=in_short(limit.limit), met=met))
    return translated("Requirement: {limits}").format(limits="; ".join(words))
