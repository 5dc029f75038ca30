"""The seal: a digest of the whole file, stored in the file, with an optional signature.

It is one entry of the ONNX metadata, 256 hexadecimal digits: SHA-256 of the file (64), public key
(64) and signature (128), zeros without a signature. It is checked on the bytes of the file before
they are parsed, so that damaged data do not reach a parser:

- the signed message is the SHA-256 of the file with all 256 digits set to 0;
- the digest is the SHA-256 of the file with the first 64 digits set to 0, signature included.
"""

import hashlib
from collections.abc import Callable
from typing import NamedTuple

import onnx

KEY = "okng seal"
_DIGEST, _SIGNER, _WHOLE = 64, 128, 256  # where digest, public key and signature end
_BLANK = b"0" * _WHOLE
_HEAD = onnx.StringStringEntryProto(key=KEY, value="0" * _WHOLE).SerializeToString()[:-_WHOLE]
"""The bytes before the digits of the seal in every file: tags, key and lengths of its entry."""
_CONTEXT = b"okng model file, seal 1\n"  # makes a signature valid for this purpose only


class Signature(NamedTuple):
    """An Ed25519 signature: public key of 32 bytes and signature of 64, both hexadecimal."""

    key: str
    value: str


class Seal(NamedTuple):
    """The seal of a file whose digest was verified.

    Attributes:
        signature: the signature, not verified yet; None if the file is not signed.
        message: the signed bytes.
    """

    signature: Signature | None
    message: bytes


Signer = Callable[[bytes], Signature]


class BrokenSealError(ValueError):
    """The bytes of a file differ from those that were sealed."""


def sealed(model: onnx.ModelProto, sign: Signer | None = None) -> bytes:
    """The bytes of a model file, with its seal; an older seal is replaced.

    Args:
        model: the graph with all its metadata.
        sign: signs the message; None leaves the file unsigned.
    """
    others = [entry for entry in model.metadata_props if entry.key != KEY]
    del model.metadata_props[:]
    model.metadata_props.extend(others)
    model.metadata_props.add(key=KEY, value="0" * _WHOLE)
    # Deterministic: the same graph and metadata give the same bytes and the same digest.
    data = bytearray(model.SerializeToString(deterministic=True))
    start = _start(data)
    if start is None:
        raise BrokenSealError("the seal cannot be placed")
    # The signature is part of the digest, so it is inserted first.
    if sign is not None:
        signature = sign(_message(data))
        data[start + _DIGEST : start + _WHOLE] = (signature.key + signature.value).encode("ascii")
    data[start : start + _DIGEST] = hashlib.sha256(data).hexdigest().encode("ascii")
    return bytes(data)


def check(data: bytes) -> Seal | None:
    """The seal of a file; None for files of okng 0.1 that were written before seals existed.

    Raises:
        BrokenSealError: the file was changed after it was sealed, or has several seals.
    """
    start = _start(data)
    if start is None:
        return None
    digest = _hashed(data, start, _DIGEST).hexdigest().encode("ascii")
    if data[start : start + _DIGEST] != digest:
        raise BrokenSealError("its digest is not the one that was sealed into it")
    key, value = data[start + _DIGEST : start + _SIGNER], data[start + _SIGNER : start + _WHOLE]
    if key + value == _BLANK[_DIGEST:]:
        return Seal(None, b"")
    message = _CONTEXT + _hashed(data, start, _WHOLE).digest()
    return Seal(Signature(key.decode("latin-1"), value.decode("latin-1")), message)


def _message(blank: bytearray) -> bytes:
    return _CONTEXT + hashlib.sha256(blank).digest()


def _hashed(data: bytes, start: int, count: int) -> "hashlib._Hash":
    """SHA-256 of the file with the first `count` digits of its seal set to 0."""
    view = memoryview(data)
    # In three parts, without a copy of the file in memory.
    hashed = hashlib.sha256(view[:start])
    hashed.update(_BLANK[:count])
    hashed.update(view[start + count :])
    return hashed


def _start(data: bytes | bytearray) -> int | None:
    """Offset of the digits of the seal; None without a seal."""
    place = data.find(_HEAD)
    if place < 0:
        return None
    start = place + len(_HEAD)
    # A second seal could hide the first one from another reader.
    if data.find(_HEAD, start) >= 0 or len(data) < start + _WHOLE:
        raise BrokenSealError("it has a damaged seal, or several")
    return start
