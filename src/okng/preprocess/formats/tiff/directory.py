"""Parses the directories (tags) of a TIFF or BigTIFF file."""

import struct
from typing import NamedTuple

_WORDS = {1: "B", 2: "B", 3: "H", 4: "I", 6: "b", 7: "B", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q",
          18: "Q"}  # fmt: skip
_MOST_PAGES = 10_000  # guards against damaged links; microscope stacks have a few thousand

WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 256, 257, 258, 259, 262
FILL_ORDER, ORIENTATION, CHANNELS, ROWS, PLANAR = 266, 274, 277, 278, 284
STRIPS, STRIP_BYTES, TILES, TILE_BYTES, TILE_WIDTH, TILE_HEIGHT = 273, 279, 324, 325, 322, 323
PREDICTOR, EXTRA, NUMBERS, INK_SET, SUBSAMPLING = 317, 338, 339, 332, 530
NEW_SUBFILE, SUBFILE, MAKE, MODEL, SUB_DIRECTORIES, DNG = 254, 255, 271, 272, 330, 50706


class _Entry(NamedTuple):
    kind: int
    length: int
    body: bytes


class Directory:
    """The tags of one page.

    Args:
        order: byte order of the file, `<` or `>`.
        entries: by tag.
    """

    def __init__(self, order: str, entries: dict[int, _Entry]) -> None:
        self.order = order
        self._entries = entries

    def many(self, tag: int) -> tuple[int, ...]:
        """All numbers of a tag; empty if the tag is missing or has no integers."""
        entry = self._entries.get(tag)
        word = _WORDS.get(entry.kind) if entry else None
        if entry is None or word is None:
            return ()
        numbers: tuple[int, ...] = struct.unpack(f"{self.order}{entry.length}{word}", entry.body)
        return numbers

    def one(self, tag: int, default: int = 0) -> int:
        """The first number of a tag."""
        numbers = self.many(tag)
        return numbers[0] if numbers else default

    def text(self, tag: int) -> str:
        """The text of a tag, without the terminating zero."""
        entry = self._entries.get(tag)
        return entry.body.decode("latin-1").strip("\0 ") if entry and entry.kind == 2 else ""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.one(WIDTH), self.one(HEIGHT)

    @property
    def segments(self) -> list[tuple[int, int]]:
        """Offset and size, in bytes, of every strip or tile."""
        tiled = bool(self.many(TILES))
        places = self.many(TILES if tiled else STRIPS)
        sizes = self.many(TILE_BYTES if tiled else STRIP_BYTES)
        return list(zip(places, sizes, strict=False))


def directories(data: bytes) -> list[Directory]:
    """All pages of a file, in order.

    Raises:
        ValueError: the file is truncated or is not a TIFF file.
    """
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None:
        raise ValueError("its header cannot be read")
    try:
        big = struct.unpack(f"{order}H", data[2:4])[0] == 43  # 42 is a classic TIFF
        pages: list[Directory] = []
        visited: set[int] = set()
        (place,) = struct.unpack(f"{order}{'Q' if big else 'I'}", data[8:16] if big else data[4:8])
        while place and place not in visited and len(pages) < _MOST_PAGES:
            visited.add(place)
            directory, place = _directory(data, place, order, big=big)
            pages.append(directory)
    except struct.error as exc:
        if pages:  # a cut link behind a page that is all there
            return pages
        raise ValueError("its header cannot be read") from exc
    if not pages:
        raise ValueError("it holds no picture")
    return pages


def _directory(data: bytes, place: int, order: str, *, big: bool) -> tuple[Directory, int]:
    """A page, and the offset of the next one."""
    count_word, link_word, head, inside = ("Q", "Q", 8, 8) if big else ("H", "I", 2, 4)
    # 12 bytes in a classic TIFF, 20 in a BigTIFF: tag, type, count, value or offset.
    entry_size = 12 + inside - 4 + (4 if big else 0)
    (count,) = struct.unpack(f"{order}{count_word}", data[place : place + head])
    if count > len(data) // entry_size:
        raise struct.error
    entries = {}
    for number in range(count):
        at = place + head + number * entry_size
        tag, kind, length = struct.unpack(f"{order}HH{link_word}", data[at : at + 4 + inside])
        word = _WORDS.get(kind)
        if word is None:
            continue
        size = length * struct.calcsize(word)
        value = at + 4 + inside
        if size > inside:  # the field has an offset to the values instead of the values
            (value,) = struct.unpack(f"{order}{link_word}", data[value : value + inside])
        body = data[value : value + size]
        if len(body) == size:
            entries[tag] = _Entry(kind, length, body)
    link = place + head + count * entry_size
    after = data[link : link + inside]
    following = struct.unpack(f"{order}{link_word}", after)[0] if len(after) == inside else 0
    return Directory(order, entries), following
