"""Who may do what at a station: users, keys of programs, sessions of pages, signatures.

It stands in tables of its own in the database of the records. Those rows change; each change is
also an entry on record. It knows no HTTP: `okng.serve.security` does. It comes with `okng[serve]`.
"""

from okng.accounts.accounts import Accounts, Limits
from okng.accounts.api_keys import ApiKey, NewKey
from okng.accounts.audit import Action, Auditor
from okng.accounts.passwords import Passwords
from okng.accounts.roles import SCOPES, Scope, UserRole
from okng.accounts.signatures import Meaning, SignedRow
from okng.accounts.user import User

__all__ = [
    "SCOPES",
    "Accounts",
    "Action",
    "ApiKey",
    "Auditor",
    "Limits",
    "Meaning",
    "NewKey",
    "Passwords",
    "Scope",
    "SignedRow",
    "User",
    "UserRole",
]
