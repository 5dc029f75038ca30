"""Certificate and key for HTTPS are checked before the server starts."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from okng.config.station import ServerSection
from okng.errors import ConfigError


def check_tls(server: ServerSection, now: datetime | None = None) -> bool:
    """Whether the server has HTTPS of its own.

    Args:
        server: settings.
        now: at which the certificate must be valid; the time of the machine if not given.

    Raises:
        ConfigError: one of the two files is missing, unreadable or damaged, they do not belong
            together, or the certificate is not valid now.
    """
    cert, key = server.tls_cert, server.tls_key
    if cert is None and key is None:
        return False
    if cert is None or key is None:
        missing = "tls_cert" if cert is None else "tls_key"
        raise _wrong("HTTPS needs a certificate and its key", missing, "Give both files.")
    for name, file in (("tls_cert", cert), ("tls_key", key)):
        _check_readable(name, file)
    _check_pair(cert, key)
    _check_dates(cert, now or datetime.now(UTC))
    return True


def check_open(server: ServerSection) -> None:
    """Refuse a server without login that other machines reach.

    Raises:
        ConfigError: `server.no_auth` with an address that is not of this machine alone.
    """
    if server.no_auth and server.host not in {"127.0.0.1", "::1", "localhost"}:
        raise _wrong(
            f"Without login, {server.host} would let everybody in the network change everything",
            "no_auth",
            "Leave it out, or listen on 127.0.0.1.",
        )


def _check_readable(name: str, file: Path) -> None:
    try:
        file.read_bytes()
    except OSError as exc:
        raise _wrong(
            f"{file} cannot be read: {exc.strerror}", name, "Correct the path or its rights."
        ) from exc


def _check_pair(cert: Path, key: Path) -> None:
    try:
        # No password: a server that starts by itself has nobody to type it.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key, password=_no_password)
    except ssl.SSLError as exc:
        if exc.reason == "KEY_VALUES_MISMATCH":
            raise _wrong(
                f"{key} is not the key of {cert}", "tls_key", "Give the key of this certificate."
            ) from exc
        raise _wrong(
            f"{cert} and {key} are not a certificate and its key, in PEM, without password",
            "tls_cert",
            "Convert them with `openssl x509` and `openssl pkey`.",
        ) from exc


def _no_password() -> str:
    return ""


def _check_dates(cert: Path, now: datetime) -> None:
    first = x509.load_pem_x509_certificates(cert.read_bytes())[0]
    if now < first.not_valid_before_utc or now > first.not_valid_after_utc:
        raise _wrong(
            f"{cert} is valid from {first.not_valid_before_utc:%Y-%m-%d} to"
            f" {first.not_valid_after_utc:%Y-%m-%d}, and today is {now:%Y-%m-%d}",
            "tls_cert",
            "Renew the certificate, or set the clock of the machine.",
        )


def _wrong(what: str, setting: str, hint: str) -> ConfigError:
    return ConfigError(what, where=f"server.{setting}", hint=hint)
