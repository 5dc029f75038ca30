"""`audit.html`: one self-contained page with the evidence side by side."""

import base64
import importlib.util
import io
from collections import Counter
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from okng import __version__, preprocess
from okng.auditing.evidence import about
from okng.auditing.findings import (
    Finding,
    Findings,
    Pair,
    count_of,
)
from okng.auditing.run_checks import Examination
from okng.errors import PhotoError
from okng.files import write_atomic

_PAIRS, _PHOTOS = 24, 16
_SUSPICIOUS = 50
_OPEN = 6  # pairs that are shown without a click: they are the proof
_SIDE = 150  # pixels of a thumbnail


def write_report(examined: Examination, path: Path) -> Path:
    """Write the page, whole or not at all.

    Args:
        examined: what came of an audit.
        path: of the page: no address outside of it; readable without its few lines of script.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - an extra

    environment = Environment(
        loader=PackageLoader("okng.auditing"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    pictures = _Pictures(examined)
    page: str = environment.get_template("audit.html.j2").render(
        name=examined.dataset.root.resolve().name,
        headline=headline(examined),
        findings=[_shown(finding, pictures) for finding in examined.findings.findings],
        f=examined.findings,
        summary=examined.findings.summary,
        sizes=_sizes(examined),
        first=first_word(examined.findings),
        facts=_facts(examined),
        suspicious=_suspicious(examined, pictures),
        search=_search(examined.findings.summary),
    )
    write_atomic(path, page)
    return path


def headline(examined: Examination) -> str:
    """The audit in one sentence."""
    summary = examined.findings.summary
    photos, parts = summary["photos"], summary["parts"]
    if "near_duplicates" in summary["not_checked"]:
        return f"{photos:,} photos; copies of one part were not looked for."
    said = f"These {photos:,} photos show {about(parts)}"
    if parts == photos:
        return f"{said}: no photo is a copy of another."
    of_class = summary["parts_by_class"]
    by_class = ", ".join(f"{n:,} of {name}" for name, n in of_class.items())
    both = sum(of_class.values()) - parts
    counted = f" ({both:,} of them under two labels, counted in each)" if both > 0 else ""
    return f"{said}: {by_class}{counted}."


def first_word(findings: Findings) -> tuple[str, str]:
    """Whether the photos can be trained on as they are: a state for the page, and a sentence."""
    serious = len(findings.serious)
    if serious:
        which = "one finding is" if serious == 1 else f"{serious} findings are"
        return (
            "failed",
            f"Repair first: {which} serious, so every figure of a training is doubtful.",
        )
    missing = findings.summary["not_checked"]
    if missing:
        names = ", ".join(name.replace("_", " ") for name in missing)
        return "open", f"No serious finding, but not everything was checked: {names}."
    if findings.findings:
        return "met", "Fit for training: no serious finding. Read the notices below."
    return "met", "Fit for training: nothing was found."


def _facts(examined: Examination) -> str:
    """Where, when, and by which version."""
    today = datetime.now(UTC).date().isoformat()
    return f"{examined.dataset.root.resolve()} | {today} | okng {__version__}"


def _sizes(examined: Examination) -> list[tuple[int, int]]:
    """How many parts have how many photos, the most photographed first; those with one come last.

    Empty where every part has one photo.
    """
    summary = examined.findings.summary
    counts = Counter(len(group) for group in examined.findings.groups)
    if not counts:
        return []
    alone = summary["parts"] - sum(counts.values())
    return [*sorted(counts.items(), reverse=True), *([(1, alone)] if alone > 0 else [])]


def _suspicious(examined: Examination, pictures: "_Pictures") -> list[dict[str, Any]]:
    """The least credible labels with thumbnails."""
    found = (examined.findings.suspicious_labels or [])[:_SUSPICIOUS]
    return [{**s.model_dump(), "source": pictures.source(s.path)} for s in found]


def _search(summary: dict[str, Any]) -> list[str]:
    """How copies were searched for, in sentences for those who photograph."""
    near = summary.get("search")
    if near is None:
        return []
    rule = (
        f"{near['pairs_compared']:,} pairs of photos were laid over each other. Two photos count "
        f"as one part when {near['threshold']} or more small details of the surface lie in the "
        "same places on both, after turning, mirroring, shearing and zooming one of them."
    )
    found = [rule]
    if near["false_match_rate"] is not None:
        found.append(
            f"About {100 * near['false_match_rate']:.2f} % of such pairs are estimated to be wrong."
        )
    if near["own_agreement"] is not None:
        found.append(
            "As different parts share a print or another design, it was also taken away: two "
            "photos count as one part, too, when what is left of both, their grain, scratches and "
            f"dirt, correlates at {near['own_agreement']:.2f} or more."
        )
    pairs = near["across_classes"]
    found.append(f"{count_of(pairs, 'such pair has', 'such pairs have')} photos of two classes.")
    return found


def _shown(finding: Finding, pictures: "_Pictures") -> dict[str, Any]:
    alone = [] if finding.pairs else finding.photos[:_PHOTOS]
    return {
        "check": finding.check,
        "severity": finding.severity.value,
        "what": finding.what,
        "advice": finding.advice,
        "count": len(finding.pairs) or len(finding.photos),
        "pairs": [pictures.pair(pair) for pair in _chosen(finding.pairs, pictures)],
        "open": _OPEN,
        "photos": [{"path": path, "source": pictures.source(path)} for path in alone],
    }


def _chosen(pairs: list[Pair], pictures: "_Pictures") -> list[Pair]:
    """Some with two labels, as those are the oddest, and the first, last and some between."""
    if len(pairs) <= _PAIRS:
        return pairs
    across = [pair for pair in pairs if pictures.label(pair.a) != pictures.label(pair.b)]
    spread = np.linspace(0, len(pairs) - 1, _PAIRS).round().astype(int)
    chosen = [*across[: _PAIRS // 2], *(pairs[number] for number in spread)]
    return list({(pair.a, pair.b): pair for pair in chosen}.values())[:_PAIRS]


class _Pictures:
    """Thumbnails as data URIs; photos shown last are kept."""

    def __init__(self, examined: Examination) -> None:
        self.root, self.depth = examined.dataset.root, examined.dataset.depth
        self.labels = {photo.path: photo.label for photo in examined.dataset.photos}
        self._read = lru_cache(maxsize=8)(self._decoded)
        self._can_lay_over = importlib.util.find_spec("cv2") is not None

    def label(self, path: str) -> str:
        """Class of a photo."""
        return self.labels.get(path, "")

    def pair(self, pair: Pair) -> dict[str, Any]:
        """Both photos, and b laid over a where it is known how."""
        overlay = self._overlay(pair)
        return {
            "a": pair.a, "b": pair.b, "score": pair.score,
            "label_a": self.label(pair.a), "label_b": self.label(pair.b),
            "source_a": self.source(pair.a), "source_b": self.source(pair.b),
            "overlay": _uri(overlay) if overlay is not None else "",
        }  # fmt: skip

    def source(self, path: str) -> str:
        """A thumbnail; empty for a photo that cannot be read."""
        photo = self._small(path)
        return "" if photo is None else _uri(photo)

    def _overlay(self, pair: Pair) -> npt.NDArray[np.uint8] | None:
        """Green is a, magenta is b: what is grey lies in the same place on both."""
        photos = self._read(pair.a), self._read(pair.b)
        a, b = self._small(pair.a), self._small(pair.b)
        if not self._can_lay_over or photos[0] is None or photos[1] is None:
            return None
        from okng.auditing.near.geometric_verification import lay_over  # noqa: PLC0415 - needs the extra

        matrix = lay_over(photos[0], photos[1])
        if matrix is None or a is None or b is None:
            return None
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
