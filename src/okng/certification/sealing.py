"""Writes a certificate, and seals its digest into the model file that it is of."""

from pathlib import Path

from okng import modelfile
from okng.certification.certificate import Certificate
from okng.error_codes import Code
from okng.errors import ModelFileError
from okng.files import locked
from okng.modelfile import CertificateMark, ModelFile
from okng.modelfile.signing import signer
from okng.runs.layout import CERTIFICATE, MODEL


def certificate_file(model: Path) -> Path:
    """Where the certificate of a model file lies: in its run, or beside it under its name."""
    return model.with_name(CERTIFICATE if model.name == MODEL else f"{model.stem}.{CERTIFICATE}")


def seal_certificate(path: Path, certificate: Certificate, *, key: Path | None = None) -> ModelFile:
    """Put the digest of a certificate into the metadata of its model file.

    Graph, operating point and all else stay as they are. The digest of the file changes, and an old
    signature is removed.

    Args:
        path: the model file; it is replaced atomically.
        certificate: made of this very file.
        key: private key that signs the file again.

    Raises:
        ModelFileError: the file is not the one that was certified.
        ConfigError: the key cannot be read.
    """
    sign = None if key is None else signer(key)
    with locked(path):
        file = modelfile.read(path)
        if file.digest != certificate.model_digest:
            raise ModelFileError(
                "The model file was changed while it was certified",
                where=path,
                allowed=certificate.model_digest,
                hint="Certify it again.",
                code=Code.MODEL_OTHER_DIGEST,
            )
        update = {"certificate": mark_of(certificate)}
        modelfile.seal(path, file.metadata.model_copy(update=update), sign=sign)
        return modelfile.read(path)


def mark_of(certificate: Certificate) -> CertificateMark:
    """What the model file keeps of a certificate."""
    return CertificateMark(
        digest=certificate.digest,
        photos=certificate.photos,
        setups=len(certificate.rows),
        differing=certificate.differing,
        largest_difference=certificate.largest_difference,
        created=certificate.created,
    )
