"""A model file leaves the plant: it holds nothing of the machine that made it."""

from okng.commands.train import Run


def test_file_holds_no_source_paths(run: Run) -> None:
    """The exporter writes a stack trace into every node."""
    data = run.model_file.read_bytes()
    assert b"stack_trace" not in data
    assert b"site-packages" not in data
    assert str(run.folder.parent).encode() not in data
