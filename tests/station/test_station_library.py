"""The list of models of a station, which `okng promote` changes beside it."""

import threading
from pathlib import Path

from okng.files import locked
from okng.station.library import Library


def test_two_processes_lose_no_slot(tmp_path: Path) -> None:
    """Who changes the list waits until the other one has written it."""
    library = Library(tmp_path)
    library.remember("cover", given="a", live="a")
    change = threading.Thread(
        target=Library(tmp_path).remember, args=("cover",), kwargs={"given": "a", "live": "b"}
    )
    with locked(tmp_path / "library.json"):
        change.start()
        change.join(0.3)
        waits = change.is_alive()
    change.join(60)

    assert waits
    assert library.before("cover") == "b"
