"""Attacks on the records in an SQLite file, by somebody who may write to it and holds no key."""

import random
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from okng.records.chain import START, digest
from okng.records.rows import Link

Attack = Callable[[sqlite3.Connection, random.Random], None]
_TABLES = ("inspections", "entries", "tombstones")


def edit(db: sqlite3.Connection, rng: random.Random) -> None:
    """Change one value of one row."""
    table, row = _some_row(db, rng)
    name = rng.choice([key for key in row if key != "deletion_id"])
    while True:
        value = _other(row[name], rng)
        try:
            changed = _update(db, table, row, {name: value})
        except sqlite3.IntegrityError:  # such as NULL where it must not be
            continue
        if changed:
            return


def delete(db: sqlite3.Connection, rng: random.Random) -> None:
    """Take one row away."""
    table, row = _some_row(db, rng)
    _remove(db, table, row["seq"])


def insert(db: sqlite3.Connection, rng: random.Random) -> None:
    """Add a copy of a row: in the place of one in another table, or at the end."""
    table = rng.choice(("inspections", "entries"))
    row = _row_of(db, table, rng)
    row |= {"id": secrets.token_hex(16), "seq": _last(db) + rng.choice((1, 2, 10**12))}
    if rng.random() < 0.5:
        other = "entries" if table == "inspections" else "inspections"
        row["seq"] = _row_of(db, other, rng)["seq"]
    if "idempotency_key" in row:
        row["idempotency_key"] = None
    _insert(db, table, row)


def append(db: sqlite3.Connection, rng: random.Random) -> None:
    """Add a row at the end as the station would, hash and pointer included."""
    row = _row_of(db, "inspections", rng)
    row |= {"id": secrets.token_hex(16), "seq": _last(db) + 1, "idempotency_key": None}
    _insert(db, "inspections", row)
    rechain(db)


def cut(db: sqlite3.Connection, rng: random.Random) -> None:
    """Take rows away from the end, and set the pointer back."""
    end = _last(db) - rng.randint(1, 20)
    for table in _TABLES:
        db.execute(f"DELETE FROM {table} WHERE seq > ?", (end,))  # noqa: S608 - of a constant
    rechain(db)


def recompute(db: sqlite3.Connection, rng: random.Random) -> None:
    """Edit a row, delete one, or add one, and compute the whole chain anew."""
    before = _everything(db)
    while _everything(db) == before:  # a changed hash is put right by computing it anew
        change = rng.choice((edit, delete, swap))
        change(db, rng)
        rechain(db)


def swap(db: sqlite3.Connection, rng: random.Random) -> None:
    """Let two inspections change their places."""
    first, second = _row_of(db, "inspections", rng), _row_of(db, "inspections", rng)
    while first["seq"] == second["seq"]:
        second = _row_of(db, "inspections", rng)
    for row, seq in ((first, -1), (second, first["seq"]), (first | {"seq": -1}, second["seq"])):
        _update(db, "inspections", row, {"seq": seq})


def fake_tombstone(db: sqlite3.Connection, rng: random.Random) -> None:
    """Take an inspection away as if a rule had done it."""
    row = _row_of(db, "inspections", rng)
    deletions = db.execute("SELECT id FROM entries WHERE kind = 'deletion'").fetchall()
    _remove(db, "inspections", row["seq"])
    _insert(db, "tombstones", {
        "station": row["station"], "seq": row["seq"], "table_name": "inspections",
        "hash": row["hash"], "deletion_id": deletions[0][0] if deletions else "none",
    })  # fmt: skip


def move_pointer(db: sqlite3.Connection, rng: random.Random) -> None:
    """Let the pointer of the writer name another row."""
    row = _row_of(db, "inspections", rng)
    db.execute("UPDATE chain_heads SET seq = ?, hash = ?", (row["seq"] - 1, row["hash"]))


ATTACKS: tuple[Attack, ...] = (
    edit, delete, insert, append, cut, recompute, swap, fake_tombstone, move_pointer,
)  # fmt: skip


def rechain(db: sqlite3.Connection) -> None:
    """Compute numbers, hashes and pointer anew, as somebody would who has read our code."""
    rows = sorted(
        ((row["seq"], table, row) for table in _TABLES for row in _rows(db, table)),
        # An edit may have left anything in the column.
        key=lambda each: (not isinstance(each[0], int), str(each[0]).rjust(20), each[1]),
    )
    station = rows[0][2]["station"]
    for table in _TABLES:
        db.execute(f"DELETE FROM {table}")  # noqa: S608
    link = Link(station, 0, START)
    for _, table, row in rows:
        values = {k: v for k, v in row.items() if k not in {"seq", "hash"}}
        try:
            row_hash = row["hash"] if table == "tombstones" else digest(table, values, link)
        except (TypeError, ValueError):
            row_hash = row["hash"]
        link = Link(station, link.seq + 1, row_hash)
        _insert(db, table, row | {"seq": link.seq, "hash": link.hash})
    db.execute("UPDATE chain_heads SET seq = ?, hash = ?", (link.seq, link.hash))


def _everything(db: sqlite3.Connection) -> list[str]:
    return [repr(_rows(db, table)) for table in _TABLES]


def _some_row(db: sqlite3.Connection, rng: random.Random) -> tuple[str, dict[str, Any]]:
    table = rng.choices(_TABLES, (6, 3, 1))[0]
    if not db.execute(f"SELECT 1 FROM {table}").fetchone():  # noqa: S608
        table = "inspections"
    return table, _row_of(db, table, rng)


def _row_of(db: sqlite3.Connection, table: str, rng: random.Random) -> dict[str, Any]:
    return rng.choice(_rows(db, table))


def _rows(db: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    cursor = db.execute(f"SELECT * FROM {table}")  # noqa: S608
    names = [each[0] for each in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _last(db: sqlite3.Connection) -> int:
    return max(int(row["seq"]) for table in _TABLES for row in _rows(db, table))


def _other(value: object, rng: random.Random) -> object:
    """Another value: near to it, of another type, or none."""
    others: list[object] = [None, rng.randrange(10**6), f"x{rng.randrange(10**6)}", 0.5, b"\xff"]
    if isinstance(value, int):
        others += [value + 1, value - 1, -value]
    if isinstance(value, str) and value:
        place = rng.randrange(len(value))
        others += [
            value[:place] + value[place + 1 :],
            value + " ",
            value[:place] + "\N{DIGIT TWO}" + value[place:],
        ]
    return rng.choice(others)


def _update(
    db: sqlite3.Connection, table: str, row: Mapping[str, Any], new: Mapping[str, Any]
) -> bool:
    """Write new values; False where the row is the same as before, also in its types."""
    before = _rows(db, table)
    assignments = ", ".join(f'"{name}" = ?' for name in new)
    db.execute(
        f"UPDATE {table} SET {assignments} WHERE seq = ?",  # noqa: S608
        (*new.values(), row["seq"]),
    )
    return repr(_rows(db, table)) != repr(before)


def _remove(db: sqlite3.Connection, table: str, seq: int) -> None:
    db.execute(f"DELETE FROM {table} WHERE seq = ?", (seq,))  # noqa: S608


def _insert(db: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> None:
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" * len(row))
    db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608
