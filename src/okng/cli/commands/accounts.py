"""`okng users` and `okng api-keys`: accounts of a station, where no page is at hand."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from okng.cli.stations import Config, person, settings_of_station

if TYPE_CHECKING:
    from okng.accounts import Accounts

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
User = Annotated[str, typer.Argument(help="Name that the user logs in with.")]
Prefix = Annotated[str, typer.Argument(help="Start of the key, as listed: okng_1234abcd.")]


class Role(StrEnum):
    """What a user is at the plant; that of `okng.accounts`, which is heavy to load."""

    OPERATOR = "operator"
    QUALITY = "quality"
    ADMIN = "admin"


class KeyScope(StrEnum):
    """What a key may do; that of `okng.accounts`."""

    JUDGE = "judge"
    COLLECT = "collect"
    REVIEW = "review"
    CHANGE = "change"
    ADMIN = "admin"


def add_user(
    user: User,
    *,
    printed_name: Annotated[str, typer.Option(help="First and last name, as in signatures.")],
    role: Annotated[Role, typer.Option(help="What the user may do.")] = Role.OPERATOR,
    config: Config = None,
    settings: dict[str, Any],
) -> None:
    """Add a user to a station; prints a password that the user replaces at the first login.

    Example: okng users add anna --printed-name "Anna Muster" --role quality
    """
    from okng.accounts import UserRole  # noqa: PLC0415 - brings in the database

    with _accounts(config, settings) as accounts:
        password = accounts.users.add(user, printed_name, UserRole(role), by=_by())
    typer.echo(f"password     {password}  (shown once; to be replaced at the first login)")


def list_users(*, as_json: AsJson = False, config: Config = None, settings: dict[str, Any]) -> None:
    """List the users of a station.

    Example: okng users list
    """
    with _accounts(config, settings) as accounts:
        rows = [
            {
                "name": user.name,
                "printed_name": user.printed_name,
                "role": user.role.value,
                "state": _state(accounts, user.name, active=user.active),
                "last_login": _time(user.login_us),
            }
            for user in accounts.users.all()
        ]
    _print(rows, as_json=as_json)


def lock_user(user: User, *, config: Config = None, settings: dict[str, Any]) -> None:
    """Lock a user out; open sessions end at once. The name stays on record.

    Example: okng users lock anna
    """
    with _accounts(config, settings) as accounts:
        accounts.users.change(user, active=False, by=_by())


def unlock_user(user: User, *, config: Config = None, settings: dict[str, Any]) -> None:
    """Let a user in again, also one who is locked after failed logins.

    Example: okng users unlock anna
    """
    with _accounts(config, settings) as accounts:
        accounts.users.change(user, active=True, by=_by())
        accounts.users.unlock(user, by=_by())


def reset_user(user: User, *, config: Config = None, settings: dict[str, Any]) -> None:
    """Give a user a new password, which the user replaces at the next login.

    Example: okng users reset anna
    """
    with _accounts(config, settings) as accounts:
        password = accounts.users.reset_password(user, by=_by())
    typer.echo(f"password     {password}  (shown once; to be replaced at the next login)")


def change_role(
    user: User,
    role: Annotated[Role, typer.Argument(help="What the user may do from now on.")],
    *,
    config: Config = None,
    settings: dict[str, Any],
) -> None:
    """Change what a user may do; it counts at once.

    Example: okng users role anna quality
    """
    from okng.accounts import UserRole  # noqa: PLC0415

    with _accounts(config, settings) as accounts:
        accounts.users.change(user, role=UserRole(role), by=_by())


def add_key(
    key: Annotated[str, typer.Argument(help="Name of the program or machine.")],
    *,
    scope: Annotated[
        list[KeyScope], typer.Option(help="What the key may do; give it several times for more.")
    ],
    days: Annotated[
        int | None, typer.Option(help="Days until it ends; never, if not given.")
    ] = None,
    config: Config = None,
    settings: dict[str, Any],
) -> None:
    """Make an API key for a program; it is shown once.

    Example: okng api-keys add line-1 --scope judge --days 365
    """
    from okng.accounts import Scope  # noqa: PLC0415

    with _accounts(config, settings) as accounts:
        new = accounts.keys.add(key, map(Scope, scope), by=_by(), days=days)
    typer.echo(f"key          {new.secret}  (shown once)")


def list_keys(*, as_json: AsJson = False, config: Config = None, settings: dict[str, Any]) -> None:
    """List the API keys of a station, without their secrets.

    Example: okng api-keys list
    """
    from okng.accounts.store import now_us  # noqa: PLC0415

    with _accounts(config, settings) as accounts:
        rows = [
            {
                "prefix": key.prefix,
                "name": key.name,
                "scopes": " ".join(sorted(key.scopes)),
                "state": "valid" if key.valid(now_us()) else "ended",
                "expires": _time(key.expires_us),
                "last_use": _time(key.used_us),
            }
            for key in accounts.keys.all()
        ]
    _print(rows, as_json=as_json)


def rotate_key(
    prefix: Prefix,
    *,
    grace: Annotated[int, typer.Option(help="Seconds for which the old key stays valid.")] = 0,
    config: Config = None,
    settings: dict[str, Any],
) -> None:
    """Make the successor of an API key: same name, same scopes, another secret.

    Example: okng api-keys rotate okng_1234abcd --grace 3600
    """
    with _accounts(config, settings) as accounts:
        new = accounts.keys.rotate(prefix, by=_by(), grace_s=grace)
    typer.echo(f"key          {new.secret}  (shown once)")


def revoke_key(prefix: Prefix, *, config: Config = None, settings: dict[str, Any]) -> None:
    """End an API key; a running station refuses it within a second.

    Example: okng api-keys revoke okng_1234abcd
    """
    with _accounts(config, settings) as accounts:
        accounts.keys.revoke(prefix, by=_by())


USERS: dict[str, Callable[..., None]] = {
    "add": add_user,
    "list": list_users,
    "lock": lock_user,
    "unlock": unlock_user,
    "reset": reset_user,
    "role": change_role,
}
API_KEYS: dict[str, Callable[..., None]] = {
    "add": add_key,
    "list": list_keys,
    "rotate": rotate_key,
    "revoke": revoke_key,
}


@contextmanager
def _accounts(config: Path | None, given: dict[str, Any]) -> "Iterator[Accounts]":
    from okng.accounts import Accounts  # noqa: PLC0415
    from okng.records import Records  # noqa: PLC0415
    from okng.station import database_of  # noqa: PLC0415

    settings = settings_of_station(config, given)
    database, station = database_of(settings), settings.station.name
    with Records(database) as records, Accounts(database, records, station) as accounts:
        yield accounts


def _by() -> str:
    """Who runs the command, on record."""
    return person(prefix="command")


def _state(accounts: "Accounts", name: str, *, active: bool) -> str:
    if not active:
        return "locked"
    return "too many failures" if accounts.users.locked(name) else "active"


def _time(time_us: int | None) -> str:
    if time_us is None:
        return ""
    from okng.station.clock import utc_of  # noqa: PLC0415 - brings in the records

    return utc_of(time_us).strftime("%Y-%m-%dT%H:%MZ")


def _print(rows: Sequence[dict[str, str]], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not rows:
        typer.echo("none")
        return
    widths = {name: max(len(name), *(len(row[name]) for row in rows)) for name in rows[0]}
    head = {name: name.replace("_", " ") for name in rows[0]}
    for row in (head, *rows):
        typer.echo("  ".join(row[name].ljust(width) for name, width in widths.items()).rstrip())
