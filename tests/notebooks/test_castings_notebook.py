"""The notebook runs from its first cell to its last, and is committed without outputs."""

import json
import os
import resource
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "castings.ipynb"
REAL = Path(__file__).parents[3] / "shared" / "data" / "casting_data"


def _cells() -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return cells


def _run() -> str:
    """All that the cells print, in order."""
    nbformat = pytest.importorskip("nbformat")
    client = pytest.importorskip("nbclient")
    notebook = nbformat.read(NOTEBOOK, 4)
    where = {"metadata": {"path": str(NOTEBOOK.parent)}}
    client.NotebookClient(notebook, timeout=3600, resources=where).execute()
    outputs = (out for cell in notebook.cells for out in cell.get("outputs", []))
    return "".join(out.get("text", "") for out in outputs)


def test_no_output_is_committed() -> None:
    """Nobody's photos, and nobody's figures, stand in the repository."""
    cells = [cell for cell in _cells() if cell["cell_type"] == "code"]

    assert len(cells) > 10
    assert [cell for cell in cells if cell["outputs"] or cell["execution_count"]] == []


def test_steps_are_those_of_a_project() -> None:
    """From loading to why the usual figure is no evidence."""
    text = "".join("".join(c["source"]) for c in _cells() if c["cell_type"] == "markdown")

    steps = ("Load", "Look", "Preprocess", "Augment", "A plain CNN", "Optuna", "Training curves",
             "Confusion matrix and classification report", "Grad-CAM", "Saved models",
             "Why the usual 99 % is not evidence")  # fmt: skip
    for step in steps:
        assert step in text


def _processor_seconds() -> float:
    """Of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.slow
def test_it_runs_on_generated_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    """In under two minutes, and memory shows: far apart with copies, near a coin without.

    Two minutes of processor time, for on a busy machine the clock tells of others.
    """
    monkeypatch.delenv("OKNG_NOTEBOOK_PHOTOS", raising=False)
    before = _processor_seconds()
    printed = _run()
    shares = [float(line.split()[-2].rstrip("%")) for line in printed.splitlines()
              if line.startswith("split ")]  # fmt: skip

    assert 5 < _processor_seconds() - before < 120
    assert shares[0] > 95
    assert shares[1] < 65


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.skipif("OKNG_NOTEBOOK_PHOTOS" not in os.environ, reason="takes an hour; ask for it")
def test_it_runs_on_the_castings() -> None:
    """With the photos that everybody uses."""
    assert REAL.exists()
    assert "split that no part crosses" in _run()
