"""Accounts by the command line, where no page is at hand."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from okng.accounts import Accounts
from okng.cli.main import app
from okng.errors import DeniedError
from okng.records import Kind, Records
from okng.testing.station.accounts import PASSWORD


def _okng(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--data", str(folder), "--name", "line-7"])


def _secret(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.stdout.split()[1]


def test_a_user_is_added_locked_and_reset(tmp_path: Path) -> None:
    """The printed password works once; each step is on record, with who ran the command."""
    words = ("--printed-name", "Anna M", "--role", "quality")
    first = _secret(_okng(tmp_path, "users", "add", "anna", *words))
    assert _okng(tmp_path, "users", "lock", "anna").exit_code == 0
    locked = json.loads(_okng(tmp_path, "users", "list", "--json").stdout)
    assert _okng(tmp_path, "users", "unlock", "anna").exit_code == 0
    assert _okng(tmp_path, "users", "role", "anna", "admin").exit_code == 0
    second = _secret(_okng(tmp_path, "users", "reset", "anna"))

    assert [(user["name"], user["role"], user["state"]) for user in locked] == [
        ("anna", "quality", "locked")
    ]
    database = tmp_path / "records.sqlite"
    with Records(database) as records, Accounts(database, records, "line-7") as accounts:
        with pytest.raises(DeniedError):
            accounts.users.check("anna", first)
        accounts.users.change_password("anna", second, PASSWORD)
        entries = records.entries_of("user:anna", Kind.AUDIT)
    assert [json.loads(each.payload)["action"] for each in entries] == [
        "user-added", "user-disabled", "user-enabled", "user-unlocked", "user-changed",
        "password-reset", "password-changed",
    ]  # fmt: skip
    assert {each.station for each in entries} == {"line-7"}
    assert entries[0].by.startswith("command:")


def test_a_key_is_made_rotated_and_revoked(tmp_path: Path) -> None:
    """Its secret is printed once, and never listed."""
    secret = _secret(_okng(tmp_path, "api-keys", "add", "line-1", "--scope", "judge"))
    rotated = _secret(_okng(tmp_path, "api-keys", "rotate", secret[:13]))
    assert _okng(tmp_path, "api-keys", "revoke", rotated[:13]).exit_code == 0

    listed = _okng(tmp_path, "api-keys", "list").stdout
    assert listed.count("ended") == 2
    assert secret not in listed
    assert secret[:13] in listed


def test_a_fault_has_the_exit_code_of_its_kind(tmp_path: Path) -> None:
    """3 for what is not there, 2 for a name that is none."""
    assert _okng(tmp_path, "users", "lock", "nobody").exit_code == 3
    assert _okng(tmp_path, "api-keys", "add", "a b", "--scope", "judge").exit_code == 2
