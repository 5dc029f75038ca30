"""A bundle judges photos without okng, and says the same."""

import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import venv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from okng import Inspector, modelfile
from okng.cli.main import app
from okng.modelfile import ModelFile
from okng.targets import write_bundle
from okng.targets.bundle import packages

ROOT = Path(__file__).parents[2]


@pytest.fixture
def file(exported: Path) -> ModelFile:
    """Threshold 0.5, without unfamiliarity."""
    return modelfile.read(exported)


@pytest.fixture
def some(photos: Path) -> list[Path]:
    """Four photos."""
    return sorted(photos.rglob("*.jpg"))[::20]


def _printed(folder: Path, *photos: Path | str, python: str = sys.executable) -> list[str]:
    """What the script prints, in a process without okng on its path."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    command = [python, "judge.py", *map(str, photos)]
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True,
                         check=True)  # fmt: skip
    return run.stdout.splitlines()


def _okng(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def _open_network() -> bool:
    try:
        socket.create_connection(("pypi.org", 443), timeout=5).close()
    except OSError:
        return "PIP_INDEX_URL" in os.environ or (Path("/etc/pip.conf")).exists()
    return True


def test_the_script_gives_the_verdicts_of_okng(
    file: ModelFile, some: list[Path], tmp_path: Path
) -> None:
    """On the sample as the bundle promises, and on every other photo; turned ones are turned."""
    turned = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    noise = np.random.default_rng(1).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    Image.fromarray(noise).save(turned, exif=exif)
    bundle = write_bundle(file, tmp_path / "bundle", some[0])
    inspector = Inspector(bundle.folder)
    wanted = [f"{p} {v.verdict.value} {v.defect_score:.4f}"
              for p in (*some, turned) for v in [inspector(p)]]  # fmt: skip

    printed = _printed(bundle.folder, bundle.photo.name, *some, turned)

    assert printed == [bundle.expected, *wanted]


def test_band_limit_and_damage_are_never_ok(
    exported: Path, some: list[Path], tmp_path: Path
) -> None:
    """A band over all scores sends every photo to a person; 16 bits are refused."""
    own = tmp_path / "own.onnx"
    own.write_bytes(exported.read_bytes())
    change = modelfile.OperatingPointChange("trial", threshold=0.5, review=(0.0, 1.0))
    modelfile.change_operating_point(own, change)
    bundle = write_bundle(modelfile.read(own), tmp_path / "bundle")
    deep = tmp_path / "deep.png"
    Image.fromarray(np.full((20, 20), 40_000, np.uint16)).save(deep)

    printed = _printed(bundle.folder, some[0], deep)

    assert printed[0].startswith(f"{some[0]} REVIEW ")
    assert printed[1].startswith(f"{deep} ERROR more than 8 bits")


def test_a_bundle_is_whole(file: ModelFile, tmp_path: Path) -> None:
    """Without a photo of the user one is made; licences of all that it needs are told."""
    bundle = write_bundle(file, tmp_path / "bundle")
    about = (bundle.folder / "README.md").read_text(encoding="utf-8")
    licences = (bundle.folder / "LICENCES.md").read_text(encoding="utf-8")

    assert (bundle.folder / "inspector.onnx").read_bytes() == file.data
    assert bundle.expected in about
    assert file.digest in about
    assert all(f"| {package} |" in licences for package in packages())
    assert "weights of the network" in licences
    assert any((bundle.folder / "licences" / "onnxruntime").iterdir())
    with Image.open(bundle.photo) as photo:
        assert photo.size == (64, 64)


def test_the_script_is_short() -> None:
    """A person reads it before it runs on a line: thirty lines of code, three imports of others."""
    text = (ROOT / "src/okng/targets/files/judge.py.txt").read_text(encoding="utf-8")
    code = [line for line in text.splitlines() if line.strip()]
    imported = set(re.findall(r"^(?:import|from) (\w+)", text, flags=re.MULTILINE))

    assert len(code) <= 32
    assert imported == {"json", "sys", "pathlib", "numpy", "onnxruntime", "PIL"}


def test_requirements_are_those_of_the_lock() -> None:
    """Every one with hashes; `python scripts/bundle_lock.py` writes them anew."""
    check = [sys.executable, str(ROOT / "scripts" / "bundle_lock.py"), "--check"]

    assert subprocess.run(check, check=False).returncode == 0
    assert {"onnxruntime", "numpy", "pillow", "protobuf", "flatbuffers"} <= set(packages())
    assert "okng" not in packages()


def test_the_verb_writes_and_refuses(exported: Path, some: list[Path], tmp_path: Path) -> None:
    """A folder with something in it stays as it is; a photo that is none leaves nothing behind."""
    out, broken = tmp_path / "bundle", tmp_path / "broken.jpg"
    broken.write_bytes(b"no photo")
    unread = _okng("bundle", exported, "--out", out, "--photo", broken)
    there = out.exists()
    first = _okng("bundle", exported, "--out", out, "--photo", some[0])
    second = _okng("bundle", exported, "--out", out)

    assert (unread.exit_code, there) == (3, False)
    assert first.exit_code == 0
    assert "python judge.py sample.jpg  prints  sample.jpg " in first.stdout
    assert second.exit_code == 2
    assert "not empty" in second.stderr


def test_a_deep_sample_is_refused(exported: Path, tmp_path: Path) -> None:
    """The script would not judge it as okng does."""
    deep = tmp_path / "deep.png"
    Image.fromarray(np.arange(400, dtype=np.uint16).reshape(20, 20) * 160).save(deep)
    result = _okng("bundle", exported, "--out", tmp_path / "bundle", "--photo", deep)

    assert result.exit_code == 2
    assert "more than 8 bits" in result.stderr


@pytest.mark.slow
def test_a_bundle_runs_in_a_bare_environment(file: ModelFile, tmp_path: Path) -> None:
    """As its README says: a new environment, the requirements by hash, the script."""
    if not _open_network():
        pytest.skip("No package index can be reached")
    bundle = write_bundle(file, tmp_path / "bundle")
    venv.create(tmp_path / "bare", with_pip=True)
    python = str(tmp_path / "bare" / ("Scripts" if os.name == "nt" else "bin") / "python")
    install = [python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r",
               str(bundle.folder / "requirements.txt")]  # fmt: skip
    subprocess.run(install, check=True)
    listed = subprocess.run([python, "-m", "pip", "list", "--format", "json"],
                            capture_output=True, text=True, check=True)  # fmt: skip

    assert "okng" not in {package["name"] for package in json.loads(listed.stdout)}
    assert _printed(bundle.folder, bundle.photo.name, python=python) == [bundle.expected]
    assert hashlib.sha256((bundle.folder / "inspector.onnx").read_bytes()).hexdigest() == (
        file.digest
    )
