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


def sections(source: Source) -> Iterator[Section]:
    """Model file, photos, versions, settings."""
    yield Section("Model file, photos and versions", tuple(_blocks(source)))


def _blocks(source: Source) -> Iterator[Block]:
    metrics = source.metrics
    rows: list[tuple[Text, Text]] = []
    if model := metrics.get("model"):
        versions = ", ".join(f"{key} {value}" for key, value in model["versions"].items())
        rows += [
            ("SHA-256 of the model file", code(str(model["digest"]))),
            (
                "SHA-256 of the photos and labels it was made from",
                code(str(model["dataset_digest"])),
            ),
            ("Made", f"{str(model['created'])[:19].replace('T', ' ')} UTC"),
            ("Weights started from", f"{model['weights']}, licence {model['weights_licence']}"),
            ("Versions", versions),
        ]
    if evaluation := metrics.get("evaluation"):
        versions = ", ".join(f"{key} {value}" for key, value in evaluation["versions"].items())
        rows += [
            ("SHA-256 of the photos and labels judged here", code(str(evaluation["data_digest"]))),
            ("Judged", f"{str(evaluation['judged'])[:19].replace('T', ' ')} UTC, with {versions}"),
            ("Photos judged here", code(str(evaluation["photos"]))),
        ]
    if export := metrics.get("export"):
        changed = export["verdicts_changed"]
        lines = (
            f"{count(changed, 'verdict') if changed else 'no verdict'} changed on "
            f"{count(export['photos'], 'test photo')}; scores differ by at most "
            f"{max(1e-6, export['largest_difference']):.6f}"
        )
        rows.append(("Model file against the trained network", lines))
    yield facts(rows, caption="Model file, photos and versions")
