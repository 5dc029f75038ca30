"""Title, facts and first line of the first page: what was tested, and whether it was new."""

from typing import Any

from okng import __version__
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.wording import count, listed, set_aside
from okng.wording import mark, number, term, translated

_CHOSEN = {
    "name": mark("taken by its name; if that is wrong, every figure is turned round"),
    "given": mark("as named by the user"),
    "model": mark("as the model file has it"),
}
_DIGEST = 12  # signs of a digest that tell two files apart


def title(source: Source) -> str:
    """The title that was given, or the name of the inspector."""
    given = source.asked.title or ""
    inspector = translated("visual inspector {name}").format(name=inspector_name(source))
    return translated("Validation report: {title}").format(title=given or inspector)


def inspector_name(source: Source) -> str:
    """The name in the model file; else that of the folder."""
    return str(source.metrics.get("model", {}).get("name") or source.name)


def line(source: Source) -> str:
    """Part, author, date, version and digest in one line, also for the head of each page."""
    model: dict[str, Any] = source.metrics.get("model") or {}
    parts = {
        translated("Part"): source.asked.part,
        translated("Author"): source.asked.author,
        translated("Date"): _date(source),
        "okng": _version(source),
        translated("Model file"): str(model.get("digest", ""))[:_DIGEST],
    }
    return " | ".join(f"{name} {value}" for name, value in parts.items() if value)


def first_line(source: Source) -> str:
    """What was tested, and, only where that was checked, that it was new to the model."""
    metrics = source.metrics
    leakage = metrics["leakage"]
    whole = _tested(metrics)
    if leakage["photos"]:
        leaked = number(leakage["photos"], ",")
        return translated("{tested}; {leaked} show parts that training or validation used.").format(
            tested=whole, leaked=leaked
        )
    if _copies_searched(leakage):
        return translated("{tested} that the model had never seen.").format(tested=whole)
    if set_aside(metrics) and leakage["checked"]:
        return translated(
            "{tested} that were set aside. Turned or changed copies of training parts were not "
            "looked for."
        ).format(tested=whole)
    if leakage["checked"]:
        checked = listed(map(translated, leakage["checked"]))
        return translated(
            "{tested}. None is known to show a part of training (checked: {checked})."
        ).format(tested=whole, checked=checked)
    return translated("{tested}. Whether the model was trained on them is not known.").format(
        tested=whole
    )


def good_class(source: Source) -> str:
    """Which class holds the good parts, beside the headline: a wrong choice turns every figure."""
    metrics = source.metrics
    ok = metrics["ok_class"]
    if ok is None:
        return translated("Types: {classes}. There is no class of good parts.").format(
            classes=listed(metrics["classes"])
        )
    defects = [name for name in metrics["classes"] if name != ok]
    summary = (source.audit or {}).get("summary", {})
    how = translated(_CHOSEN.get((summary.get("ok_class") or {}).get("chosen_by", ""), ""))
    return translated("Good parts: class {ok}. Defective parts: {defects}.").format(
        ok=f"{ok} ({how})" if how else ok, defects=listed(defects)
    )


def _tested(metrics: dict[str, Any]) -> str:
    photos, parts = metrics["photos"], metrics["groups"]
    of = translated("{photos} of {parts}").format(
        photos=count(photos, "photo"), parts=count(parts, "part")
    )
    kinds = [
        f"{number(metrics[kind]['parts' if photos == parts else 'photos'], ',')} {term(kind)}"
        for kind in ("good", "defective")
        if metrics["ok_class"] is not None and kind in metrics
    ]
    shown = f" ({listed_plainly(kinds)})" if kinds else ""
    return translated("Tested on {photos}").format(photos=f"{of}{shown}")


def listed_plainly(words: list[str]) -> str:
    """Words with commas between."""
    return ", ".join(words)


def _copies_searched(leakage: dict[str, Any]) -> bool:
    """Whether turned and changed copies of training parts were searched for among the photos."""
    if "near-duplicates" in leakage["checked"]:
        return True
    return bool(leakage["checked"]) and "near" not in leakage.get("not_checked", {"near": ""})


def _date(source: Source) -> str:
    metrics = source.metrics
    evaluated = (metrics.get("evaluation") or {}).get("judged")
    return str(evaluated or (metrics.get("model") or {}).get("created") or "")[:10]


def _version(source: Source) -> str:
    versions = (source.metrics.get("evaluation") or {}).get("versions") or {}
    made = (source.metrics.get("model") or {}).get("versions") or {}
    return str(versions.get("okng") or made.get("okng") or __version__)
