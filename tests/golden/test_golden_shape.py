"""What a run leaves keeps its names: other programs read these files, columns and keys."""

from okng import Run
from run_contents import shape_differences


def test_golden_shape_of_a_plain_run(run: Run) -> None:
    """Files, columns, metrics keys, and photos by split and class, as in golden.json."""
    assert shape_differences("plain CNN", run) == []
