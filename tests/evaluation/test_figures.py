"""Figures are drawn of what is there, and of nothing else."""

from pathlib import Path

import pytest
from full_metrics import full_run
from PIL import Image

from okng.commands.train import Run


def test_every_key_has_its_figure(run: Run, tmp_path: Path) -> None:
    """All of them can be opened."""
    folder = full_run(run.folder, tmp_path / "full") / "figures"
    names = {path.stem for path in folder.glob("*.png")}

    assert names == {"confusion_matrix", "scores", "roc", "thresholds", "review", "reliability",
                     "robustness", "heatmap_check", "curves"}  # fmt: skip
    for path in folder.glob("*.png"):
        with Image.open(path) as image:
            image.verify()


def test_figure_of_an_older_evaluation_goes(run: Run, tmp_path: Path) -> None:
    """No figure stands beside values that it does not show."""
    folder = full_run(run.folder, tmp_path / "full", robustness={})

    assert not (folder / "figures" / "robustness.png").exists()


@pytest.mark.parametrize("classes", [["$ok$", r"$\frac{"], ["良品", "キズ"]])
def test_any_name_of_a_class_can_be_drawn(run: Run, tmp_path: Path, classes: list[str]) -> None:
    """Dollar signs are no formulas, and signs that the font lacks no reason to stop."""
    folder = full_run(run.folder, tmp_path / "full", classes=classes, ok_class=None)

    assert (folder / "figures" / "confusion_matrix.png").exists()
