"""TLS of connections: certificates from files, and what is wrong with one in words."""

import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from okng.error_codes import Code
from okng.errors import ConfigError, ConnectError

_EXPIRED, _NOT_YET = 10, 9
"""X509_V_ERR_CERT_HAS_EXPIRED and X509_V_ERR_CERT_NOT_YET_VALID of OpenSSL."""


def client_context(
    ca: Path | None = None, certificate: Path | None = None, key: Path | None = None
) -> ssl.SSLContext:
    """What a client checks and shows: TLS 1.2 and later, names are always checked.

    Args:
        ca: certificates that are trusted; those of the system if None.
        certificate: of the station, for brokers that ask for one.
        key: its private key.

    Raises:
        ConfigError: a file cannot be read, or is none.
        ConnectError: the certificate of the station is not valid now.
    """
    if certificate is not None:
        refuse_expired(certificate)
    try:
        context = ssl.create_default_context(cafile=ca)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if certificate is not None:
            context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as exc:
        files = ", ".join(str(file) for file in (ca, certificate, key) if file is not None)
        raise ConfigError(
            f"A certificate or its key cannot be used: {exc.strerror or exc}",
            where=files,
            allowed="files in PEM form; the key fits the certificate",
            hint="Check the files, and who may read them.",
        ) from exc
    return context


def refuse_expired(certificate: Path) -> datetime:
    """The last day of a certificate.

    Raises:
        ConfigError: the file is none.
        ConnectError: it is not valid now.
    """
    try:
        known = x509.load_pem_x509_certificate(certificate.read_bytes())
    except (OSError, ValueError) as exc:
        raise ConfigError(
            f"The certificate cannot be read: {exc}", where=certificate,
            allowed="a certificate in PEM form", hint="Check the file.",
        ) from exc  # fmt: skip
    now = datetime.now(UTC)
    if now > known.not_valid_after_utc:
        raise _invalid(
            f"The certificate of the station expired on {known.not_valid_after_utc:%Y-%m-%d}",
            str(certificate), "Renew it.",
        )  # fmt: skip
    if now < known.not_valid_before_utc:
        raise _invalid(
            f"The certificate of the station is valid from {known.not_valid_before_utc:%Y-%m-%d}",
            str(certificate), "Check the clock of this machine.",
        )  # fmt: skip
    return known.not_valid_after_utc


def probe(host: str, port: int, context: ssl.SSLContext | None, timeout: float) -> str | None:
    """Connect and leave, without a word.

    Args:
        host: of the other side.
        port: likewise.
        context: of TLS; None for a plain connection.
        timeout: in seconds.

    Returns:
        The last day of the certificate of the other side; None for a plain connection.

    Raises:
        ConnectError: it cannot be reached, or its certificate is not valid.
    """
    where = f"{host}:{port}"
    try:
        with socket.create_connection((host, port), timeout) as plain:
            if context is None:
                return None
            with context.wrap_socket(plain, server_hostname=host) as encrypted:
                shown = encrypted.getpeercert() or {}
    except OSError as exc:
        raise certificate_fault(exc, where) or ConnectError(
            f"The other side cannot be reached: {exc.strerror or exc}", where=where,
            hint="Check that it runs, and that host and port are right.",
        ) from exc  # fmt: skip
    seconds = ssl.cert_time_to_seconds(str(shown["notAfter"]))
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"


def certificate_fault(fault: BaseException, where: str) -> ConnectError | None:
    """The error of okng for one of TLS, or for one that was caused by it; None for another."""
    seen: BaseException | None = fault
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return _not_verified(seen, where)
        if isinstance(seen, ssl.SSLError):
            reason = str(seen.reason or seen).replace("_", " ").lower()
            return _invalid(
                f"The connection cannot be encrypted: {reason}", where,
                "Check that this port speaks TLS, and which certificates both sides want.",
            )  # fmt: skip
        seen = seen.__cause__ or seen.__context__
    return None


def _not_verified(fault: ssl.SSLCertVerificationError, where: str) -> ConnectError:
    if fault.verify_code == _EXPIRED:
        return _invalid(
            "The certificate of the other side has expired", where,
            "Renew it there; or check the clock of this machine.",
        )  # fmt: skip
    if fault.verify_code == _NOT_YET:
        return _invalid(
            "The certificate of the other side is not valid yet", where,
            "Check the clock of this machine.",
        )  # fmt: skip
    return _invalid(
        f"The certificate of the other side is not accepted: {fault.verify_message}", where,
        "Name the certificate of its authority in `ca_file`, and the host as the certificate does.",
    )  # fmt: skip


def _invalid(what: str, where: str, hint: str) -> ConnectError:
    return ConnectError(what, where=where, hint=hint, code=Code.CONNECT_CERTIFICATE)
