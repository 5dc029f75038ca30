"""A report is read by people who type flags: settings in its texts are shown as flags."""

from okng.evaluation.report.blocks import marked, spans


def test_settings_become_flags() -> None:
    """In plain and in marked text; other code stays code."""
    assert spans("Use `data.split` new.")[0].text == "Use --split new."
    pieces = [(span.text, span.style) for span in marked("Set `data.ok` NAME, see `audit.json`.")]
    assert pieces == [("Set --ok NAME, see ", ""), ("audit.json", "code"), (".", "")]
