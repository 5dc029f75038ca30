"""The document as one HTML page: self-contained, light and dark, readable without its script."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from okng.evaluation.report.blocks import (
    Block,
    Document,
    Gallery,
    Text,
    spans,
    unbroken,
)
from okng.evaluation.report.pictures import (
    case_caption,
    case_kind,
    data_uri,
    heat_png,
    jpeg,
    left_half,
    open_case,
)
from okng.files import write_atomic
from okng.wording import chosen_language, translated

_SIDE, _SMALL_SIDE, _MANY = 240, 160, 60  # pixels of a photo, fewer where there are many
_TAGS = {"bold": "strong", "code": "code"}


def write_html(document: Document, path: Path) -> Path:
    """Write the page, whole or not at all."""
    environment = Environment(
        loader=PackageLoader("okng.evaluation"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        path=_path,
        words=_words,
        picture=_picture,
        pieces=_pieces,
        json=_json,
        slug=_slug,
        translated=translated,
        case_kind=case_kind,
    )
    environment.globals.update(case_caption=case_caption, translated=translated)
    environment.tests["kind"] = _is_kind
    page: str = environment.get_template("report.html.j2").render(
        document=document, language=chosen_language().value
    )
    write_atomic(path, page.encode("utf-8", "replace"))
    return path


def _is_kind(block: Block, name: str) -> bool:
    return type(block).__name__ == name


def _words(text: Text) -> Markup:
    """Text as HTML; whatever a file is called, it stays text."""
    markup = Markup()
    for piece in spans(text):
        tag = _TAGS.get(piece.style)
        words = escape(unbroken(piece.text))
        if tag:
            words = Markup(f"<{tag}>") + words + Markup(f"</{tag}>")  # noqa: S704 - two known tags
        elif piece.style:
            words = Markup('<span class="soft">') + words + Markup("</span>")
        markup += words
    return markup


def _path(name: str) -> Markup:
    """The path of a photo, which may be broken after its signs."""
    return Markup("<wbr>").join(re.split(r"(?<=[/_-])", name))


def _slug(name: str) -> str:
    """A heading as a name that the page can use once."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _picture(path: Path) -> str:
    return data_uri(path.read_bytes(), "png")


class Piece(NamedTuple):
    """One photo of a gallery with its pictures.

    Attributes:
        kind: escape, overkill, mix-up, hit or close.
        path: of the photo, relative to the root of the photos.
        label: its class in truth.
        judged: its class as judged.
        defect_score: in [0, 1].
        stands_out: whether the heatmap has a hottest region.
        photo: address of the picture; empty where there is none.
        heat: address of the heatmap, drawn over the photo; empty without one.
        width: of the photo, in pixels.
        height: of the photo, in pixels.
    """

    kind: str
    path: str
    label: str
    judged: str
    defect_score: float
    stands_out: bool
    photo: str = ""
    heat: str = ""
    width: int = 0
    height: int = 0


def _pieces(gallery: Gallery) -> list[Piece]:
    """The cases of a gallery with their pictures, photo and heatmap apart."""
    side = _SIDE if len(gallery.cases) <= _MANY else _SMALL_SIDE
    return [_piece(gallery.folder, case, side) for case in gallery.cases]


def _piece(folder: Path, case: Mapping[str, Any], side: int) -> Piece:
    piece = Piece(case["kind"], case["path"], case["label"], case["judged"], case["defect_score"],
                  bool(case.get("stands_out", True)))  # fmt: skip
    picture = open_case(folder, case)
    if picture is None:
        return piece
    heat = case.get("heatmap")
    photo = left_half(picture) if heat else picture
    scale = side / max(photo.size)
    size = round(photo.width * scale), round(photo.height * scale)
    return piece._replace(
        photo=data_uri(jpeg(photo, side), "jpeg"),
        heat=data_uri(heat_png(case, *size), "png") if heat else "",
        width=photo.width,
        height=photo.height,
    )


def _json(value: Any) -> Markup:
    """Plain numbers for the script; `<` is written so that it cannot end the element."""
    return Markup(json.dumps(value, separators=(",", ":")).replace("<", "\\u003c"))  # noqa: S704
