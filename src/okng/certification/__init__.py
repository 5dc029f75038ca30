"""Certification: one model file, every way to run it at hand, the same verdicts or not. No torch.

The certificate is a file of its own; its digest is sealed into the model file.
"""

from okng.certification.certificate import Certificate, Difference, NotTried, Row
from okng.certification.comparison import certify
from okng.certification.sealing import certificate_file, seal_certificate
from okng.certification.setups import BATCHES, Kernels, Setup, setups_at_hand

__all__ = [
    "BATCHES",
    "Certificate",
    "Difference",
    "Kernels",
    "NotTried",
    "Row",
    "Setup",
    "certificate_file",
    "certify",
    "seal_certificate",
    "setups_at_hand",
]
