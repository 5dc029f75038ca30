"""`verify` finds every change of the records, and states what is proven and what is not."""

import json
import os
import random
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from okng.errors import OkngError
from okng.records import Kind, Records
from okng.records.database import connect
from okng.records.payloads import Review
from okng.records.proof import FaultKind, HeadSigner, SignedHead, Verification, read_heads
from okng.records.proof import heads as heads_module
from okng.records.proof.keys import rotate_key, station_keys, trusted_keys
from okng.records.proof.reading import PAGE
from okng.records.proof.verify import snapshot, verify
from okng.testing.station import tampering
from okng.testing.station.records import entry, inspection_row


class _Station:
    """Records whose heads are signed, in a folder."""

    def __init__(self, folder: Path, url: str | None = None, every: int = 10) -> None:
        self.folder, self.file = folder, folder / "r.sqlite"
        self.keys = station_keys(folder / "keys")
        self.signer = HeadSigner(folder / "heads", self.keys, every=every)
        self.url = url or str(self.file)

    def write(self, rows: int) -> None:
        with Records(self.url, committed=self.signer.committed) as records:
            for number in range(0, rows, 7):
                some = [inspection_row() for _ in range(min(6, rows - number))]
                review = entry(Kind.REVIEW, subject=some[0].id, payload=Review(truth="OK").text())
                records.append(*some, review).result(10)

    def verify(self, heads: list[SignedHead] | None = None) -> Verification:
        key = self.keys.sign(b"").key
        trusted = trusted_keys(frozenset({key}), self.folder / "keys" / "rotations.jsonl")
        database = connect(self.url)
        with snapshot(database.read.connect()) as connection:
            known = read_heads(self.folder / "heads") if heads is None else heads
            result = verify(connection, known, trusted)
        database.dispose()
        return result


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> _Station:
    """A station with 58 rows, for copies."""
    station = _Station(tmp_path_factory.mktemp("written"))
    station.write(57)
    return station


@pytest.fixture
def station(written: _Station, tmp_path: Path) -> _Station:
    """A copy of it."""
    shutil.copytree(written.folder, tmp_path / "copy")
    return _Station(tmp_path / "copy")


@pytest.fixture
def db(station: _Station) -> Iterator[sqlite3.Connection]:
    """Its database, for whoever changes it."""
    with closing(sqlite3.connect(station.file)) as connection:
        yield connection


def test_untouched_records_are_proven_to_the_last_row(tmp_path: Path, url: str) -> None:
    """On both databases, by the head of the last commit."""
    station = _Station(tmp_path, url)
    station.write(30)
    (chain,) = station.verify().chains

    assert station.verify().proven
    assert (chain.proven, chain.unproven, chain.fault) == (chain.rows, 0, None)


@pytest.mark.parametrize("attack", tampering.ATTACKS, ids=lambda attack: attack.__name__)
def test_no_change_is_missed(
    station: _Station, db: sqlite3.Connection, attack: tampering.Attack
) -> None:
    """Whatever is changed, the records are no longer proven; 1,000 draws in benchmarks/server."""
    assert station.verify().proven
    attack(db, random.Random(0))  # noqa: S311
    db.commit()

    assert not station.verify().proven


@pytest.mark.parametrize("column", ["seq", "station", "hash", "serial"])
@pytest.mark.parametrize("value", ["x'ff'", "CAST(x'ff' AS TEXT)", "0.5", "'x'"])
def test_values_that_okng_never_writes_are_a_fault_and_no_crash(
    station: _Station, db: sqlite3.Connection, column: str, value: str
) -> None:
    """SQLite stores any type in any column, and any bytes as text."""
    db.execute(f"UPDATE inspections SET {column} = {value} WHERE seq = 10")  # noqa: S608
    db.commit()
    faults = {chain.station: chain.fault for chain in station.verify().chains}

    assert faults["station-1"] is not None
    assert faults["station-1"].seq == (1 if (column, value) == ("seq", "0.5") else 10)


def test_the_first_bad_row_is_named(station: _Station, db: sqlite3.Connection) -> None:
    """By its number, table and identifier; what stands before it stays proven."""
    ((identifier,),) = db.execute("SELECT id FROM inspections WHERE seq = 23")
    db.execute("UPDATE inspections SET verdict = 'OK ' WHERE seq IN (23, 30)")
    db.commit()
    (chain,) = station.verify().chains

    assert chain.fault is not None
    assert (chain.fault.kind, chain.fault.seq, chain.fault.id) == ("changed", 23, identifier)
    assert chain.proven == 21  # the permanent head after the third commit of seven rows
    assert identifier in station.verify().text()


@pytest.mark.parametrize(
    ("attack", "kind"),
    [
        (tampering.delete, FaultKind.MISSING),
        (tampering.cut, FaultKind.CUT),
        (tampering.swap, FaultKind.CHANGED),
        (tampering.fake_tombstone, FaultKind.UNSEALED),
        (tampering.move_pointer, FaultKind.POINTER),
    ],
)
def test_a_fault_has_its_kind(
    station: _Station, db: sqlite3.Connection, attack: tampering.Attack, kind: FaultKind
) -> None:
    """A gap, a cut tail and a computed chain differ."""
    attack(db, random.Random(1))  # noqa: S311
    db.commit()
    (chain,) = station.verify().chains

    assert chain.fault is not None
    assert chain.fault.kind is kind


def test_a_chain_computed_anew_differs_from_its_heads(
    station: _Station, db: sqlite3.Connection
) -> None:
    """Every hash fits to the next one; the first signed head after the change does not."""
    db.execute("UPDATE inspections SET verdict = 'NG' WHERE seq = 3")
    tampering.rechain(db)
    db.commit()
    (chain,) = station.verify().chains

    assert chain.fault is not None
    assert (chain.fault.kind, chain.fault.seq) == (FaultKind.RECOMPUTED, 14)


def test_without_heads_nothing_is_proven(station: _Station) -> None:
    """The chain alone is intact, and the text states that this is no proof."""
    result = station.verify(heads=[])

    assert (result.intact, result.proven) == (True, False)
    assert "nothing is proven" in result.text()


def test_rows_behind_the_last_head_are_stated(station: _Station) -> None:
    """As after a crash between commit and signature."""
    first = [head for head in read_heads(station.folder / "heads") if head.seq == 21]
    result = station.verify(heads=first)

    assert result.intact
    assert (result.chains[0].proven, result.chains[0].unproven) == (21, 37)


def test_heads_of_another_key_prove_nothing(station: _Station, tmp_path: Path) -> None:
    """Somebody else's signatures are left out, and counted."""
    other = _Station(tmp_path / "other")
    shutil.copytree(station.folder / "heads", other.folder / "heads", dirs_exist_ok=True)
    other.url = station.url
    (chain,) = other.verify().chains

    assert (chain.proven, chain.heads, chain.fault) == (0, 0, None)
    assert chain.untrusted == len(read_heads(station.folder / "heads"))


def test_a_forged_head_is_left_out(station: _Station) -> None:
    """A head whose number was changed has no valid signature."""
    file = station.folder / "heads" / "head.json"
    head = json.loads(file.read_text())
    file.write_text(json.dumps(head | {"seq": head["seq"] - 1}) + "\nno json\n")
    (chain,) = station.verify().chains

    assert (chain.untrusted, chain.unproven > 0, chain.fault) == (1, True, None)


def test_a_replaced_key_is_trusted_by_the_line_of_both(station: _Station) -> None:
    """Heads of the old key count, since the old key has signed the new one."""
    rotate_key(station.folder / "keys")
    later = _Station(station.folder)
    later.write(8)
    (chain,) = later.verify().chains

    assert later.verify().proven
    assert len({head.key for head in read_heads(station.folder / "heads")}) == 2
    assert chain.untrusted == 0


def test_a_line_of_keys_without_both_signatures_is_no_reason_to_trust(tmp_path: Path) -> None:
    """Somebody's own key does not become the station's by a line in a file."""
    keys, other = station_keys(tmp_path / "a"), station_keys(tmp_path / "b")
    mine, theirs = keys.sign(b"").key, other.sign(b"").key
    line = {"before": mine, "after": theirs, "signed_before": "00", "signed_after": "00"}
    (tmp_path / "rotations.jsonl").write_text(json.dumps(line))

    assert trusted_keys(frozenset({mine}), tmp_path / "rotations.jsonl") == {mine}


def test_the_private_key_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    """From its first byte on, and the same key is used at the next start."""
    first = station_keys(tmp_path)
    mode = stat.S_IMODE((tmp_path / "records.key").stat().st_mode)

    assert mode == 0o600 or os.name == "nt"
    assert station_keys(tmp_path).sign(b"x") == first.sign(b"x")


def test_permanent_heads_come_every_n_rows_and_when_asked(tmp_path: Path) -> None:
    """A sink gets each of them; a shift without new rows adds none."""
    sent: list[SignedHead] = []
    signer = HeadSigner(tmp_path / "h", station_keys(tmp_path / "k"), every=3, sink=sent.append)
    with Records(tmp_path / "r.sqlite", committed=signer.committed) as records:
        for _ in range(7):
            records.append(inspection_row()).result(10)
    signer.mark("shift")
    signer.mark("stop")

    assert [(head.seq, head.reason) for head in sent] == [(3, "rows"), (6, "rows"), (7, "shift")]
    assert all(head.valid for head in sent)
    assert [h for h in read_heads(tmp_path / "h") if h.reason != "current"] == sent


def test_a_sink_that_fails_does_not_fail_the_commit(tmp_path: Path) -> None:
    """The verdict is on record; the fault stays to be shown."""

    def sink(_head: SignedHead) -> None:
        raise OkngError("The server is down")

    signer = HeadSigner(tmp_path / "h", station_keys(tmp_path / "k"), every=1, sink=sink)
    with Records(tmp_path / "r.sqlite", committed=signer.committed) as records:
        assert records.append(inspection_row()).result(10)[0].seq == 1

    assert isinstance(signer.fault, OkngError)


def test_a_line_that_a_crash_cut_off_does_not_swallow_the_next(tmp_path: Path) -> None:
    """The next permanent head begins on a line of its own."""
    (tmp_path / "h").mkdir()
    (tmp_path / "h" / heads_module.PERMANENT).write_text('{"station": "cut')
    signer = HeadSigner(tmp_path / "h", station_keys(tmp_path / "k"), every=1)
    with Records(tmp_path / "r.sqlite", committed=signer.committed) as records:
        records.append(inspection_row()).result(10)

    assert [head.reason for head in read_heads(tmp_path / "h")] == ["rows", "current"]


def test_pages_join_without_a_seam(station: _Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """The result does not depend on the size of a page."""
    whole = station.verify()
    monkeypatch.setattr("okng.records.proof.reading.PAGE", 7)

    assert station.verify() == whole
    assert PAGE == 10_000
