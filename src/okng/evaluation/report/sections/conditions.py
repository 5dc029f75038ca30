"""3 Conditions: what the file does to a photo; camera and light, which only the user knows."""

from collections.abc import Iterator
from typing import Any

from okng.evaluation.report.blocks import Section, Table, facts
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.sections.task import blanks
from okng.modelfile import FLOAT_RESIZE, WHOLE_RESIZE
from okng.wording import mark, phrase, translated

_BY_HAND = ("Camera and lens", "Light", "How the part lies, and how far away",
            "When and where the photos were taken", "Who labelled them, and by which rule",
            "Cycle time")  # fmt: skip


def sections(source: Source) -> Iterator[Section]:
    """The conditions."""
    yield Section(
        "Conditions",
        (
            *_known(source),
            blanks(
                _BY_HAND,
                mark("To be filled in by hand: the figures hold for these conditions only"),
            ),
        ),
    )


_RESIZED = {
    FLOAT_RESIZE: mark(
        "each photo is resized to that (bilinear, antialiased), whatever the ratio of its sides"
    ),
    WHOLE_RESIZE: mark(
        "each photo is resized to that (bilinear, antialiased, whole grey levels; in training and "
        "on the line alike), whatever the ratio of its sides"
    ),
}
_REDUCED = mark(
    "decoded at 1/8, 1/4 or 1/2 of their size, where the shorter side keeps {side} pixels"
)
_SAME = mark("{decoded}; {photos} photos have the same verdicts at full size")
_WHOLE = mark("decoded at full size; at a fraction {changed} of {photos} verdicts differed")
_FLIPS = {
    "horizontal": mark("mirroring (horizontal)"),
    "vertical": mark("mirroring (vertical)"),
    "both": mark("mirroring (both)"),
}
_GREY = mark("{size} x {size} pixels, grey; {resized}")
_COLOUR = mark("{size} x {size} pixels, colour; {resized}")
_BY_UP_TO = {
    "shift": mark("shift by up to {share:short}"),
    "zoom": mark("size by up to {share:short}"),
    "shear": mark("shear by up to {share:short}"),
    "brightness": mark("brightness by up to {share:short}"),
    "contrast": mark("contrast by up to {share:short}"),
    "gamma": mark("tone curve by up to {share:short}"),
    "side_light": mark("light from one side by up to {share:short}"),
}


def _known(source: Source) -> Iterator[Table]:
    model: dict[str, Any] = source.metrics.get("model", {})
    settings: dict[str, Any] = source.metrics.get("settings") or {}
    rows = [("Judged by", translated("the exported model file, as on the line"))]
    if model:
        rules = model["input"]
        resized = translated(_RESIZED.get(rules["resize"], rules["resize"]))
        text = _GREY if rules["grey"] else _COLOUR
        shown = phrase(text, size=rules["image_size"], resized=resized)
        rows.append(("Input of the network", shown))
        rows += _decoding(source.metrics, rules)
        rows.append(("Network", _network(model)))
    if "augment" in settings:
        rows.append(("Varied in training", _varied(settings["augment"])))
    if speed := source.metrics.get("speed"):
        text = mark("{milliseconds:.0f} ms on the PC of this report")
        rows.append(("Time per photo", phrase(text, milliseconds=speed["milliseconds"])))
    yield facts(rows, caption=mark("Conditions that okng knows"))


def _decoding(metrics: dict[str, Any], rules: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """At what size JPEGs are decoded, where that was a question."""
    checked: dict[str, Any] = (metrics.get("export") or {}).get("decoding") or {}
    side = rules.get("reduced_side", 0)
    if side:
        decoded = phrase(_REDUCED, side=side)
        if checked:
            decoded = phrase(_SAME, decoded=decoded, photos=checked["photos"])
        yield "JPEG files", decoded
    elif checked:
        changed, photos = checked["verdicts_changed"], checked["photos"]
        yield "JPEG files", phrase(_WHOLE, changed=changed, photos=photos)


def _network(model: dict[str, Any]) -> str:
    name = str(model["backbone"])
    return f"{name}, INT8" if model.get("precision") == "int8" else name


def _varied(augment: dict[str, Any]) -> str:
    parts = []
    if degrees := augment["rotation"]:
        turned = phrase("rotation up to {degrees:g} degrees", degrees=degrees)
        if augment.get("turns") == "quarter":
            turned = phrase("{turned}, by quarters only, as the parts lie straight", turned=turned)
        parts.append(turned)
    if flips := _FLIPS.get(augment["flips"]):
        parts.append(translated(flips))
    parts += [
        phrase(text, share=augment[name]) for name, text in _BY_UP_TO.items() if augment.get(name)
    ]
    return ", ".join(parts) or translated("nothing")
