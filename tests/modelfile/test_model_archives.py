"""An archive of a model is unpacked only where everything in it is plain, small and below it."""

import gzip
import io
import os
import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from okng.error_codes import Code
from okng.errors import ModelFileError
from okng.modelfile import archives
from okng.modelfile.archives import is_archive, unpacked

Member = Callable[[tarfile.TarFile], None]


def _file(name: str, content: bytes = b"x") -> Member:
    def add(tar: tarfile.TarFile) -> None:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))

    return add


def _special(name: str, kind: bytes, target: str = "") -> Member:
    def add(tar: tarfile.TarFile) -> None:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, target
        tar.addfile(member)

    return add


def _packed(folder: Path, *members: Member) -> Path:
    path = folder / "model.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for member in members:
            member(tar)
    return path


def test_archive_gives_its_model(tmp_path: Path) -> None:
    """Wherever in it the file lies, with others beside it, and what macOS adds."""
    archive = _packed(
        tmp_path,
        _file("code/inspector.onnx", b"model"),
        _file("README.md"),
        _file("._inspector.onnx"),
    )

    assert is_archive(archive)
    assert unpacked(archive, tmp_path / "out").read_bytes() == b"model"


@pytest.mark.parametrize(
    "member",
    [
        _file("../escaped"),
        _file("a/../../escaped"),
        _file("/tmp/okng-escaped"),  # noqa: S108
        _special("link", tarfile.SYMTYPE, "/etc/passwd"),
        _special("link", tarfile.SYMTYPE, ".."),
        _special("hard", tarfile.LNKTYPE, "../escaped"),
        _special("pipe", tarfile.FIFOTYPE),
        _special("device", tarfile.CHRTYPE),
    ],
)
def test_archive_with_anything_but_plain_files_is_refused(tmp_path: Path, member: Member) -> None:
    """Before a byte of it is written."""
    archive = _packed(tmp_path, _file("inspector.onnx"), member)
    with pytest.raises(ModelFileError, match="archive of the model is refused") as caught:
        unpacked(archive, tmp_path / "out")

    assert caught.value.code is Code.MODEL_FOREIGN
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "escaped").exists()
    assert not os.path.lexists("/tmp/okng-escaped")  # noqa: S108


def test_bomb_is_refused_by_its_headers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many bytes, or too many files."""
    monkeypatch.setattr(archives, "MOST_BYTES", 1000)
    monkeypatch.setattr(archives, "MOST_FILES", 3)
    large = _packed(tmp_path, _file("inspector.onnx", bytes(1001)))
    with pytest.raises(ModelFileError, match="1,000 bytes"):
        unpacked(large, tmp_path / "large")
    many = _packed(tmp_path, *(_file(f"{number}.onnx") for number in range(4)))
    with pytest.raises(ModelFileError, match="3 files"):
        unpacked(many, tmp_path / "many")


@pytest.mark.parametrize(
    ("names", "match"),
    [
        ((), "holds nothing"),
        (("model.pth", "code.py"), "no model file, but code.py, model.pth"),
        (("a.onnx", "b.onnx"), "holds 2 model files"),
    ],
)
def test_archive_without_exactly_one_model_is_refused(
    tmp_path: Path, names: tuple[str, ...], match: str
) -> None:
    """What it holds is told."""
    archive = _packed(tmp_path, *(_file(name) for name in names))
    with pytest.raises(ModelFileError, match=match):
        unpacked(archive, tmp_path / "out")


@pytest.mark.parametrize("cut", [3, 30, 60])
def test_damaged_archive_is_refused(tmp_path: Path, cut: int) -> None:
    """Cut off anywhere."""
    archive = _packed(tmp_path, _file("inspector.onnx", os.urandom(5000)))
    archive.write_bytes(archive.read_bytes()[:cut])

    with pytest.raises(ModelFileError, match="damaged or no tar file"):
        unpacked(archive, tmp_path / "out")


def test_header_of_gigabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """An attribute that states its own length: tarfile takes it whole into memory."""
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 7 << 30
    archive = tmp_path / "model.tar.gz"
    with gzip.open(archive, "wb") as file:
        file.write(header.tobuf(tarfile.USTAR_FORMAT))
    tracemalloc.start()
    with pytest.raises(ModelFileError, match="too long"):
        unpacked(archive, tmp_path / "out")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 10e6
