"""Proof that records are complete and unchanged: signed heads of the chains, and `verify`."""

from okng.records.proof.findings import ChainResult, Fault, FaultKind, Verification
from okng.records.proof.heads import HeadSigner, SignedHead, read_heads
from okng.records.proof.keys import Keys, rotate_key, station_keys, trusted_keys
from okng.records.proof.verify import snapshot, verify

__all__ = [
    "ChainResult",
    "Fault",
    "FaultKind",
    "HeadSigner",
    "Keys",
    "SignedHead",
    "Verification",
    "read_heads",
    "rotate_key",
    "snapshot",
    "station_keys",
    "trusted_keys",
    "verify",
]
