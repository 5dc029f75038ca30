"""The report: one self-contained page, built from the files of a run folder alone."""

import base64
import io
import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image

from okng.files import write_atomic

HEADLINE = ("escape_rate", "overkill_rate", "accuracy", "recall")
NAMES = {
    "escape_rate": "Escape rate",
    "overkill_rate": "Overkill rate",
    "accuracy": "Accuracy",
    "recall": "Recall on defects",
    "precision": "Precision",
    "f1": "F1",
    "specificity": "Specificity",
    "balanced_accuracy": "Balanced accuracy",
    "roc_auc": "ROC AUC",
    "average_precision": "Average precision",
    "review_rate": "Sent to a person",
}
MEANINGS = {
    "escape_rate": "defective parts that got OK",
    "overkill_rate": "good parts that got NG",
    "accuracy": "parts judged rightly",
    "recall": "defective parts that were caught",
    "precision": "parts called NG that are defective",
    "f1": "harmonic mean of precision and recall",
    "specificity": "good parts that got OK",
    "balanced_accuracy": "mean of recall and specificity",
    "roc_auc": "a defective part scores above a good one",
    "average_precision": "area under precision over recall",
    "review_rate": "parts in the review band",
}


def write_report(run: Path) -> Path:
    """Build `report.html` of a run.

    Args:
        run: folder with metrics.json, audit.json, okng.toml, figures and gradcam.

    Returns:
        The page: no script, no address outside of it; prints to A4; light and dark.
    """
    metrics = _json(run / "metrics.json")
    environment = Environment(
        loader=PackageLoader("okng.evaluate"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(percent=percent, span=span)
    page: str = environment.get_template("report.html.j2").render(
        name=run.name,
        m=metrics,
        audit=_json(run / "audit.json"),
        settings=(run / "okng.toml").read_text(encoding="utf-8"),
        names=NAMES,
        meanings=MEANINGS,
        headline=HEADLINE,
        verdict=verdict_in_words(metrics),
        figures=_figures(run),
        gallery=_gallery(run),
    )
    target = run / "report.html"
    write_atomic(target, page)
    return target


def verdict_in_words(metrics: dict[str, Any]) -> str:
    """What the figures come to, in one sentence that an engineer can repeat."""
    if metrics["leakage"]["photos"]:
        return (
            f"{metrics['leakage']['photos']} of {metrics['photos']} test photos show a part that "
            "training has seen. The figures as given are memory, not evidence."
        )
    if metrics["ok_class"] is None:
        return f"{percent(metrics['accuracy']['value'])} of defect types were named rightly."
    escape, overkill = metrics["escape_rate"], metrics["overkill_rate"]
    if escape["value"] is None or overkill["value"] is None:
        return "The test lacks good or defective parts: it cannot tell escapes and overkill."
    return (
        f"Of 100 defective parts about {100 * escape['value']:.1f} escape (this test cannot rule "
        f"out {100 * escape['high']:.1f}), and of 100 good parts about "
        f"{100 * overkill['value']:.1f} are rejected (up to {100 * overkill['high']:.1f})."
    )


def percent(value: float | None) -> str:
    """A share in [0, 1] as a percentage; a dash when there is none."""
    return "none" if value is None else f"{100 * value:.2f} %"


def span(rate: dict[str, Any]) -> str:
    """The interval of a rate."""
    if rate["low"] is None:
        return str(rate["method"])
    return f"{100 * rate['low']:.2f} to {100 * rate['high']:.2f} %"


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _figures(run: Path) -> dict[str, str]:
    return {path.stem: _embedded(path) for path in sorted((run / "figures").glob("*.png"))}


def _gallery(run: Path) -> list[dict[str, Any]]:
    listing = run / "gradcam" / "gallery.json"
    cases = _json(listing) if listing.exists() else []
    return [
        {**case, "source": _embedded(run / "gradcam" / case["picture"], photo=True)}
        for case in cases
    ]


def _embedded(path: Path, *, photo: bool = False) -> str:
    """A picture as a data URI; photos as JPEG, which keeps the page small."""
    data, kind = path.read_bytes(), "png"
    if photo:
        buffer = io.BytesIO()
        Image.open(path).convert("RGB").save(buffer, "JPEG", quality=85)
        data, kind = buffer.getvalue(), "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
