"""Signed heads: what the last row of a chain was at a moment, signed, outside of the database.

A chain alone does not show that its tail was cut off or that all of it was computed anew. A signed
head does, as long as it lies where the one who changes the database cannot change it, too.

`head.json` holds the head of each chain after the last commit. `heads.jsonl` holds one line every N
rows, at the end of a shift and at a stop; such a line is never changed.
"""

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from okng.error_codes import Code
from okng.errors import OkngError, RecordsError
from okng.files import write_error
from okng.records import chain
from okng.records.canonical import canonical
from okng.records.proof.keys import Keys, is_signed
from okng.records.rows import Link

CURRENT = "head.json"  # one line a station, written after each commit
PERMANENT = "heads.jsonl"  # one line every 1,000 rows and at each shift end, only ever appended
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SignedHead:
    """The last link of a chain at a time, signed.

    Attributes:
        station: name of the chain.
        seq: number of the row.
        hash: of the row.
        time_us: when it was signed, in microseconds since 1970, UTC.
        reason: `rows`, `shift`, `stop` or `current`.
        key: public key in hex.
        signature: in hex, of `message`.
    """

    station: str
    seq: int
    hash: str
    time_us: int
    reason: str
    key: str
    signature: str

    @property
    def message(self) -> bytes:
        """What is signed."""
        return _message(Link(self.station, self.seq, self.hash), self.time_us, self.reason)

    @property
    def valid(self) -> bool:
        """Whether the signature is that of its key."""
        return is_signed(self.key, self.signature, self.message)


Sink = Callable[[SignedHead], None]
"""Takes a permanent head to another place, such as a server that the station cannot change."""


def no_sink(_head: SignedHead) -> None:
    """Heads stay in the folder of the station."""


class HeadSigner:
    """Signs heads after commits; `committed` is the callback of `Records`.

    It never fails a commit, which is done already: a fault is logged and stays in `fault`.

    Args:
        folder: for `head.json` and `heads.jsonl`, outside of the database.
        keys: that sign.
        every: rows between two permanent heads of a chain.
        sink: gets each permanent head, in the thread of the writer.
    """

    def __init__(
        self, folder: Path, keys: Keys, *, every: int = 1000, sink: Sink = no_sink
    ) -> None:
        self._folder, self._keys, self._every, self._sink = folder, keys, every, sink
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        # what a restart goes on from
        self._current = {head.station: head for head in _heads(folder / CURRENT)}
        self._permanent = {head.station: head.seq for head in _heads(folder / PERMANENT)}
        self.fault: OkngError | None = None

    def committed(self, links: Sequence[Link]) -> None:
        """Sign the heads of the chains that grew."""
        with self._lock:
            for link in links:
                self._current[link.station] = self._signed(link, "current")
            self._guarded(self._write_current)
            for link in links:
                # a multiple of `every` was reached or passed: commits hold many rows
                if link.seq // self._every > self._permanent.get(link.station, 0) // self._every:
                    self._add(link, "rows")

    def last(self, station: str) -> Link:
        """The last link of a chain that was signed here; the one before its first row if none."""
        with self._lock:
            # row 0 is the link before the first: nothing was committed yet
            head = self._current.get(station)
        return chain.first(station) if head is None else Link(head.station, head.seq, head.hash)

    def mark(self, reason: str) -> None:
        """Add a permanent head of each chain, at the end of a shift (`shift`) or at a `stop`."""
        with self._lock:
            for head in list(self._current.values()):
                # no second head for the same row
                if head.seq > self._permanent.get(head.station, 0):
                    self._add(Link(head.station, head.seq, head.hash), reason)

    def _add(self, link: Link, reason: str) -> None:
        head = self._signed(link, reason)
        self._permanent[link.station] = link.seq
        self._guarded(lambda: _append_line(self._folder / PERMANENT, _text(head)))
        self._guarded(lambda: self._sink(head))

    def _guarded(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OkngError as exc:
            # the verdict is on record: a head that cannot be stored does not undo it
            self.fault = exc
        except OSError as exc:
            self.fault = write_error(exc, self._folder)
        else:
            self.fault = None
            return
        _LOG.warning("A signed head was not stored: %s", self.fault)

    def _signed(self, link: Link, reason: str) -> SignedHead:
        now = time.time_ns() // 1000
        signature = self._keys.sign(_message(link, now, reason))
        return SignedHead(*link, now, reason, signature.key, signature.value)

    def _write_current(self) -> None:
        # Without a flush to the disk, which would double the time of a commit: after a power cut
        # the file is of an earlier commit, and so proves less, and nothing wrong.
        # `okng records retain` may sign in the same moment.
        temporary = self._folder / f".{CURRENT}.{os.getpid()}.tmp"
        temporary.write_text("".join(f"{_text(head)}\n" for head in self._current.values()))
        temporary.replace(self._folder / CURRENT)


def hand_on(folder: Path, other: Path, station: str) -> int:
    """Append the permanent heads that are new to a file in another place, such as a mounted share.

    Args:
        folder: of the heads.
        other: folder for `STATION.heads.jsonl`.
        station: its name, for the name of the file.

    Returns:
        Bytes that were appended.

    Raises:
        RecordsError: the other place has more than this one: heads were taken away here.
        OSError: it cannot be written.
    """
    # the name of a station may hold a slash
    source, target = folder / PERMANENT, other / f"{quote(station, safe='')}.heads.jsonl"
    have = target.stat().st_size if target.exists() else 0
    size = source.stat().st_size if source.exists() else 0
    # Only ever appended: fewer bytes than before were cut by somebody, here or there.
    if have > size:
        raise RecordsError(
            "There are fewer signed heads here than were handed on", where=source, allowed=target,
            hint="Find out who changed the file; verify with the heads of the other place.",
            code=Code.RECORDS_DAMAGED,
        )  # fmt: skip
    if have == size:
        return 0
    with source.open("rb") as stream:
        stream.seek(have)
        new = stream.read()
    other.mkdir(parents=True, exist_ok=True)
    with target.open("ab") as stream:
        stream.write(new)
        stream.flush()
        os.fsync(stream.fileno())
    return len(new)


def read_heads(folder: Path) -> list[SignedHead]:
    """All heads in a folder, valid or not; lines that are none are left out."""
    files = [folder / PERMANENT, folder / CURRENT, *sorted(folder.glob(f"*.{PERMANENT}"))]
    return [head for file in files for head in _heads(file)]


def _message(link: Link, time_us: int, reason: str) -> bytes:
    document = canonical({**link._asdict(), "time_us": time_us, "reason": reason})
    # the first line: a signature over something else can never pass for one of a head
    return f"okng records head\n{document}".encode()


def _text(head: SignedHead) -> str:
    return canonical(asdict(head))


def _append_line(file: Path, line: str) -> None:
    # A line that a crash has cut off must not swallow the next one.
    with file.open("ab+") as stream:
        cut = stream.seek(0, os.SEEK_END) and _last_byte(file) != b"\n"
        stream.write(f"{chr(10) if cut else ''}{line}\n".encode())
        stream.flush()
        os.fsync(stream.fileno())


def _last_byte(file: Path) -> bytes:
    with file.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1)


def _heads(file: Path) -> Iterator[SignedHead]:
    if not file.exists():
        return
    with file.open(encoding="utf-8", errors="replace") as stream:
        for line in stream:
            try:
                yield SignedHead(**json.loads(line))
            # a line that a crash has cut off, or that somebody changed
            except (ValueError, TypeError):
                _LOG.warning("A line of %s is no signed head", file)
