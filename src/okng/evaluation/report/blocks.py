"""What a report is made of, whatever it is written as: sections of blocks, and nothing else.

The sections build these from the files of a run; the writers turn them into HTML, Word or Markdown.
Text is plain: names of files and classes are never read as markup.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from okng.config import with_flags


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text; `style` is empty, bold, code or soft."""

    text: str
    style: str = ""


class Name(str):
    """A name of the user, such as a class: it is never translated."""

    __slots__ = ()


Text = str | Span | tuple[str | Span, ...]


def spans(text: Text) -> tuple[Span, ...]:
    """The stretches of a text; settings in backticks become flags."""
    pieces = text if isinstance(text, tuple) else (text,)
    return tuple(Span(with_flags(p)) if isinstance(p, str) else p for p in pieces)


def unbroken(text: str) -> str:
    """Text whose numbers stay on the line of their per cent sign."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def bold(text: str) -> Span:
    """Text that must not be overlooked."""
    return Span(text, "bold")


def code(text: str) -> Span:
    """A path, a digest, a command."""
    return Span(text, "code")


def marked(text: str) -> tuple[Span, ...]:
    """A sentence of ours in which `backticks` mark what is typed."""
    return tuple(
        Span(t, "code" if i % 2 else "") for i, t in enumerate(with_flags(text).split("`")) if t
    )


def starred(text: str) -> tuple[Span, ...]:
    """A sentence of ours in which **two stars** mark what must not be overlooked."""
    return tuple(
        Span(piece, "bold" if i % 2 else "") for i, piece in enumerate(text.split("**")) if piece
    )


def soft(text: str) -> Span:
    """Text of lesser weight."""
    return Span(text, "soft")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `soft` ones explain."""

    text: Text
    soft: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[Text, ...]


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        head: names of the columns; empty where the first cell of each row names it.
        rows: cells, as many as there are columns.
        numbers: columns that are aligned to the right.
        caption: what it shows, for those who cannot see it.
        widths: shares of the width; as the content asks for when empty, on paper equal ones.
        blank: rows are to be filled in by hand, so they are high.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]
    numbers: frozenset[int] = frozenset()
    caption: str = ""
    widths: tuple[float, ...] = ()
    blank: bool = False

    @property
    def columns(self) -> int:
        """Number of columns."""
        return len(self.head or self.rows[0])


@dataclass(frozen=True)
class Picture:
    """A picture in a file of the run folder; `width` is a share of the page."""

    path: Path
    alt: str
    width: float = 1.0


@dataclass(frozen=True)
class Card:
    """A figure in large print, with the one bound that is proven of it, and its meaning."""

    name: str
    value: str
    bound: str
    meaning: str


@dataclass(frozen=True)
class Cards:
    """The figures that matter."""

    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Callout:
    """A warning that stands out."""

    title: str
    blocks: "tuple[Block, ...]"


@dataclass(frozen=True)
class Box:
    """The decision; `state` is met, open or failed, shown as green, amber or red."""

    state: str
    title: str
    blocks: "tuple[Block, ...]"


@dataclass(frozen=True)
class Steps:
    """A numbered list."""

    items: tuple[Text, ...]


@dataclass(frozen=True)
class Beside:
    """Two things side by side, where the page is wide enough."""

    left: "tuple[Block, ...]"
    right: "tuple[Block, ...]"


@dataclass(frozen=True)
class Gallery:
    """Photos with heatmaps.

    Attributes:
        name: heading.
        folder: holds their pictures.
        cases: as in `gallery.json`.
        folded: heatmaps are hidden until somebody asks for them, and left out on paper.
        controls: whether they can be sorted, which is worth it for many.
    """

    name: str
    folder: Path
    cases: tuple[Mapping[str, Any], ...]
    folded: bool = False
    controls: bool = True


@dataclass(frozen=True)
class Explorer:
    """What other thresholds would have meant: a slider in HTML, `table` on paper.

    Attributes:
        data: see `okng.evaluation.report.threshold_table.ThresholdTable`.
        table: the same at a few thresholds.
        note: where the costs that are shown first come from.
    """

    data: Mapping[str, Any]
    table: Table
    note: str


@dataclass(frozen=True)
class Listing:
    """Long text that few will read."""

    title: str
    text: str


Block = (
    Paragraph | Bullets | Steps | Table | Picture | Cards | Callout | Box | Beside | Gallery
    | Explorer | Listing
)  # fmt: skip


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it.

    Level 1 is a numbered section, 2 stands within one, 0 belongs to the first page.
    """

    title: str
    blocks: tuple[Block, ...]
    level: int = 1
    number: str = ""

    @property
    def anchor(self) -> str:
        """A name for links to it."""
        words = f"{self.number} {self.title}".lower()
        return "s-" + "-".join("".join(c if c.isalnum() else " " for c in words).split())


@dataclass(frozen=True)
class Document:
    """A whole report."""

    title: str
    subtitle: str
    lead: str
    front: tuple[Block, ...]
    sections: tuple[Section, ...] = field(default=())


def facts(rows: Iterable[tuple[Text, Text]], *, caption: str) -> Table:
    """A table of two columns without a head: what, and its value."""
    return Table((), tuple(rows), caption=caption, widths=(0.32, 0.68))


def as_block(sentences: Iterable[Text]) -> Paragraph | Bullets:
    """Sentences: one is a paragraph, more are a list."""
    items = tuple(sentences)
    return Paragraph(items[0]) if len(items) == 1 else Bullets(items)
