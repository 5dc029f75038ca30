"""The names of the files of a run folder."""

import ast
from pathlib import Path

import okng
from okng.runs.layout import ModelsFolder, RunFolder, StudyFolder

SOURCE = Path(okng.__file__).parent


def test_each_file_name_of_a_run_stands_in_the_layout_alone() -> None:
    """A file of a run or a study is renamed in one place: no other module has its name."""
    folders = RunFolder("run"), ModelsFolder("run"), StudyFolder("study")
    paths = [path for f in folders for path in vars(f).values() if isinstance(path, Path)]
    names = {path.name for path in paths if path.suffix}
    assert {"okng.toml", "metrics.json", "best_model.pth", "study.json"} <= names

    elsewhere = [
        f"{module.relative_to(SOURCE)}: {node.value}"
        for module in SOURCE.rglob("*.py")
        if module != SOURCE / "runs" / "layout.py"
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in names
    ]

    assert elsewhere == []


def test_the_folder_of_models_is_named_once() -> None:
    """The folder `models` of a run is built in the layout, never by hand."""
    by_hand = [m for m in SOURCE.rglob("*.py") if '/ "models"' in m.read_text(encoding="utf-8")]

    assert by_hand == [SOURCE / "runs" / "layout.py"]
