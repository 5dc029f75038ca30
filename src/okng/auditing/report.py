"""`audit.html`: one self-contained page that shows the evidence side by side."""

import base64
import importlib.util
import io
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from okng import __version__, preprocess
from okng.auditing.evidence import about
from okng.auditing.findings import (
    Finding,
    Findings,
    Pair,
    SearchSummary,
    Suspicion,
    count_of,
)
from okng.auditing.run_checks import Examination
from okng.config import with_flags
from okng.errors import PhotoError
from okng.files import write_atomic

_PAIRS, _PHOTOS = 24, 16  # shown per finding
_SUSPICIOUS = 50  # suspicious labels shown
_OPEN = 6  # pairs that are shown without a click, as evidence
_SIDE = 150  # longer side of a thumbnail, in pixels


class FirstWord(NamedTuple):
    """The box at the top of the page: a style of the template, and a sentence."""

    state: str
    sentence: str


@dataclass(frozen=True)
class _ShownPair:
    """Two photos side by side; pictures are data URIs, empty where there is none."""

    a: str
    b: str
    score: float
    label_a: str
    label_b: str
    source_a: str
    source_b: str
    overlay: str


@dataclass(frozen=True)
class _ShownPhoto:
    path: str
    source: str


@dataclass(frozen=True)
class _ShownSuspicion:
    path: str
    label: str
    likelier: str
    probability: float
    source: str


@dataclass(frozen=True)
class _ShownFinding:
    """A finding with some of its pairs or photos; `count` is the number of all of them."""

    check: str
    severity: str
    what: str
    advice: str
    count: int
    pairs: list[_ShownPair]
    open: int
    photos: list[_ShownPhoto]


def write_report(examined: Examination, path: Path) -> Path:
    """Write the page atomically.

    The page loads nothing from elsewhere, and can be read without its few lines of script.

    Args:
        examined: result of an audit.
        path: the page.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - an extra

    environment = Environment(
        loader=PackageLoader("okng.auditing"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    pictures = _Pictures(examined)
    page: str = environment.get_template("audit.html.j2").render(
        name=examined.dataset.root.resolve().name,
        flags=with_flags,
        headline=headline(examined),
        findings=[_shown(finding, pictures) for finding in examined.findings.findings],
        f=examined.findings,
        summary=examined.findings.summary,
        sizes=_sizes(examined),
        first=first_word(examined.findings),
        facts=_facts(examined),
        suspicious=_suspicious(examined, pictures),
        search=_search(examined.findings.summary.search),
    )
    write_atomic(path, page)
    return path


def headline(examined: Examination) -> str:
    """The audit in one sentence."""
    summary = examined.findings.summary
    photos, parts = summary.photos, summary.parts
    if "near_duplicates" in summary.not_checked:
        return f"{photos:,} photos; copies of one part were not searched for."
    count = f"These {photos:,} photos show {about(parts)}"
    if parts == photos:
        return f"{count}: no photo is a copy of another."
    of_class = summary.parts_by_class
    by_class = ", ".join(f"{n:,} of {name}" for name, n in of_class.items())
    both = sum(of_class.values()) - parts
    repeated = f" ({both:,} of them under two labels, counted in each)" if both > 0 else ""
    return f"{count}: {by_class}{repeated}."


def first_word(findings: Findings) -> FirstWord:
    """Whether the photos are fit for training as they are."""
    serious = len(findings.serious)
    if serious:
        which = "one finding is" if serious == 1 else f"{serious} findings are"
        return FirstWord(
            "failed",
            f"Correct the photos first: {which} serious, so no metric of a training is reliable.",
        )
    missing = findings.summary.not_checked
    if missing:
        names = ", ".join(name.replace("_", " ") for name in missing)
        return FirstWord("open", f"No serious finding, but some checks were not made: {names}.")
    if findings.findings:
        return FirstWord("met", "Fit for training: no serious finding. Read the notices below.")
    return FirstWord("met", "Fit for training: no findings.")


def _facts(examined: Examination) -> str:
    """Folder, date and version."""
    today = datetime.now(UTC).date().isoformat()
    return f"{examined.dataset.root.resolve()} | {today} | okng {__version__}"


def _sizes(examined: Examination) -> list[tuple[int, int]]:
    """Pairs (photos of a part, number of such parts), in descending order; [] without groups."""
    summary = examined.findings.summary
    counts = Counter(len(group) for group in examined.findings.groups)
    if not counts:
        return []
    alone = summary.parts - sum(counts.values())
    return [*sorted(counts.items(), reverse=True), *([(1, alone)] if alone > 0 else [])]


def _suspicious(examined: Examination, pictures: "_Pictures") -> list[_ShownSuspicion]:
    """The least credible labels with thumbnails."""
    rows: list[Suspicion] = (examined.findings.suspicious_labels or [])[:_SUSPICIOUS]
    return [
        _ShownSuspicion(s.path, s.label, s.likelier, s.probability, pictures.source(s.path))
        for s in rows
    ]


def _search(near: SearchSummary | None) -> list[str]:
    """How copies were searched for, in sentences for the people who take the photos."""
    if near is None:
        return []
    rule = (
        f"{near.pairs_compared:,} pairs of photos were compared. Two photos count as one part "
        f"if {near.threshold} or more small details of the surface are in the same places on "
        "both, after turning, mirroring, shearing and zooming one of them."
    )
    sentences = [rule]
    if near.false_match_rate is not None:
        sentences.append(
            f"An estimated {100 * near.false_match_rate:.2f} % of the accepted pairs are wrong."
        )
    if near.own_agreement is not None:
        sentences.append(
            "Different parts share a print or another design. It was removed from the photos, and "
            "two photos also count as one part if the rest (grain, scratches, dirt) correlates at "
            f"{near.own_agreement:.2f} or more."
        )
    count = count_of(near.across_classes, "accepted pair has", "accepted pairs have")
    return [*sentences, f"{count} photos of two classes."]


def _shown(finding: Finding, pictures: "_Pictures") -> _ShownFinding:
    photos = [] if finding.pairs else finding.photos[:_PHOTOS]
    return _ShownFinding(
        check=finding.check,
        severity=finding.severity.value,
        what=finding.what,
        advice=finding.advice,
        count=len(finding.pairs) or len(finding.photos),
        pairs=[pictures.pair(pair) for pair in _chosen(finding.pairs, pictures)],
        open=_OPEN,
        photos=[_ShownPhoto(path, pictures.source(path)) for path in photos],
    )


def _chosen(pairs: list[Pair], pictures: "_Pictures") -> list[Pair]:
    """A selection of pairs: some with two labels, and an even spread from first to last."""
    if len(pairs) <= _PAIRS:
        return pairs
    across = [pair for pair in pairs if pictures.label(pair.a) != pictures.label(pair.b)]
    # Half of the pairs may have two labels, as wrong labels and false matches are among them.
    spread = np.linspace(0, len(pairs) - 1, _PAIRS).round().astype(int)
    chosen = [*across[: _PAIRS // 2], *(pairs[number] for number in spread)]
    return list({(pair.a, pair.b): pair for pair in chosen}.values())[:_PAIRS]


class _Pictures:
    """Thumbnails as data URIs; the photos decoded last are cached."""

    def __init__(self, examined: Examination) -> None:
        self.root, self.depth = examined.dataset.root, examined.dataset.depth
        self.labels = {photo.path: photo.label for photo in examined.dataset.photos}
        self._read = lru_cache(maxsize=8)(self._decoded)
        self._has_opencv = importlib.util.find_spec("cv2") is not None

    def label(self, path: str) -> str:
        """Class of a photo."""
        return self.labels.get(path, "")

    def pair(self, pair: Pair) -> _ShownPair:
        """Both photos, and an overlay of b on a if they can be aligned."""
        overlay = self._overlay(pair)
        return _ShownPair(
            a=pair.a, b=pair.b, score=pair.score,
            label_a=self.label(pair.a), label_b=self.label(pair.b),
            source_a=self.source(pair.a), source_b=self.source(pair.b),
            overlay=_uri(overlay) if overlay is not None else "",
        )  # fmt: skip

    def source(self, path: str) -> str:
        """A thumbnail; empty for a photo that cannot be read."""
        photo = self._small(path)
        return "" if photo is None else _uri(photo)

    def _overlay(self, pair: Pair) -> npt.NDArray[np.uint8] | None:
        """RGB overlay: a is green, b is magenta; details in the same place on both are grey."""
        photos = self._read(pair.a), self._read(pair.b)
        a, b = self._small(pair.a), self._small(pair.b)
        if not self._has_opencv or photos[0] is None or photos[1] is None:
            return None
        from okng.auditing.near.geometric_verification import lay_over  # noqa: PLC0415 - needs the extra

        matrix = lay_over(photos[0], photos[1])
        if matrix is None or a is None or b is None:
            return None
        # From units of the longer side to pixels of the thumbnail; Pillow needs the inverse map.
        forward = np.vstack([matrix, [0, 0, 1]])
        forward[:2, 2] *= _SIDE
        back = np.linalg.inv(forward)[:2].ravel()
        over = (
            Image.fromarray(b)
            .convert("L")
            .transform(
                (a.shape[1], a.shape[0]),
                Image.Transform.AFFINE,
                tuple(back),
                Image.Resampling.BILINEAR,
            )
        )
        grey = np.asarray(Image.fromarray(a).convert("L"))
        return np.stack([np.asarray(over), grey, np.asarray(over)], axis=2)

    def _decoded(self, path: str) -> npt.NDArray[np.uint8] | None:
        try:
            return preprocess.read(self.root / path, depth=self.depth)
        except PhotoError:
            return None

    def _small(self, path: str) -> npt.NDArray[np.uint8] | None:
        photo = self._read(path)
        if photo is None:
            return None
        image = Image.fromarray(photo)
        scale = _SIDE / max(image.size)
        size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        return np.asarray(image.resize(size, Image.Resampling.BILINEAR))


def _uri(photo: npt.NDArray[np.uint8]) -> str:
    buffer = io.BytesIO()
    Image.fromarray(photo).save(buffer, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"
