"""Keys that sign heads: Ed25519, made at the first start of a station, readable by it alone.

When a key is replaced, the old and the new one sign a line that names both. Whoever trusts one of
them can then trust the other.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from okng.files import write_atomic
from okng.modelfile.seals import Signature
from okng.modelfile.signing import new_keys, signer

PRIVATE = "records.key"  # Ed25519; its public half stands beside it
ROTATIONS = "rotations.jsonl"

Sign = Callable[[bytes], Signature]


class Keys(NamedTuple):
    """Keys of a station.

    Attributes:
        sign: signs with the private key in use.
        folder: where they lie.
    """

    sign: Sign
    folder: Path


def station_keys(folder: Path) -> Keys:
    """The keys in a folder, made if there are none.

    Raises:
        ConfigError: the key cannot be read, or `cryptography` is not installed.
        OkngError: the folder cannot be written.
    """
    private = folder / PRIVATE
    if not private.exists():
        new_keys(private)
    return Keys(signer(private), folder)


def rotate_key(folder: Path) -> str:
    """Replace the key of a station; the old public key stays in the line that both have signed.

    Returns:
        The new public key, in hex.

    Raises:
        ConfigError: the key cannot be read.
        OkngError: the folder cannot be written.
    """
    old = station_keys(folder).sign
    fresh = folder / "next.key"
    # of a rotation that was killed in the middle
    for leftover in (fresh, fresh.with_suffix(".pub")):
        leftover.unlink(missing_ok=True)
    new_keys(fresh)
    new = signer(fresh)
    before, after = old(b"").key, new(b"").key  # public keys, in hex
    message = _rotation(before, after)
    line = {"before": before, "after": after, "signed_before": old(message).value,
            # Each key signs for the other: who holds only one of them cannot write such a line.
            "signed_after": new(message).value}  # fmt: skip
    lines = _lines(folder / ROTATIONS)
    # before the key is replaced: a kill between the two leaves a line that harms nothing
    write_atomic(folder / ROTATIONS, "".join(f"{each}\n" for each in [*lines, json.dumps(line)]))
    fresh.replace(folder / PRIVATE)
    fresh.with_suffix(".pub").replace((folder / PRIVATE).with_suffix(".pub"))
    return after


def trusted_keys(given: frozenset[str], rotations: Path) -> frozenset[str]:
    """Keys that are given, and those that follow from them by lines that both have signed.

    Args:
        given: public keys in hex.
        rotations: file of the lines; it need not exist.
    """
    pairs = []
    for text in _lines(rotations):
        line = json.loads(text)
        before, after = str(line["before"]), str(line["after"])
        message = _rotation(before, after)
        if is_signed(before, line["signed_before"], message) and is_signed(
            after, line["signed_after"], message
        ):
            pairs.append({before, after})
    trusted = set(given)
    for _ in pairs:  # each round adds the neighbours of those that are trusted
        for pair in pairs:
            if pair & trusted:
                trusted |= pair
    return frozenset(trusted)


def is_signed(key: str, signature: str, message: bytes) -> bool:
    """Whether a signature in hex is that of a message by a public key in hex."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an extra
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415

    try:
        public = ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), message)
    # a key or signature that is no hex is wrong, not a fault of the program
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _rotation(before: str, after: str) -> bytes:
    return f"okng records key\n{before}\n{after}".encode()


def _lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines() if file.exists() else []
