"""3 Conditions: what the file does to a photo; camera and light, which only the user knows."""

from collections.abc import Iterator
from typing import Any

from okng.evaluation.report.blocks import Section, Table, facts
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.sections.task import blanks
from okng.modelfile import FLOAT_RESIZE, WHOLE_RESIZE

_BY_HAND = ("Camera and lens", "Light", "How the part lies, and how far away",
            "When and where the photos were taken", "Who labelled them, and by which rule",
            "Cycle time")  # fmt: skip


def sections(source: Source) -> Iterator[Section]:
    """The conditions."""
    yield Section(
        "Conditions",
        (
            *_known(source),
            blanks(_BY_HAND, "To be filled in by hand: the figures hold for these conditions only"),
        ),
    )


_RESIZED = {
    FLOAT_RESIZE: "each photo is resized to that (bilinear, antialiased), whatever the ratio of "
    "its sides",
    WHOLE_RESIZE: "each photo is resized to that (bilinear, antialiased, whole grey levels; in "
    "training and on the line alike), whatever the ratio of its sides",
}
_BY_UP_TO = {
    "shift": "shift",
    "zoom": "size",
    "shear": "shear",
    "brightness": "brightness",
    "contrast": "contrast",
    "gamma": "tone curve",
    "side_light": "light from one side",
}


def _known(source: Source) -> Iterator[Table]:
    model: dict[str, Any] = source.metrics.get("model", {})
    settings: dict[str, Any] = source.metrics.get("settings") or {}
    rows = [("Judged by", "the exported model file, as on the line")]
    if model:
        rules = model["input"]
        size, kind = rules["image_size"], "grey" if rules["grey"] else "colour"
        resized = _RESIZED.get(rules["resize"], rules["resize"])
        rows.append(("Input of the network", f"{size} x {size} pixels, {kind}; {resized}"))
        rows.append(("Network", str(model["backbone"])))
    if "augment" in settings:
        rows.append(("Varied in training", _varied(settings["augment"])))
    if speed := source.metrics.get("speed"):
        rows.append(("Time per photo", f"{speed['milliseconds']:.0f} ms on the PC of this report"))
    yield facts(rows, caption="Conditions that okng knows")


def _varied(augment: dict[str, Any]) -> str:
    turned = f"rotation up to {augment['rotation']:g} degrees"
    parts = [turned] if augment["rotation"] else []
    if parts and augment.get("turns") == "quarter":
        parts = [f"{turned}, by quarters only, as the parts lie straight"]
    if augment["flips"] != "none":
        parts.append(f"mirroring ({augment['flips']})")
    parts += [
        f"{words} by up to {100 * augment[name]:g} %"
        for name, words in _BY_UP_TO.items()
        if augment.get(name)
    ]
    return ", ".join(parts) or "nothing"
