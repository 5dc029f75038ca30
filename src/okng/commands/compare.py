"""`compare`: two runs, or two evaluations, on the photos that both were tested on."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from okng.dataset import read_manifest
from okng.error_codes import Code
from okng.errors import DatasetError
from okng.evaluation import Scores, write_metrics
from okng.evaluation.metrics.mcnemar import Pair, compare_pair
from okng.evaluation.results import comparison
from okng.evaluation.statistics.intervals import group_numbers
from okng.files import write_atomic
from okng.runs.layout import RunFolder
from okng.verdict import reaches_threshold

_ADVICE = "Judge the same photos with both: `okng evaluate MODEL PHOTOS`."


class Comparison(NamedTuple):
    """What came of a comparison.

    Attributes:
        result: tests, differences with intervals, conclusion.
        changed: one row per photo that the two judge otherwise.
    """

    result: comparison.Comparison
    changed: pd.DataFrame

    @property
    def figures(self) -> dict[str, object]:
        """The result as plain values, as in `compare.json`."""
        return self.result.plain()


class _Side(NamedTuple):
    name: str
    table: pd.DataFrame
    ok_class: str | None


def compare(run_a: Path | str, run_b: Path | str, *, out: Path | str | None = None) -> Comparison:
    """Compare two runs, or two folders of `okng evaluate`, on the same photos.

    Photos are matched by content where both folders hold a manifest, else by path. Only photos
    that were reported in both are compared, so that neither has learned from any of them.

    Args:
        run_a: a folder with metrics.json and scores.csv.
        run_b: another one.
        out: folder for `compare.json` and `changed.csv`.

    Raises:
        DatasetError: a folder lacks its files, or the two have no photo in common.
    """
    folders = RunFolder(run_a), RunFolder(run_b)
    by_content = all(folder.manifest.exists() for folder in folders)
    sides = [_side(folder, by_content=by_content) for folder in folders]
    names = _names(sides, folders)
    joined, conflicts = _join(sides, folders)
    changed = joined[joined["verdict_a"] != joined["verdict_b"]]
    common = len(joined) + conflicts
    result = comparison.Comparison(
        **dict(compare_pair(_pair(joined, sides), names)),
        a=str(folders[0].folder),
        b=str(folders[1].folder),
        matched_by="content" if by_content else "path",
        only_in_a=len(sides[0].table) - common,
        only_in_b=len(sides[1].table) - common,
        label_conflicts=conflicts,
        changed=len(changed),
    )
    columns = ["path", "label", "verdict_a", "verdict_b", "score_a", "score_b"]
    report = Comparison(result, changed[columns].reset_index(drop=True))
    if out is not None:
        write_metrics(report.result, Path(out) / "compare.json")
        write_atomic(Path(out) / "changed.csv", report.changed.to_csv(index=False))
    return report


def _side(folder: RunFolder, *, by_content: bool) -> _Side:
    try:
        metrics = folder.metrics
    except (OSError, json.JSONDecodeError) as exc:
        raise DatasetError(
            f"The figures cannot be read: {exc}",
            where=folder.metrics_file,
            hint=_ADVICE,
            code=Code.SCORES_UNREADABLE,
        ) from exc
    scores = Scores.read(folder.scores, tuple(metrics["classes"]), metrics["ok_class"])
    scores = scores.select(metrics["split"])
    called = reaches_threshold(scores.defect_scores, metrics["threshold"])
    right = called == scores.is_defective
    if scores.ok_class is None:
        right = np.asarray(scores.table["class"] == scores.table["label"])
    table = pd.DataFrame(
        {
            "key": scores.table["path"],
            "path": scores.table["path"],
            "label": scores.table["label"],
            "group": scores.table["group"],
            "bad": scores.is_defective,
            "score": scores.defect_scores,
            "called": called,
            "right": right,
            "verdict": scores.table["verdict"]
            if scores.ok_class is not None
            else scores.table["class"],
        }
    )
    if by_content:
        manifest = read_manifest(folder.manifest, folder.folder, no_ok=True)
        digests = {photo.path: photo.sha256 for photo in manifest.photos}
        table["key"] = [digests.get(path, path) for path in table["path"]]
    table = table.drop_duplicates("key")
    return _Side(folder.folder.resolve().name, table, scores.ok_class)


def _names(sides: list[_Side], folders: tuple[RunFolder, RunFolder]) -> tuple[str, str]:
    if sides[0].name != sides[1].name:
        return sides[0].name, sides[1].name
    return str(folders[0].folder), str(folders[1].folder)


def _join(sides: list[_Side], folders: tuple[RunFolder, RunFolder]) -> tuple[pd.DataFrame, int]:
    """The photos common to both, without those whose truth differs, and the number of these."""
    if (sides[0].ok_class is None) != (sides[1].ok_class is None):
        raise DatasetError(
            "One of the two knows good parts, the other only types of defects",
            where=", ".join(str(folder.folder) for folder in folders),
            hint="Compare models of one kind.",
            code=Code.COMPARISON_IMPOSSIBLE,
        )
    joined = sides[0].table.merge(sides[1].table, on="key", suffixes=("_a", "_b"))
    if joined.empty:
        raise DatasetError(
            "The two were tested on no photo in common",
            where=", ".join(str(folder.folder) for folder in folders),
            hint=_ADVICE,
            code=Code.COMPARISON_IMPOSSIBLE,
        )
    if sides[0].ok_class is None:
        conflict = joined["label_a"] != joined["label_b"]
    else:
        conflict = joined["bad_a"] != joined["bad_b"]
    joined = joined[~conflict].rename(columns={"path_a": "path", "label_a": "label"})
    if joined.empty:
        raise DatasetError("The two disagree on what every photo shows", where=folders[0].folder,
                           hint="Correct the labels of one of them.",
                           code=Code.COMPARISON_IMPOSSIBLE)  # fmt: skip
    return joined, int(conflict.sum())


def _pair(joined: pd.DataFrame, sides: list[_Side]) -> Pair:
    group = joined["group_a"].where(joined["group_a"] != "", joined["group_b"])
    truth = joined["bad_a"].to_numpy(dtype=bool)
    if sides[0].ok_class is None:
        truth = np.ones(len(joined), dtype=bool)

    def both(name: str, kind: Any) -> Any:
        return tuple(joined[f"{name}_{side}"].to_numpy(dtype=kind) for side in "ab")

    return Pair(truth, group_numbers(group), both("score", float), both("called", bool),
                both("right", bool))  # fmt: skip
