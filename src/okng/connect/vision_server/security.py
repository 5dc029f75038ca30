"""Who may connect to the OPC UA server, and its certificate."""

import hmac
import os
import socket
from pathlib import Path
from typing import Any, NamedTuple

from asyncua import ua
from asyncua.crypto.cert_gen import setup_self_signed_certificate
from asyncua.crypto.permission_rules import SimpleRoleRuleset, User, UserRole
from asyncua.crypto.truststore import TrustStore
from asyncua.crypto.validator import CertificateValidator, CertificateValidatorOptions
from asyncua.server.server import Server
from asyncua.server.user_managers import UserManager
from cryptography.x509.oid import ExtendedKeyUsageOID

from okng.error_codes import Code
from okng.errors import ConfigError

POLICIES = [
    ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt,
    ua.SecurityPolicyType.Aes128Sha256RsaOaep_SignAndEncrypt,
    ua.SecurityPolicyType.Aes256Sha256RsaPss_SignAndEncrypt,
]
"""Offered to clients: encrypted ones only, since a password goes through them."""


class Access(NamedTuple):
    """Who may connect.

    Attributes:
        user: name.
        password: of the user.
        folder: of the server's own key and certificate.
        trusted: folder with certificates of clients; None to take any client that has the password.
        insecure: also without encryption and password.
    """

    user: str
    password: str
    folder: Path
    trusted: Path | None = None
    insecure: bool = False


class OneUser(UserManager):
    """Lets one user in, and with `insecure` everybody."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def get_user(
        self,
        iserver: Any,  # noqa: ARG002 - as asyncua calls it
        username: str | None = None,
        password: str | None = None,
        certificate: Any = None,  # noqa: ARG002
    ) -> User | None:
        """The user of a session, or None to refuse it."""
        if username is None:
            return User(role=UserRole.User) if self._access.insecure else None
        right_name = hmac.compare_digest(username.encode(), self._access.user.encode())
        right = hmac.compare_digest((password or "").encode(), self._access.password.encode())
        return User(role=UserRole.User, name=username) if right_name and right else None


async def protect(server: Server, access: Access, uri: str) -> None:
    """Set certificate, policies and identities of a server that does not run yet.

    Raises:
        ConfigError: the folder of the certificate cannot be written to.
    """
    key, certificate = access.folder / "key.pem", access.folder / "certificate.der"
    try:
        access.folder.mkdir(parents=True, exist_ok=True)
        if not key.exists():
            os.close(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600))
            key.unlink()
        await _make(key, certificate, uri)
        key.chmod(0o600)
    except OSError as exc:
        raise ConfigError(
            f"The certificate of the OPC UA server cannot be written: {exc.strerror}.",
            where=access.folder,
            hint="Set `certificate_folder` to a folder that the user of okng may write to.",
            code=Code.FILE_NOT_WRITABLE,
        ) from exc
    await server.load_certificate(certificate)
    await server.load_private_key(key)
    server.set_security_policy(_policies(access), permission_ruleset=_rules())
    server.set_identity_tokens(_identities(access))
    server.set_certificate_validator(await _validator(access))


async def _make(key: Path, certificate: Path, uri: str) -> None:
    """A certificate for a year, if there is none, or it is over."""
    host = socket.gethostname()
    before = os.umask(0o077)
    try:
        await setup_self_signed_certificate(
            key, certificate, uri, host, [ExtendedKeyUsageOID.SERVER_AUTH], {"commonName": "okng"}
        )
    finally:
        os.umask(before)


def _policies(access: Access) -> list[ua.SecurityPolicyType]:
    return [*POLICIES, *([ua.SecurityPolicyType.NoSecurity] if access.insecure else [])]


def _rules() -> SimpleRoleRuleset:
    return SimpleRoleRuleset()  # type: ignore[no-untyped-call]


def _identities(access: Access) -> list[type]:
    anonymous = [ua.AnonymousIdentityToken] if access.insecure else []
    return [ua.UserNameIdentityToken, *anonymous]


async def _validator(access: Access) -> Any:
    options = CertificateValidatorOptions.TIME_RANGE | CertificateValidatorOptions.PEER_CLIENT
    if access.trusted is None:
        return CertificateValidator(options)
    store = TrustStore([access.trusted], [])
    await store.load()
    return CertificateValidator(options | CertificateValidatorOptions.TRUSTED, store)
