"""Certificates and users of a simulated OPC UA server, made for one test."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from asyncua import Server, ua
from asyncua.crypto.cert_gen import dump_private_key_as_pem, generate_private_key
from asyncua.crypto.permission_rules import User, UserRole
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from okng.testing.line.plc.plc_memory_opcua import ServingTags


class KeyPair(NamedTuple):
    """Files of a certificate and its key."""

    certificate: Path
    private_key: Path


def key_pair(folder: Path, name: str, *, days: int = 30, uri: bool = True) -> KeyPair:
    """A self-signed certificate as PEM, and its key.

    Args:
        folder: that gets both files.
        name: of the files and of the application.
        days: until it expires; below 0 it has.
        uri: has the URI that OPC UA asks for.
    """
    key, now = generate_private_key(), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    names += [x509.UniformResourceIdentifier(f"urn:okng:{name}")] * uri
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    pair = KeyPair(folder / f"{name}.pem", folder / f"{name}.key.pem")
    pair.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
    pair.private_key.write_bytes(dump_private_key_as_pem(key))
    return pair


class OneUser:
    """Lets one user in with a password, those without a name, and nobody else."""

    def __init__(self, name: str, password: str) -> None:
        self._login = (name, password)

    def get_user(
        self,
        _server: object,
        username: str | None = None,
        password: str | None = None,
        certificate: Any = None,  # noqa: ARG002 - the signature is asyncua's
    ) -> User | None:
        """The user, or None."""
        known = username is None or (username, password) == self._login
        return User(role=UserRole.User) if known else None


class SecuredTags(ServingTags):
    """A PLC that takes open sessions, and encrypted ones of one user."""

    def __init__(self, port: int, pair: KeyPair, user: OneUser) -> None:
        super().__init__(port)
        self._pair, self._user = pair, user

    async def secure(self, server: Server) -> None:
        """Encryption and a user, and no security beside it."""
        await server.set_application_uri(f"urn:okng:{self._pair.certificate.stem}")
        await server.load_certificate(self._pair.certificate)
        await server.load_private_key(self._pair.private_key)
        encrypted = ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity, encrypted])
        server.set_identity_tokens([ua.AnonymousIdentityToken, ua.UserNameIdentityToken])
        server.iserver.user_manager = self._user  # type: ignore[assignment]
