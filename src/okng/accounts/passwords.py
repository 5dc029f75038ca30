"""Passwords: which are accepted, how they are stored, how they are compared."""

import re
import secrets
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from okng.errors import StationError

SHORTEST = 12
"""Characters. Length counts more than kinds of characters (NIST SP 800-63B, 3.1.1.2)."""
LONGEST = 200
"""Characters; a longer text would only cost time."""
AT_ONCE = 2
"""Passwords compared at the same time: each takes 64 MiB and four threads for some 50 ms."""
_COMMON = re.compile("password|passwort|123456|qwert|letmein|inspector|okng|welcome|admin")


class Passwords:
    """Hashes and compares passwords with Argon2id.

    Args:
        hasher: with the cost of one comparison; RFC 9106, low memory, if not given.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        # Compared where there is no such user, so that both answers take the same time.
        self._nobody = self._hasher.hash(secrets.token_urlsafe())
        self._slots = threading.BoundedSemaphore(AT_ONCE)

    def hashed(self, password: str) -> str:
        """The hash to store."""
        with self._slots:
            return self._hasher.hash(_normal(password))

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether a password is that of a stored hash; takes as long without one.

        Args:
            stored: the hash, or None where there is no such user.
            password: as it was typed.
        """
        typed = _normal(password)[:LONGEST]  # a password of megabytes would keep Argon2 busy
        with self._slots:
            try:
                # no such user: as slow as a wrong password
                self._hasher.verify(stored or self._nobody, typed)
            except (VerificationError, InvalidHashError):
                return False
        return stored is not None and len(password) <= LONGEST

    def outdated(self, stored: str) -> bool:
        """Whether a hash has another cost than those made now."""
        return self._hasher.check_needs_rehash(stored)


def check_strength(password: str, name: str) -> None:
    """Refuse a password that is easy to guess.

    Raises:
        StationError: it is too short, too long, contains the name, or consists of a common word.
    """
    plain = password.casefold()
    if not SHORTEST <= len(password) <= LONGEST:
        raise _weak(f"The password has {len(password)} characters")
    if name and name.casefold() in plain:
        raise _weak("The password contains the name of the user")
    if len(set(plain)) < 5:  # aaaaaaaaaaaa, ababababab
        raise _weak("The password repeats few characters")
    rest = _COMMON.sub("", plain)
    if rest != plain and len(rest) < SHORTEST // 2:  # what is left beside the common word
        raise _weak("The password consists of a common word")


def _normal(password: str) -> str:
    # The same letter may be one code point or two, depending on the keyboard (RFC 8265).
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()


def _weak(what: str) -> StationError:
    return StationError(
        what,
        where="password",
        allowed=f"{SHORTEST} to {LONGEST} characters, not a common word and not the user's name",
        hint="Take several words that do not belong together.",
    )
