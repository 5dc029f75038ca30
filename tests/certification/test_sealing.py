"""The digest of a certificate in its model file."""

import shutil
from pathlib import Path

import pytest

from okng import modelfile
from okng.certification import Certificate, certificate_file, certify, seal_certificate
from okng.certification.setups import Setup
from okng.config import Runtime
from okng.errors import ModelFileError
from okng.events import Silent
from okng.inference.paths import expand

SETUPS = (Setup(runtime=Runtime.ONNXRUNTIME, threads=1, batch=2),)
CHANGE = modelfile.OperatingPointChange("trial", threshold=0.6)


@pytest.fixture
def own(exported: Path, tmp_path: Path) -> Path:
    """A model file that may be changed."""
    return Path(shutil.copy(exported, tmp_path / "own.onnx"))


@pytest.fixture
def certificate(own: Path, photos: Path) -> Certificate:
    """Of that file, on two photos."""
    named = expand([str(photos)])[:2]
    return certify(modelfile.read(own), named, Silent(), setups=SETUPS)


def test_the_model_file_holds_the_digest(own: Path, certificate: Certificate) -> None:
    """And the figures that `okng info` shows; graph and operating point stay."""
    before = modelfile.read(own)
    after = seal_certificate(own, certificate)
    mark = after.metadata.certificate

    assert mark is not None
    assert mark.digest == certificate.digest
    assert (mark.photos, mark.setups, mark.differing) == (2, 1, 0)
    assert after.metadata.model_copy(update={"certificate": None}) == before.metadata
    assert after.digest != before.digest
    assert after.sealed


def test_another_file_is_not_sealed(own: Path, certificate: Certificate) -> None:
    """It was changed between the certificate and the seal."""
    modelfile.change_operating_point(own, CHANGE)

    with pytest.raises(ModelFileError, match="changed while it was certified"):
        seal_certificate(own, certificate)


def test_a_new_threshold_takes_the_certificate_away(own: Path, certificate: Certificate) -> None:
    """It is of the verdicts at the old one."""
    seal_certificate(own, certificate)

    assert modelfile.change_operating_point(own, CHANGE).after.metadata.certificate is None


def test_metadata_without_a_certificate_are_read(own: Path) -> None:
    """As in every file from before there were any."""
    metadata = modelfile.read(own).metadata
    older = metadata.model_dump(mode="json", exclude={"certificate"})

    assert modelfile.Metadata.model_validate(older) == metadata


@pytest.mark.parametrize(
    ("model", "name"),
    [("inspector.onnx", "certificate.json"), ("a.onnx", "a.certificate.json")],
)
def test_certificates_of_one_folder_do_not_meet(model: str, name: str) -> None:
    """A run has one model file; elsewhere the name of the file goes before."""
    assert certificate_file(Path("folder") / model) == Path("folder") / name
