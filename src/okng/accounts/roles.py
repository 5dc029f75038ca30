"""Scopes: what a caller may do. Roles: the scopes of a user."""

from enum import StrEnum


class Scope(StrEnum):
    """What may be done. A key has any of them; a user has those of the role.

    Every caller who is known may read.
    """

    JUDGE = "judge"
    """Have photos inspected."""
    REVIEW = "review"
    """Agree, disagree and comment; run the check with master parts."""
    CHANGE = "change"
    """Change thresholds, master parts and bypasses."""
    ADMIN = "admin"
    """Users, keys, and model files."""
    COLLECT = "collect"
    """Add rows and photos of the station that a key is named after; for a central server."""


class UserRole(StrEnum):
    """What a user is at the plant."""

    OPERATOR = "operator"
    QUALITY = "quality"
    ADMIN = "admin"


SCOPES: dict[UserRole, frozenset[Scope]] = {
    UserRole.OPERATOR: frozenset({Scope.JUDGE, Scope.REVIEW}),
    UserRole.QUALITY: frozenset({Scope.JUDGE, Scope.REVIEW, Scope.CHANGE}),
    UserRole.ADMIN: frozenset(Scope),
}
