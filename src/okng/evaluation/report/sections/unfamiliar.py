"""Photos that are unlike all that the network was trained on."""

from collections.abc import Iterator

from okng.evaluation.report.blocks import Block, Paragraph, Table
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.wording import (
    figure,
    name_of_figure,
)
from okng.wording import mark, phrase

_MANY = 0.05  # share of unfamiliar photos from which on they are a finding of their own


def unfamiliar(source: Source) -> Iterator[Block]:
    """How many, and the figures of the others; nothing where the model file does not tell."""
    section = source.metrics.get("unfamiliar")
    if not section:
        return
    rate = section["rate"]
    text = mark(
        "The model file tells how unlike its training photos a photo is: in light, focus or "
        "content. A person decides where that exceeds {limit:g}, which about {expected:percent} of "
        "new parts at the same station do. Here it was {photos:photos}, {rate:percent} of the "
        "sample."
    )
    limit = section["limit"]
    yield Paragraph(
        phrase(text, limit=limit, expected=1 - limit, photos=section["photos"], rate=rate["value"])
    )
    if rate["value"] is not None and rate["value"] > _MANY:
        yield Paragraph(
            mark(
                "That is far more than expected: light, focus, camera or parts have changed since "
                "the training photos were taken. Set the station right, or train on new photos."
            )
        )
    if "without" in section:
        names = [name for name in section["without"] if name != "photos"]
        rows = [
            (name_of_figure(name), *figure(name, source.metrics[name])[:1], *figure(name, rate)[:1])
            for name, rate in ((name, section["without"][name]) for name in names)
        ]
        yield Table(
            (
                mark("rate"),
                mark("all photos"),
                phrase(
                    "without the unfamiliar ones ({photos:,})", photos=section["without"]["photos"]
                ),
            ),
            tuple(rows),
            frozenset({1, 2}),
            mark("Rates with and without unfamiliar photos"),
        )
