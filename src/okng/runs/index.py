"""The runs of a folder."""

from pathlib import Path

from okng.runs.layout import SETTINGS, RunFolder


def find_runs(place: Path) -> list[RunFolder]:
    """The run folders in a folder, the newest first.

    Args:
        place: the folder that holds them, as `runs`; it may be missing.
    """
    files = sorted(place.glob(f"*/{SETTINGS}"), key=lambda file: -file.stat().st_mtime)
    return [RunFolder(file.parent) for file in files]
