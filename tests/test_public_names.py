"""What `import okng` gives, and what it does not load."""

import ast
import pkgutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

import okng

SOURCE = Path(okng.__file__).parent


def test_every_public_name_is_there() -> None:
    """The listed names exist."""
    assert [name for name in okng.__all__ if not hasattr(okng, name)] == []
    assert {"Inspector", "Run", "audit", "evaluate", "train"} <= set(okng.__all__)


def test_train_stays_a_function() -> None:
    """Importing the package of that name does not hide the function."""
    import okng.training.networks.architecture  # noqa: PLC0415

    assert callable(okng.train)


def test_import_and_prediction_load_no_torch() -> None:
    """The line runs without the training stack: every module of it, in one process."""
    code = (
        f"import importlib, sys; [importlib.import_module(name) for name in {_line_modules()}]; "
        f"print([name for name in {FENCED} if name in sys.modules])"
    )
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert seen.stdout.strip() == "[]"


def test_line_reaches_training_by_no_back_door() -> None:
    """Neither by a lazy attribute of `okng` nor by importlib, which import contracts do not see."""
    doors = [
        f"{name}: {ast.unparse(node)}"
        for name in _line_modules()
        for node in ast.walk(ast.parse(Path(str(find_spec(name).origin)).read_text("utf-8")))  # type: ignore[union-attr]
        if _is_back_door(node)
    ]
    assert doors == []


@pytest.mark.parametrize(
    "line",
    ["okng.train(1)", "importlib.import_module('okng.training.fit')", "import_module('torch')",
     "__import__('timm')"],
)  # fmt: skip
def test_back_doors_are_seen(line: str) -> None:
    """Each kind of them."""
    assert any(map(_is_back_door, ast.walk(ast.parse(line))))


FENCED = ["torch", "torchvision", "lightning", "timm", "optuna", "okng.training", "okng.export"]
LINE = ["inference", "evaluation", "auditing", "dataset", "preprocess", "modelfile", "runs"]


def _line_modules() -> list[str]:
    names = ["okng.cli.main", "okng.cli.commands.predict", "okng.verdict", "okng.commands.evaluate",
             "okng.commands.compare", "okng.commands.audit", "okng.commands.split"]  # fmt: skip
    for package in LINE:
        names.append(f"okng.{package}")
        found = pkgutil.walk_packages([str(SOURCE / package)], f"okng.{package}.")
        names += [module.name for module in found]
    return names


def _is_back_door(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id == "okng" and node.attr in {"train", "tune"}
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        return name in {"import_module", "__import__"} and str(node.args[0].value).startswith(
            tuple(FENCED)
        )
    return False


def test_name_of_the_version_before_still_works() -> None:
    """`okng.predict` is `okng.inference` now."""
    from okng import inference, predict  # noqa: PLC0415

    assert predict.Inspector is inference.Inspector
    assert predict.Runtime("openvino") == "openvino"


def test_version_is_that_of_the_project() -> None:
    """The package and its project file agree."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())

    assert okng.__version__ == project["project"]["version"]
