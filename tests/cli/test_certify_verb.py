"""The verb `certify`."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from okng import modelfile
from okng.certification import Certificate
from okng.cli.main import app
from okng.inference.sessions import open_session
from okng.testing import BrightnessSession

QUICK = ("--runtime", "onnxruntime", "--threads", "2", "--batch", "2")


def _okng(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture
def own(exported: Path, tmp_path: Path) -> Path:
    """A model file that may be changed."""
    return Path(shutil.copy(exported, tmp_path / "own.onnx"))


@pytest.fixture
def some(photos: Path) -> str:
    """A pattern of ten photos."""
    return str(photos / "ok" / "part000?_0.jpg")


def test_certify_writes_seals_and_tells(own: Path, some: str) -> None:
    """The table, the certificate beside the model, and its digest in the model file."""
    result = _okng("certify", own, some, *QUICK, "--quiet")
    certificate = Certificate.read(own.with_name("own.certificate.json"))
    info = _okng("info", own).stdout

    assert result.exit_code == 0
    assert "onnxruntime  native          2      2      10       0" in result.stdout
    assert "No verdict differs" in result.stdout
    assert certificate.digest in result.stdout
    assert modelfile.read(own).digest in result.stdout
    assert f"0 of 10 photos with another verdict in {len(certificate.rows)} setups" in info
    assert certificate.digest[:16] in info


def test_a_verdict_that_differs_ends_with_3(
    own: Path, some: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two threads of this runtime see every photo brighter; the photo is named."""

    def other(data: bytes, runtime: object, threads: int) -> object:
        return BrightnessSession() if threads == 2 else open_session(data, runtime, threads)  # type: ignore[arg-type]

    monkeypatch.setattr("okng.inference.engine.loaded.open_session", other)
    text = _okng("certify", own, some, *QUICK, "--quiet", "--no-seal")
    document = _okng("certify", own, some, *QUICK, "--quiet", "--no-seal", "--json")
    rows = json.loads(document.stdout)["rows"]

    assert (text.exit_code, document.exit_code) == (3, 3)
    assert "verdicts differ" in text.stdout
    assert "part0000_0.jpg: " in text.stdout
    assert rows[0]["differing"] == 10
    assert rows[0]["changed"][0]["photo"] == "part0000_0.jpg"


def test_a_narrow_margin_is_told(own: Path, some: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code stays 0, as no verdict differs."""
    assert "two verdicts" not in _okng("certify", own, some, *QUICK, "--quiet").stdout
    monkeypatch.setattr(Certificate, "is_narrow", True)
    result = _okng("certify", own, some, *QUICK, "--quiet")

    assert result.exit_code == 0
    assert "another photo like it may get two verdicts" in " ".join(result.stdout.split())


def test_no_seal_leaves_the_model_file(own: Path, some: str, tmp_path: Path) -> None:
    """And the certificate goes where it was asked for."""
    before, out = own.read_bytes(), tmp_path / "there" / "it.json"
    result = _okng("certify", own, some, *QUICK, "--quiet", "--no-seal", "--out", out)

    assert result.exit_code == 0
    assert own.read_bytes() == before
    assert Certificate.read(out).model_digest == modelfile.read(own).digest


def test_a_signed_file_is_sealed_with_its_key_alone(own: Path, some: str, tmp_path: Path) -> None:
    """Without the key its signature would be lost."""
    pytest.importorskip("cryptography")
    key = tmp_path / "plant.key"
    modelfile.new_keys(key)
    modelfile.sign(own, key)
    before = modelfile.read(own)
    kept = _okng("certify", own, some, *QUICK, "--quiet")
    after_kept = modelfile.read(own)
    signed = _okng("certify", own, some, *QUICK, "--quiet", "--key", key)
    after = modelfile.read(own)

    assert "signed, so it was left as it is" in kept.stderr
    assert after_kept.digest == before.digest
    assert signed.exit_code == 0
    assert after.signer == before.signer
    assert after.metadata.certificate is not None


@pytest.mark.parametrize(("photos", "code"), [("nowhere", 3), ("*.none", 3)])
def test_without_photos_it_is_an_error(own: Path, photos: str, code: int) -> None:
    """Nothing is written."""
    result = _okng("certify", own, photos, *QUICK, "--quiet")

    assert result.exit_code == code
    assert not own.with_name("own.certificate.json").exists()


def test_info_tells_where_there_is_none(own: Path) -> None:
    """And how to get one."""
    assert "none for this operating point; okng certify makes one" in _okng("info", own).stdout
