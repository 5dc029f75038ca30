"""Signatures of model files: Ed25519, with a key of the plant.

The seal detects accidental changes; anybody can create a new one. A signature detects intended
changes: only the owner of the private key can create one. It needs the extra `sign` (the package
cryptography).
"""

from pathlib import Path
from typing import TYPE_CHECKING

from okng.error_codes import Code
from okng.errors import ConfigError, ModelFileError
from okng.files import write_atomic
from okng.modelfile.seals import Seal, Signature, Signer

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )


def new_keys(private: Path) -> Path:
    """Create a pair of keys: PEM files, the private one readable by its owner only.

    Args:
        private: path of the private key; the public key is written beside it, with suffix `.pub`.

    Returns:
        The path of the public key.

    Raises:
        ConfigError: one of the files exists, or `cryptography` is not installed.
    """
    public = private.with_suffix(".pub")
    for path in (private, public):
        if path.exists():
            raise ConfigError(
                "The key file exists already",
                where=path,
                hint="Take another name: files signed with a lost key cannot be signed again.",
                code=Code.FILE_EXISTS,
            )
    _needs_cryptography()
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - an extra
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415

    key = ed25519.Ed25519PrivateKey.generate()
    pem = serialization.Encoding.PEM
    kind, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    # The mode is set when the file is created: the key is never readable by others.
    write_atomic(private, key.private_bytes(pem, kind, plain), mode=0o600)
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    write_atomic(public, key.public_key().public_bytes(pem, spki))
    return public


def signer(private: Path | str) -> Signer:
    """A function that signs with a private key.

    Raises:
        ConfigError: not an Ed25519 key without a password, or `cryptography` is not installed.
    """
    key = _private(Path(private))

    def sign(message: bytes) -> Signature:
        public = key.public_key().public_bytes_raw()
        return Signature(public.hex(), key.sign(message).hex())

    return sign


def public_key_of(file: Path) -> str:
    """The Ed25519 public key in a PEM file, in hex.

    Raises:
        ConfigError: the key cannot be read, or `cryptography` is not installed.
    """
    return _public(file).public_bytes_raw().hex()


def check_signature(seal: Seal | None, public: Path | str, path: Path | str) -> None:
    """Refuse a model file that is not signed with a given key.

    Args:
        seal: the seal of the file; None if it has none.
        public: file of the public key.
        path: the model file, for errors.

    Raises:
        ModelFileError: the file is not signed, is signed with another key, or the signature is
            invalid for its content.
        ConfigError: the key cannot be read, or `cryptography` is not installed.
    """
    key = _public(Path(public))
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an extra

    wanted = key.public_bytes_raw().hex()
    signature = seal.signature if seal else None
    if seal is None or signature is None:
        raise _refused("it is not signed", path, public)
    if signature.key != wanted:
        raise _refused(f"it was signed with the key {signature.key[:16]!a}...", path, public)
    try:
        key.verify(bytes.fromhex(signature.value), seal.message)
    except (InvalidSignature, ValueError) as exc:
        raise _refused("the signature is not valid for its content", path, public) from exc


def _refused(reason: str, path: Path | str, public: Path | str) -> ModelFileError:
    return ModelFileError(
        f"The model file does not have the required signature: {reason}",
        where=path,
        allowed=f"a file that is signed with the private key of {public}",
        hint="Ask the person who releases model files (`okng sign`).",
        code=Code.MODEL_UNSIGNED,
    )


def _needs_cryptography() -> None:
    try:
        import cryptography  # noqa: F401, PLC0415 - an extra
    except ModuleNotFoundError as exc:
        raise ConfigError(
            "Signatures need the package cryptography, which is not installed",
            hint="pip install 'okng[sign]'",
            code=Code.LIBRARY_MISSING,
        ) from exc


def _private(path: Path) -> "Ed25519PrivateKey":
    _needs_cryptography()
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        key = load_pem_private_key(_content(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as exc:
        raise _no_key("private", path) from exc
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise _no_key("private", path)
    return key


def _public(path: Path) -> "Ed25519PublicKey":
    _needs_cryptography()
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415

    try:
        key = load_pem_public_key(_content(path))
    except (ValueError, UnsupportedAlgorithm) as exc:
        raise _no_key("public", path) from exc
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise _no_key("public", path)
    return key


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise ConfigError(
            f"The key cannot be read: {exc.strerror}",
            where=path,
            hint="Check the path.",
            code=Code.KEY_INVALID,
        ) from exc


def _no_key(kind: str, path: Path) -> ConfigError:
    return ConfigError(
        f"This is not a {kind} key for signatures",
        where=path,
        allowed=f"an Ed25519 {kind} key in a PEM file, without a password",
        hint="`okng keys FILE` creates a pair of keys.",
        code=Code.KEY_INVALID,
    )
