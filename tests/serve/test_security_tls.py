"""Certificate and key are checked before the server starts; open servers stay on their machine."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from okng.config.station import ServerSection
from okng.errors import ConfigError
from okng.serve.security import check_open, check_tls

_NOW = datetime(2026, 6, 1, tzinfo=UTC)


def _pair(
    folder: Path, name: str, encryption: KeySerializationEncryption | None = None
) -> ServerSection:
    """Settings with a certificate for 2026 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    cert = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2026, 12, 31, tzinfo=UTC))
        .sign(key, SHA256())
    )
    (folder / f"{name}.crt").write_bytes(cert.public_bytes(Encoding.PEM))
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())
    )
    return ServerSection(tls_cert=folder / f"{name}.crt", tls_key=folder / f"{name}.key")


def test_a_valid_pair_is_accepted(tmp_path: Path) -> None:
    """And none at all means plain HTTP."""
    assert check_tls(_pair(tmp_path, "a"), _NOW)
    assert not check_tls(ServerSection())


def test_half_a_pair_is_refused(tmp_path: Path) -> None:
    """The setting that is missing is named."""
    pair = _pair(tmp_path, "a")
    with pytest.raises(ConfigError) as caught:
        check_tls(ServerSection(tls_cert=pair.tls_cert))
    assert caught.value.where == "server.tls_key"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """With the reason of the system."""
    with pytest.raises(ConfigError, match=r"gone\.key cannot be read: No such file"):
        check_tls(ServerSection(tls_cert=_pair(tmp_path, "a").tls_cert, tls_key=Path("gone.key")))


def test_the_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    """The message names both files."""
    one, other = _pair(tmp_path, "one"), _pair(tmp_path, "other")

    with pytest.raises(ConfigError, match=r"other\.key is not the key of .*one\.crt"):
        check_tls(ServerSection(tls_cert=one.tls_cert, tls_key=other.tls_key), _NOW)


def test_a_key_with_a_password_is_refused(tmp_path: Path) -> None:
    """Nobody is there to type it, and the server does not wait for it."""
    with pytest.raises(ConfigError, match="without password"):
        check_tls(_pair(tmp_path, "a", BestAvailableEncryption(b"secret")), _NOW)


def test_a_file_that_is_no_certificate_is_refused(tmp_path: Path) -> None:
    """Before the first browser meets it."""
    pair = _pair(tmp_path, "a")
    (tmp_path / "a.crt").write_text("no certificate")

    with pytest.raises(ConfigError, match="not a certificate"):
        check_tls(pair, _NOW)


@pytest.mark.parametrize("days", [-200, 300])
def test_a_certificate_of_another_time_is_refused(tmp_path: Path, days: int) -> None:
    """Not yet valid, or no longer; the message has both dates."""
    with pytest.raises(ConfigError, match="valid from 2026-01-01 to 2026-12-31"):
        check_tls(_pair(tmp_path, "a"), _NOW + timedelta(days=days))


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.7", "::", "station"])  # noqa: S104
def test_a_server_without_login_listens_on_its_own_machine_only(host: str) -> None:
    """`--no-auth` in a network is refused."""
    with pytest.raises(ConfigError, match="everybody"):
        check_open(ServerSection(no_auth=True, host=host))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_server_without_login_may_be_tried_out(host: str) -> None:
    """On its own machine; and any address will do with a login."""
    check_open(ServerSection(no_auth=True, host=host))
    check_open(ServerSection(host="0.0.0.0"))  # noqa: S104
