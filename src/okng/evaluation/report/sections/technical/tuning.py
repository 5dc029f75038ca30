"""3.1 Tuning: the study that the settings of a run were taken from."""

from collections.abc import Iterator

from okng.evaluation.report.blocks import (
    Callout,
    Paragraph,
    Section,
    code,
)
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.tuning import (
    lead,
    pictures,
    settings_blocks,
    subtitle,
)
from okng.wording import mark, phrase, translated


def sections(source: Source) -> Iterator[Section]:
    """What was tried before this run; nothing where it was not tuned."""
    study = source.study
    if study is None:
        return
    given = study["given"]
    changed = ""
    if given:
        text = mark("Given on top of it: {settings:and}.")
        changed = f" {phrase(text, settings=list(given))}"
    warning = (
        []
        if study["same_test"]
        else [
            Callout(
                mark("The test of this run is not the one that the study set aside"),
                (
                    Paragraph(
                        mark(
                            "Photos of this test may have chosen the settings. The figures may "
                            "look better than they are."
                        )
                    ),
                ),
            )
        ]
    )
    yield Section(
        "Tuning",
        (
            Paragraph((translated("The settings are those of the best trial of the study "),
                       code(study["study"]), f". {lead(study)}{changed}")),
            *warning,
            Paragraph(subtitle(study), soft=True),
            *settings_blocks(study),
            *pictures(source.files.tuning),
        ),
        level=2,
    )  # fmt: skip
