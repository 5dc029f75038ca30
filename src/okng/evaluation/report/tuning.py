"""`tuning.html`: a study of `okng tune` as a page, from `study.json` and its pictures alone."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from okng.config import command, report_language
from okng.evaluation.report.blocks import (
    Block,
    Document,
    Name,
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
from okng.evaluation.report.localise import localised
from okng.evaluation.report.wording import count
from okng.runs.layout import StudyFolder
from okng.wording import language, mark, number, phrase, translated
from okng.wording.plural import Plural

NOUNS = (Plural("trial", "trials", "number"), Plural("fold", "folds", "number"))
_PICTURES = {
    "history": mark("Value of each trial in the order of the trials, and the best so far"),
    "importances": mark("Share of the differences between trials that each setting explains"),
    "slice": mark("Value of each trial over each setting"),
}
_LESS = {
    "cost": mark("the less, the better"),
    "f1": mark("the more, the better"),
    "accuracy": mark("the more, the better"),
    "auc": mark("the more, the better"),
}
HONEST = mark(
    "The best of many trials looks better than it is: it was chosen for its value, and some of "
    "that is luck. Only the test of the final run counts: its photos were set aside, and no trial "
    "has seen them."
)


def write_tuning(folder: Path) -> Path:
    """Write `tuning.html` beside `study.json`: one page that needs no other file."""
    study = json.loads(StudyFolder(folder).study.read_text(encoding="utf-8"))
    with language(report_language(None)):
        return write_html(localised(build(study, folder)), StudyFolder(folder).report)


def build(study: Mapping[str, Any], folder: Path) -> Document:
    """The page of a study whose pictures lie in a folder."""
    sections = (
        (mark("Best settings"), (*settings_blocks(study), _next(folder))),
        (mark("Fold by fold"), tuple(_folds(study))),
        (mark("Pictures"), tuple(pictures(folder))),
        (mark("What was tried"), (_space(study), _about(study))),
        (mark("All trials"), (_trials(study),)),
    )
    return Document(
        title=phrase("Tuning: {study}", study=study["study"]),
        subtitle=subtitle(study),
        lead=lead(study),
        front=(Paragraph(HONEST),),
        sections=tuple(Section(title, blocks, level=0) for title, blocks in sections if blocks),
    )


def lead(study: Mapping[str, Any]) -> str:
    """What came of it, in one sentence."""
    best, start = study["best"], study["start"]
    text = mark("The best of {trials} has {value} ({objective:text}, {better:text}).")
    if start is not None and start["number"] == best["number"]:
        text = mark(
            "The best of {trials} has {value} ({objective:text}, {better:text}): it is the one "
            "with the settings that a training has without a study."
        )
    elif start is not None:
        text = mark(
            "The best of {trials} has {value} ({objective:text}, {better:text}); the settings that "
            "a training has without a study have {start}."
        )
    return phrase(
        text,
        trials=count(len(study["trials"]), "trial"),
        value=short(best["value"]),
        objective=study["objective_words"],
        better=_LESS[study["objective"]],
        start=short((start or {}).get("value")),
    )


def subtitle(study: Mapping[str, Any]) -> str:
    """On what it was measured."""
    counts, states = study["counts"], study["states"]
    return phrase(
        "{network} on {folds} of {photos:photos} of {parts:parts}; {complete} trials complete, "
        "{early} given up early, {failed} failed.",
        network=study["network"],
        folds=count(study["folds"], "fold"),
        photos=counts["photos"],
        parts=counts["parts"],
        complete=states["complete"],
        early=states["given up early"],
        failed=states["failed"],
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
        (mark("setting"), mark("without a study"), mark("best trial")), tuple(rows),
        caption=mark("What the study changes"), widths=(0.3, 0.35, 0.35),
    )  # fmt: skip
    if any(dimension["name"] == "light" for dimension in study["space"]):
        yield Paragraph(
            mark(
                "light is a factor on all changes of light in training: brightness, contrast, "
                "gamma and side light."
            ),
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
        return translated("none")
    return number(value, ".4g") if isinstance(value, float) else str(value)


def _next(folder: Path) -> Paragraph:
    return Paragraph(
        marked(
            phrase(
                "Train with them: `{command}`. The report of that run then names the study. They "
                "are in `best.toml`, too.",
                command=command("okng train PHOTOS", from_study=folder),
            )
        )
    )


def _folds(study: Mapping[str, Any]) -> Iterator[Block]:
    start, best = study["start"], study["best"]
    if start is None or start["number"] == best["number"]:
        return
    sign = -1 if study["direction"] == "minimize" else 1
    pairs = list(zip(start["folds"], best["folds"], strict=False))
    better = sum(sign * (b - a) > 0 for a, b in pairs)
    yield Table(
        (mark("fold"), mark("without a study"), mark("best trial")),
        tuple((f"{n}", short(a), short(b)) for n, (a, b) in enumerate(pairs, 1)),
        numbers=frozenset({1, 2}),
        caption=mark("Both on the same photos of each fold"),
    )
    folds = count(len(pairs), "fold")
    text = mark("The best trial is better in {better} of {folds}.")
    yield Paragraph(phrase(text, better=better, folds=folds))


def _space(study: Mapping[str, Any]) -> Table:
    learning = translated("(where layers learn)")
    rows = [
        (d["name"], _words(d) + (f" {learning}" if d["learning"] else "")) for d in study["space"]
    ]
    return facts(rows, caption=mark("The search space"))


def _words(dimension: Mapping[str, Any]) -> str:
    if dimension["choices"]:
        return ", ".join(str(choice) for choice in dimension["choices"])
    text = mark("{low:g} to {high:g}")
    if dimension["log"]:
        text = mark("{low:g} to {high:g}, on a logarithmic scale")
    return phrase(text, low=dimension["low"], high=dimension["high"])


def _about(study: Mapping[str, Any]) -> Table:
    rows = [
        (
            mark("Objective"),
            phrase("{objective:text}; every part counts once", objective=study["objective_words"]),
        ),
        (
            mark("Threshold of a fold"),
            translated("chosen on photos it neither learns from nor is judged on"),
        ),
        (
            mark("Photos set aside"),
            phrase("{photos}, for the test of the final run", photos=study["counts"]["test"]),
        ),
        (mark("Drawn by"), translated("tree-structured Parzen estimator of Optuna")),
        (
            mark("Given up early"),
            translated("trials that are worse than the median of the others after a fold"),
        ),
        (mark("Seed"), str(study["seed"])),
        (mark("Kept in"), study["storage"]),
        (
            mark("Time of all trials"),
            phrase("{minutes:.1f} minutes", minutes=study["seconds"] / 60),
        ),
    ]
    return facts(rows, caption=mark("How it was tried"))


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
        (translated("trial"), study["objective"], *map(Name, names), mark("seconds")),
        tuple(rows),
        numbers=frozenset({0, 1, len(names) + 2}),
        caption=mark("Every trial that is over"),
    )


def _outcome(trial: Mapping[str, Any]) -> Text:
    if trial["state"] == "failed":
        return soft(phrase("failed: {error}", error=trial["error"]))
    return soft(translated("given up early")) if trial["value"] is None else short(trial["value"])


def _cell(trial: Mapping[str, Any] | None, name: str) -> str:
    if trial is None:
        return translated("not tried")
    return short(trial["values"][name]) if name in trial["values"] else "-"
