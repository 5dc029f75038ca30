"""The model.tar.gz of SageMaker: the same model file gives the same bytes."""

import gzip
import io
import os
import shutil
import tarfile
from pathlib import Path

import pytest

from okng.deploy.aws import archive
from okng.errors import ModelFileError


def test_name_date_and_rights_of_the_file_do_not_matter(exported: Path, tmp_path: Path) -> None:
    """A copy of another name and date has the same digest."""
    copy = tmp_path / "another.onnx"
    shutil.copyfile(exported, copy)
    os.utime(copy, (1_000_000, 1_000_000))
    copy.chmod(0o600)

    assert archive.pack(copy) == archive.pack(exported)


def test_archive_holds_the_model_alone(exported: Path) -> None:
    """SageMaker finds one model file; nothing tells who packed it, and when."""
    packed = archive.pack(exported)

    with tarfile.open(fileobj=io.BytesIO(packed.content)) as tar:
        (member,) = tar.getmembers()
        file = tar.extractfile(member)
        assert file is not None
        assert file.read() == exported.read_bytes()
    assert (member.name, member.mode) == ("inspector.onnx", 0o644)
    assert (member.mtime, member.uid, member.gid) == (0, 0, 0)
    assert (member.uname, member.gname) == ("", "")


def test_gzip_has_neither_date_nor_name(exported: Path) -> None:
    """Bytes 4 to 8 of its head are the date, bit 3 of byte 3 says that a name follows."""
    head = archive.pack(exported).content[:10]

    assert head[:2] == b"\x1f\x8b"
    assert head[3] == 0
    assert head[4:8] == bytes(4)


def test_another_model_has_another_digest(exported: Path, tmp_path: Path) -> None:
    """The digest names the content."""
    from okng import modelfile  # noqa: PLC0415 - onnx is heavy

    changed = tmp_path / "inspector.onnx"
    shutil.copyfile(exported, changed)
    change = modelfile.OperatingPointChange("test", threshold=0.123)
    modelfile.change_operating_point(changed, change)

    assert archive.pack(changed).digest != archive.pack(exported).digest


def test_run_folder_is_packed_by_its_model(exported: Path, tmp_path: Path) -> None:
    """As every verb takes the folder of a run."""
    shutil.copyfile(exported, tmp_path / "inspector.onnx")

    assert archive.pack(tmp_path) == archive.pack(exported)


def test_foreign_file_is_refused(tmp_path: Path) -> None:
    """What is no model file of okng never reaches AWS."""
    path = tmp_path / "inspector.onnx"
    path.write_bytes(b"no model")

    with pytest.raises(ModelFileError):
        archive.pack(path)


def test_written_file_is_the_archive(exported: Path, tmp_path: Path) -> None:
    """It can be unpacked by gzip and tar of the system."""
    packed = archive.pack(exported)

    path = archive.write(packed, tmp_path / "new")

    assert path.name == "model.tar.gz"
    assert path.read_bytes() == packed.content
    assert len(gzip.decompress(packed.content)) % 10240 == 0
