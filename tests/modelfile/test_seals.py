"""The seal: whatever changes in a model file, no verb goes on with it."""

import random
import time
from pathlib import Path

import onnx
import pytest
from typer.testing import CliRunner

from okng import modelfile
from okng.cli.main import app
from okng.errors import ConfigError, ModelFileError
from okng.inference import Inspector
from okng.modelfile import seals


def _flipped(data: bytes, place: int, bit: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1 << bit
    return bytes(changed)


@pytest.mark.slow
def test_every_flipped_bit_is_refused(own: Path) -> None:
    """500 single bits anywhere, and every bit of the seal itself: each is a ModelFileError."""
    data, draw = own.read_bytes(), random.Random(7)  # noqa: S311 - any bits do
    begin = data.index(b"okng seal") - 12
    places = [(place, bit) for place in range(begin, len(data)) for bit in range(8)]
    places += [(draw.randrange(len(data)), draw.randrange(8)) for _ in range(500)]
    for place, bit in places:
        own.write_bytes(_flipped(data, place, bit))
        with pytest.raises(ModelFileError) as caught:
            modelfile.read(own)
        assert "\n" not in caught.value.what


@pytest.mark.parametrize(
    "verb",
    [
        ["info", "M"],
        ["predict", "M", "M"],
        ["evaluate", "M", ".", "--out", "judged"],
        ["set-threshold", "M", "0.3", "--reason", "week 14"],
    ],
)
def test_every_verb_refuses_a_changed_file(own: Path, verb: list[str]) -> None:
    """Exit code 4 and one message."""
    data = own.read_bytes()
    own.write_bytes(_flipped(data, len(data) // 2, 0))
    result = CliRunner().invoke(app, [str(own) if word == "M" else word for word in verb])
    assert result.exit_code == 4
    assert "changed or damaged after okng wrote it" in result.stderr


def test_inspector_refuses_a_changed_file(own: Path) -> None:
    """The Python interface as well."""
    data = own.read_bytes()
    own.write_bytes(_flipped(data, len(data) // 2, 0))
    with pytest.raises(ModelFileError, match="changed or damaged"):
        Inspector(own)


def test_a_file_saved_by_another_tool_is_refused(own: Path) -> None:
    """Classes exchanged in the metadata, with onnx and in good order."""
    model = onnx.load(own)
    for entry in model.metadata_props:
        entry.value = entry.value.replace('["ok","dent"]', '["dent","ok"]')
    onnx.save(model, own)
    with pytest.raises(ModelFileError, match="digest is not the one"):
        modelfile.read(own)


def test_a_file_without_its_seal_is_refused(own: Path) -> None:
    """A file of this version has a seal; only older ones have none."""
    model = onnx.load(own)
    kept = [entry for entry in model.metadata_props if entry.key != seals.KEY]
    del model.metadata_props[:]
    model.metadata_props.extend(kept)
    own.write_bytes(model.SerializeToString())
    with pytest.raises(ModelFileError, match="seal is gone"):
        modelfile.read(own)


def test_large_files_are_checked_quickly() -> None:
    """20 MB within 0.5 s on a busy machine; 18 ms for 13.6 MB on an idle core."""
    weights = onnx.helper.make_tensor(
        "w", onnx.TensorProto.UINT8, [20_000_000], bytes(20_000_000), raw=True
    )
    model = onnx.helper.make_model(onnx.helper.make_graph([], "g", [], [], [weights]))
    data = seals.sealed(model)
    begin = time.process_time()
    assert seals.check(data) is not None
    assert time.process_time() - begin < 0.5


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    """A private and a public key."""
    pytest.importorskip("cryptography")
    private = tmp_path / "plant.key"
    return private, modelfile.new_keys(private)


def test_signed_file_passes_only_with_its_key(
    own: Path, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    """An unsigned file, another key, and content changed after signing are refused."""
    private, public = keys
    with pytest.raises(ModelFileError, match="it is not signed"):
        modelfile.read(own, require_signature=public)
    signed = modelfile.sign(own, private)
    assert modelfile.read(own, require_signature=public) == signed
    other = modelfile.new_keys(tmp_path / "other.key")
    with pytest.raises(ModelFileError, match="signed with the key"):
        modelfile.read(own, require_signature=other)


def test_a_signature_does_not_move_to_other_content(own: Path, keys: tuple[Path, Path]) -> None:
    """Somebody who changes a file and makes a new digest cannot keep the signature."""
    private, public = keys
    signature = seals.check(modelfile.sign(own, private).data)
    assert signature is not None
    taken = signature.signature
    assert taken is not None
    model = onnx.load(own)
    model.doc_string = "changed"
    own.write_bytes(seals.sealed(model, lambda _: taken))
    assert modelfile.read(own).signer == taken.key
    with pytest.raises(ModelFileError, match="not valid for its content"):
        modelfile.read(own, require_signature=public)


def test_changed_threshold_drops_or_renews_the_signature(
    own: Path, keys: tuple[Path, Path]
) -> None:
    """Without the key the file is unsigned; with it, signed anew."""
    private, public = keys
    modelfile.sign(own, private)
    assert (
        modelfile.change_operating_point(
            own, modelfile.OperatingPointChange(threshold=0.3, reason="week 14")
        )[1].signer
        == ""
    )
    modelfile.change_operating_point(
        own, modelfile.OperatingPointChange(threshold=0.2, reason="week 15"), key=private
    )
    assert modelfile.read(own, require_signature=public).metadata.operating_point.threshold == 0.2


def test_keys_are_private_and_never_replaced(keys: tuple[Path, Path]) -> None:
    """Only the owner reads the private key; a key that exists stays; a foreign file is no key."""
    private, public = keys
    assert private.stat().st_mode & 0o077 == 0
    with pytest.raises(ConfigError, match="exists already"):
        modelfile.new_keys(private)
    with pytest.raises(ConfigError, match="not a public key"):
        modelfile.read(private, require_signature=private)
    with pytest.raises(ConfigError, match="not a private key"):
        modelfile.sign(public, public)


def test_signing_verbs(own: Path, tmp_path: Path) -> None:
    """Keys, signature and check by the program alone; a changed threshold drops the signature."""
    pytest.importorskip("cryptography")
    key, public = str(tmp_path / "plant.key"), str(tmp_path / "plant.pub")

    def okng(*words: str) -> str:
        result = CliRunner().invoke(app, [*words])
        assert result.exit_code == 0, result.stderr
        return result.output

    okng("keys", key)
    okng("sign", str(own), "--key", key)
    assert "signed with the key" in okng("info", str(own), "--require-signature", public)
    changed = okng("set-threshold", str(own), "0.3", "--reason", "week 14")
    assert "sign again" in changed
    refused = CliRunner().invoke(app, ["info", str(own), "--require-signature", public])
    assert refused.exit_code == 4


def test_hard_links_are_named(own: Path, tmp_path: Path) -> None:
    """Another name of the file keeps the old threshold; the program prints that."""
    (tmp_path / "other.onnx").hardlink_to(own)
    words = ["set-threshold", str(own), "0.3", "--reason", "week 14"]
    assert "hard links" in CliRunner().invoke(app, words).stderr
    assert modelfile.read(tmp_path / "other.onnx").metadata.operating_point.threshold != 0.3
