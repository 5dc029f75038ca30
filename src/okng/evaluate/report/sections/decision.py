"""8 Decision: who may sign, and the place to sign."""

from collections.abc import Iterator

from okng.evaluate.report.blocks import Bullets, Paragraph, Section, Table
from okng.evaluate.report.source import Source

_HEAD = ("Name", "Role", "Date", "Released: yes, no, with limits", "Signature")
_ROLES = ("answers for quality", "runs the line", "made or changed the model")
_WHO = (
    "Who answers for the quality of the parts decides about the release and signs first.",
    "Who runs the line signs that the conditions of section 3 are those of the line.",
    "Who made the model signs that it is the file named in section 7, and releases nothing.",
)


def sections(source: Source) -> Iterator[Section]:
    """The signature block."""
    digest = str(source.metrics.get("model", {}).get("digest", ""))[:12]
    ties = f"the model file {digest}... and for no other" if digest else "one model file"
    yield Section(
        "Decision",
        (
            Paragraph("Who may sign:"),
            Bullets(_WHO),
            Paragraph(
                f"A signature holds for {ties}, at the threshold of this report. The order of this "
                "report follows VDI/VDE/VDMA 2632 part 3; it is no certificate of conformity.",
                soft=True,
            ),
            Table(_HEAD, tuple(("", role, "", "", "") for role in _ROLES), caption="Signatures",
                  widths=(0.22, 0.2, 0.12, 0.22, 0.24), blank=True),
        ),
    )  # fmt: skip
