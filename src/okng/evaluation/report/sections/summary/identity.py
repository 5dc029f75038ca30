"""7 Identity: digests and versions that tie this report to one file and one set of photos."""

from collections.abc import Iterator

from okng.evaluation.report.blocks import (
    Block,
    Section,
    Text,
    code,
    facts,
)
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.wording import count
from okng.wording import mark, phrase

_SMALLEST = 1e-6  # difference of scores that six decimals show


def sections(source: Source) -> Iterator[Section]:
    """Model file, photos, versions, settings."""
    yield Section("Model file, photos and versions", tuple(_blocks(source)))


def _blocks(source: Source) -> Iterator[Block]:
    metrics = source.metrics
    rows: list[tuple[Text, Text]] = []
    if model := metrics.get("model"):
        versions = ", ".join(f"{key} {value}" for key, value in model["versions"].items())
        weights = phrase(
            "{weights}, licence {licence}",
            weights=model["weights"],
            licence=model["weights_licence"],
        )
        rows += [
            (mark("SHA-256 of the model file"), code(str(model["digest"]))),
            (
                mark("SHA-256 of the photos and labels it was made from"),
                code(str(model["dataset_digest"])),
            ),
            (mark("Made"), f"{str(model['created'])[:19].replace('T', ' ')} UTC"),
            (mark("Weights started from"), weights),
            (mark("Versions"), versions),
        ]
    if evaluation := metrics.get("evaluation"):
        versions = ", ".join(f"{key} {value}" for key, value in evaluation["versions"].items())
        time = str(evaluation["judged"])[:19].replace("T", " ")
        rows += [
            (
                mark("SHA-256 of the photos and labels judged here"),
                code(str(evaluation["data_digest"])),
            ),
            (mark("Judged"), phrase("{time} UTC, with {versions}", time=time, versions=versions)),
            (mark("Photos judged here"), code(str(evaluation["photos"]))),
        ]
    if export := metrics.get("export"):
        changed = export["verdicts_changed"]
        text = mark("no verdict changed on {photos}; scores differ by at most {difference:.6f}")
        if changed:
            text = mark("{changed} changed on {photos}; scores differ by at most {difference:.6f}")
        lines = phrase(
            text,
            changed=count(changed, "verdict"),
            photos=count(export["photos"], "test photo"),
            difference=max(_SMALLEST, export["largest_difference"]),
        )
        rows.append((mark("Model file against the trained network"), lines))
    yield facts(rows, caption="Model file, photos and versions")
