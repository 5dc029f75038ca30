"""Figures are drawn of what is there, and of nothing else."""

from pathlib import Path

from full_metrics import full_run
from PIL import Image

from okng.pipeline import Run


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


def test_names_of_classes_are_no_formulas(run: Run, tmp_path: Path) -> None:
    """Dollar signs are drawn as they are."""
    folder = full_run(run.folder, tmp_path / "full", classes=["$ok$", r"$\frac{"],
                      ok_class=None)  # fmt: skip

    assert (folder / "figures" / "confusion_matrix.png").exists()
