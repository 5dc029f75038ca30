"""Photos that are unlike all that the network was trained on."""

from collections.abc import Iterator

from okng.evaluation.report.blocks import Block, Paragraph, Table
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.wording import (
    NAMES,
    count,
    figure,
    percent,
)

_MANY = 0.05  # share of unfamiliar photos from which on they are a finding of their own


def unfamiliar(source: Source) -> Iterator[Block]:
    """How many, and the figures of the others; nothing where the model file does not tell."""
    section = source.metrics.get("unfamiliar")
    if not section:
        return
    rate = section["rate"]
    yield Paragraph(
        "The model file tells how unlike its training photos a photo is: in light, focus or "
        f"content. A person decides where that exceeds {section['limit']:g}, which about "
        f"{percent(1 - section['limit'])} of new parts at the same station do. Here it was "
        f"{count(section['photos'], 'photo')}, {percent(rate['value'])} of the sample."
    )
    if rate["value"] is not None and rate["value"] > _MANY:
        yield Paragraph(
            "That is far more than expected: light, focus, camera or parts have changed since the "
            "training photos were taken. Set the station right, or train on new photos."
        )
    if "without" in section:
        names = [name for name in section["without"] if name != "photos"]
        rows = [
            (NAMES[name], *figure(name, source.metrics[name])[:1], *figure(name, rate)[:1])
            for name, rate in ((name, section["without"][name]) for name in names)
        ]
        yield Table(
            (
                "rate",
                "all photos",
                f"without the unfamiliar ones ({section['without']['photos']:,})",
            ),
            tuple(rows),
            frozenset({1, 2}),
            "Rates with and without unfamiliar photos",
        )
