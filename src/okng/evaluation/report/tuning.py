"""`tuning.html`: a study of `okng tune` as a page, from `study.json` and its pictures alone."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from okng.evaluation.report.blocks import (
    Block,
    Document,
    Paragraph,
    Picture,
    Section,
    Table,
    Text,
    bold,
    facts,
    marked,
    soft,
)
from okng.evaluation.report.html_file import write_html
from okng.evaluation.report.wording import count
from okng.runs.layout import StudyFolder

_PICTURES = {
    "history": "Value of each trial in the order of the trials, and the best so far",
    "importances": "Share of the differences between trials that each setting explains",
    "slice": "Value of each trial over each setting",
}
_LESS = {
    "cost": "the less, the better",
    "f1": "the more, the better",
    "accuracy": "the more, the better",
    "auc": "the more, the better",
}
HONEST = (
    "The best of many trials looks better than it is: it was chosen for its value, and some of "
    "that is luck. Only the test of the final run counts: its photos were set aside, and no trial "
    "has seen them."
)


def write_tuning(folder: Path) -> Path:
    """Write `tuning.html` beside `study.json`: one page that needs no other file."""
    study = json.loads(StudyFolder(folder).study.read_text(encoding="utf-8"))
    return write_html(build(study, folder), StudyFolder(folder).report)


def build(study: Mapping[str, Any], folder: Path) -> Document:
    """The page of a study whose pictures lie in a folder."""
    sections = (
        ("Best settings", (*settings_blocks(study), _next(folder))),
        ("Fold by fold", tuple(_folds(study))),
        ("Pictures", tuple(pictures(folder))),
        ("What was tried", (_space(study), _about(study))),
        ("All trials", (_trials(study),)),
    )
    return Document(
        title=f"Tuning: {study['study']}",
        subtitle=subtitle(study),
        lead=lead(study),
        front=(Paragraph(HONEST),),
        sections=tuple(Section(title, blocks, level=0) for title, blocks in sections if blocks),
    )


def lead(study: Mapping[str, Any]) -> str:
    """What came of it, in one sentence."""
    best, start = study["best"], study["start"]
    value = f"{short(best['value'])} ({study['objective_words']}, {_LESS[study['objective']]})"
    first = f"The best of {count(len(study['trials']), 'trial')} has {value}"
    if start is None:
        return f"{first}."
    if start["number"] == best["number"]:
        return f"{first}: it is the one with the settings that a training has without a study."
    return (
        f"{first}; the settings that a training has without a study have {short(start['value'])}."
    )


def subtitle(study: Mapping[str, Any]) -> str:
    """On what it was measured."""
    counts, states = study["counts"], study["states"]
    return (
        f"{study['network']} on {count(study['folds'], 'fold')} of "
        f"{count(counts['photos'], 'photo')} of {count(counts['parts'], 'part')}; "
        f"{states['complete']} trials complete, {states['given up early']} given up early, "
        f"{states['failed']} failed."
    )


def settings_blocks(study: Mapping[str, Any]) -> Iterator[Block]:
    """Start and best, setting by setting."""
    start, best = study["start"], study["best"]
    rows: list[tuple[Text, ...]] = []
    for dimension in study["space"]:
        name = dimension["name"]
        before, after = (_cell(trial, name) for trial in (start, best))
        rows.append((name, before, bold(after) if after != before else after))
    rows.append((study["objective"], short((start or {}).get("value")), short(best["value"])))
    yield Table(
        ("setting", "without a study", "best trial"), tuple(rows),
        caption="What the study changes", widths=(0.3, 0.35, 0.35),
    )  # fmt: skip
    if any(dimension["name"] == "light" for dimension in study["space"]):
        yield Paragraph(
            "light is a factor on all changes of light in training: brightness, contrast, gamma "
            "and side light.",
            soft=True,
        )


def pictures(folder: Path) -> Iterator[Block]:
    """The pictures that are there."""
    for name, words in _PICTURES.items():
        files = sorted(folder.glob(f"{name}*.png"))
        if files:
            yield Paragraph(words, soft=True)
        for path in files:
            yield Picture(path, words, 1.0 if name == "slice" else 0.75)


def short(value: Any) -> str:
    """A value as it is shown."""
    if value is None:
        return "none"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _next(folder: Path) -> Paragraph:
    return Paragraph(
        marked(f"Train with them: `okng train PHOTOS --from-study {folder}`, which also says in "
               "its report where they come from. They stand in `best.toml`, too.")
    )  # fmt: skip


def _folds(study: Mapping[str, Any]) -> Iterator[Block]:
    start, best = study["start"], study["best"]
    if start is None or start["number"] == best["number"]:
        return
    sign = -1 if study["direction"] == "minimize" else 1
    pairs = list(zip(start["folds"], best["folds"], strict=False))
    better = sum(sign * (b - a) > 0 for a, b in pairs)
    yield Table(
        ("fold", "without a study", "best trial"),
        tuple((f"{n}", short(a), short(b)) for n, (a, b) in enumerate(pairs, 1)),
        numbers=frozenset({1, 2}),
        caption="Both on the same photos of each fold",
    )
    yield Paragraph(f"The best trial is better in {better} of {count(len(pairs), 'fold')}.")


def _space(study: Mapping[str, Any]) -> Table:
    rows = [
        (d["name"], _words(d) + (" (where layers learn)" if d["learning"] else ""))
        for d in study["space"]
    ]
    return facts(rows, caption="The search space")


def _words(dimension: Mapping[str, Any]) -> str:
    if dimension["choices"]:
        return ", ".join(str(choice) for choice in dimension["choices"])
    scale = ", on a logarithmic scale" if dimension["log"] else ""
    return f"{dimension['low']:g} to {dimension['high']:g}{scale}"


def _about(study: Mapping[str, Any]) -> Table:
    rows = [
        ("Objective", f"{study['objective_words']}; every part counts once"),
        ("Threshold of a fold", "chosen on photos it neither learns from nor is judged on"),
        ("Photos set aside", f"{study['counts']['test']}, for the test of the final run"),
        ("Drawn by", "tree-structured Parzen estimator of Optuna"),
        ("Given up early", "trials that are worse than the median of the others after a fold"),
        ("Seed", str(study["seed"])),
        ("Kept in", study["storage"]),
        ("Time of all trials", f"{study['seconds'] / 60:.1f} minutes"),
    ]
    return facts(rows, caption="How it was tried")


def _trials(study: Mapping[str, Any]) -> Table:
    names = [dimension["name"] for dimension in study["space"]]
    best = study["best"]["number"]
    rows = []
    for trial in study["trials"]:
        number = f"{trial['number']}"
        rows.append(
            (
                bold(number) if trial["number"] == best else number,
                bold(short(trial["value"])) if trial["number"] == best else _outcome(trial),
                *(_cell(trial, name) for name in names),
                short(trial["seconds"]),
            )
        )
    return Table(
        ("trial", study["objective"], *names, "seconds"),
        tuple(rows),
        numbers=frozenset({0, 1, len(names) + 2}),
        caption="Every trial that is over",
    )


def _outcome(trial: Mapping[str, Any]) -> Text:
    if trial["state"] == "failed":
        return soft(f"failed: {trial['error']}")
    return soft("given up early") if trial["value"] is None else short(trial["value"])


def _cell(trial: Mapping[str, Any] | None, name: str) -> str:
    if trial is None:
        return "not tried"
    return short(trial["values"][name]) if name in trial["values"] else "-"
