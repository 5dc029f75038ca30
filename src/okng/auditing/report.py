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
from okng.auditing.findings import (
    Finding,
    Findings,
    Pair,
    SearchSummary,
    Suspicion,
)
from okng.auditing.run_checks import Examination
from okng.config import with_flags
from okng.errors import PhotoError
from okng.files import write_atomic
from okng.wording import (
    Language,
    checks_in_words,
    chosen_language,
    mark,
    number,
    reason_in_words,
    render,
    sentence,
    term,
    translated,
)

_PAIRS, _PHOTOS = 24, 16  # shown per finding
_SUSPICIOUS = 50  # suspicious labels shown
_OPEN = 6  # pairs that are shown without a click, as evidence
_LEARNED = mark("the threshold was learned from pairs of photos of different classes")
_CAUTIOUS = mark(
    "a cautious threshold is used: too few pairs of photos of different classes are known"
)
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
    """Write the page in the chosen language, atomically.

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
    environment.filters.update(number=number, term=term, reason=reason_in_words)
    environment.globals.update(
        translated=translated,
        checks=checks_in_words,
        language=chosen_language().value,
    )
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
        basis=_basis(examined.findings.summary.search),
    )
    write_atomic(path, page)
    return path


def headline(examined: Examination) -> str:
    """The audit in one sentence of the chosen language."""
    summary = examined.findings.summary
    photos, parts = summary.photos, summary.parts
    if "near_duplicates" in summary.not_checked:
        return render("audit_unsearched", {"photos": photos})
    values: dict[str, object] = {"photos": photos, "parts": parts}
    if parts == photos:
        return render("audit_no_copies", values)
    of_class = summary.parts_by_class
    both = sum(of_class.values()) - parts
    values |= {"classes": list(of_class.items()), "both": both}
    return render("audit_parts_twice" if both > 0 else "audit_parts", values)


def first_word(findings: Findings) -> FirstWord:
    """Whether the photos are fit for training as they are."""
    if serious := len(findings.serious):
        return FirstWord("failed", render("audit_failed", {"number": serious}))
    if missing := findings.summary.not_checked:
        return FirstWord("open", render("audit_open", {"checks": list(missing)}))
    code = "audit_met_with_notices" if findings.findings else "audit_met"
    return FirstWord("met", render(code, {}))


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
    across = sentence("search_across", pairs=near.across_classes)
    sentences = [sentence("search_rule", pairs=near.pairs_compared, threshold=near.threshold)]
    if near.false_match_rate is not None:
        sentences.append(sentence("search_false_matches", rate=100 * near.false_match_rate))
    if near.own_agreement is not None:
        sentences.append(sentence("search_design", correlation=near.own_agreement))
    return [each.text() for each in (*sentences, across)]


def _basis(near: SearchSummary | None) -> str:
    """What the threshold of the search rests on; the English text has the numbers, too."""
    if near is None or chosen_language() is Language.EN:
        return near.reason if near else ""
    return translated(_CAUTIOUS if near.false_match_rate is None else _LEARNED)


def _shown(finding: Finding, pictures: "_Pictures") -> _ShownFinding:
    words = finding.in_words()
    photos = [] if finding.pairs else finding.photos[:_PHOTOS]
    return _ShownFinding(
        check=finding.check,
        severity=finding.severity.value,
        what=words.what,
        advice=words.advice,
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
