"""How the station shows a PLC who it is over OPC UA, and whom it trusts."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from asyncua import Client, ua
from asyncua.crypto import security_policies, uacrypto
from cryptography import x509

from okng.errors import ConfigError


class Policy(StrEnum):
    """Security policies that are safe today; every message is signed and encrypted."""

    BASIC256SHA256 = "Basic256Sha256"
    AES128_SHA256_RSAOAEP = "Aes128_Sha256_RsaOaep"
    AES256_SHA256_RSAPSS = "Aes256_Sha256_RsaPss"


_CLASSES = {
    Policy.BASIC256SHA256: security_policies.SecurityPolicyBasic256Sha256,
    Policy.AES128_SHA256_RSAOAEP: security_policies.SecurityPolicyAes128Sha256RsaOaep,
    Policy.AES256_SHA256_RSAPSS: security_policies.SecurityPolicyAes256Sha256RsaPss,
}


class Keys(NamedTuple):
    """Certificates of both sides, as PEM or DER.

    Attributes:
        policy: of the connection.
        certificate: of the station.
        private_key: of the station.
        server_certificate: of the PLC, the only one that is trusted.
    """

    policy: Policy
    certificate: Path
    private_key: Path
    server_certificate: Path


class Login(NamedTuple):
    """A user of the PLC.

    Attributes:
        user: name.
        password_file: holds the password and nothing else.
    """

    user: str
    password_file: Path


async def secure(client: Client, keys: Keys) -> None:
    """Have a client sign and encrypt. It then connects to the PLC of that certificate only.

    Raises:
        ConfigError: a file cannot be read, or a certificate has expired.
    """
    own = await _certificate(keys.certificate, "certificate")
    await _certificate(keys.server_certificate, "server_certificate")
    client.application_uri = _application_uri(own, keys.certificate)
    try:
        await client.set_security(
            _CLASSES[keys.policy],  # type: ignore[type-abstract]
            keys.certificate, keys.private_key,
            server_certificate=uacrypto.CertProperties(keys.server_certificate),
            mode=ua.MessageSecurityMode.SignAndEncrypt,
        )  # fmt: skip
    except (OSError, ValueError, TypeError, ua.UaError) as error:
        raise ConfigError(
            f"The key of the station cannot be used: {error}", where=keys.private_key
        ) from error


def log_in(client: Client, login: Login) -> None:
    """Have a client log in.

    Raises:
        ConfigError: the file of the password cannot be read.
    """
    client.set_user(login.user)
    try:
        client.set_password(login.password_file.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeError) as error:
        raise ConfigError(
            f"The password cannot be read: {error}", where=login.password_file
        ) from error


async def _certificate(path: Path, name: str) -> x509.Certificate:
    try:
        certificate: x509.Certificate = await uacrypto.load_certificate(path)
    except (OSError, ValueError) as error:
        raise ConfigError(f"`{name}` cannot be read as PEM or DER: {error}", where=path) from error
    expired = certificate.not_valid_after_utc
    if expired < datetime.now(UTC):
        raise ConfigError(
            f"`{name}` expired on {expired:%Y-%m-%d}",
            where=path,
            hint="make a new one; docs/how-to/connect-a-plc.md has the command",
        )
    return certificate


def _application_uri(certificate: x509.Certificate, path: Path) -> str:
    """Servers refuse a client whose name is not in its certificate."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return names.get_values_for_type(x509.UniformResourceIdentifier)[0]
    except (x509.ExtensionNotFound, IndexError) as error:
        raise ConfigError(
            "`certificate` has no URI among its alternative names",
            where=path,
            hint="OPC UA needs one; docs/how-to/connect-a-plc.md has the command",
        ) from error
