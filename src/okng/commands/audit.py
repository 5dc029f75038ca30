"""`audit`: photos on disk -> groups, splits and findings, as `train` does it before it learns."""

import importlib.util
import os
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from okng.auditing import Examination, Findings, headline, write_report
from okng.auditing.checks.label_conflicts import doubtful
from okng.config import load, report_language, resolve
from okng.dataset import Dataset, Photo, check_counts
from okng.events import Progress, watched
from okng.runs.layout import RunFolder
from okng.steps.examine import examine_photos
from okng.steps.manifests import check_target, write_beside
from okng.steps.notices import question_variables
from okng.wording import language, mark


class Audit(NamedTuple):
    """Result of an audit.

    Attributes:
        headline: the audit in one sentence, in the language of the report.
        findings: all findings.
        dataset: the photos with their groups.
        report: `audit.html`, or None when nothing was to be written, or it could not be.
    """

    headline: str
    findings: Findings
    dataset: Dataset
    report: Path | None


def audit(
    photos: Path | str,
    *,
    out: Path | str | None = None,
    fix: Path | str | None = None,
    cache: bool = True,
    progress: Progress | bool | None = None,
    **settings: Any,
) -> Audit:
    """Look for what is wrong with photos; nothing is trained, and no photo is touched.

    Args:
        photos: a folder in one of the known layouts, or a CSV or Parquet manifest.
        out: folder for `audit.json` and `audit.html`.
        fix: where to write a manifest of the photos that are left when copies, pixel by pixel,
            and labels that contradict each other are dropped; its paths are relative to its own
            folder.
        cache: whether to store the features of each photo for the next audit.
        progress: receives the progress; None shows it on stderr, False shows nothing.
        **settings: `ok`, `no_ok`, `group_by`, `no_near`, `seed`.

    Raises:
        ConfigError: settings are unknown or not valid.
        DatasetError: the photos cannot be used.
    """
    watcher = watched(progress)
    question_variables(os.environ, watcher)
    chosen = resolve(load(None, settings, env=os.environ))
    spoken = report_language(chosen.report.language)
    if fix is not None:
        check_target(Path(fix), Path(photos), overwrite=True)
    examined = examine_photos(Path(photos), chosen, watcher, cache=cache)
    report = None
    if out is not None:
        folder = Path(out)
        examined.findings.write(RunFolder(folder).audit)
        if importlib.util.find_spec("jinja2"):
            with language(spoken):
                report = write_report(examined, RunFolder(folder).audit_page)
        else:
            watcher.say(mark("audit.html is left out: it needs `pip install 'okng[audit]'`"))
    if fix is not None:
        write_beside(cleaned(examined), Path(fix))
    with language(spoken):
        first = headline(examined)
    return Audit(first, examined.findings, examined.dataset, report)


def cleaned(examined: Examination) -> Dataset:
    """The photos without copies, pixel by pixel, and without labels that contradict each other.

    Raises:
        DatasetError: a class has too few photos left.
    """
    doubted = doubtful(examined.evidence)
    first: dict[str, Photo] = {}
    for photo in examined.dataset.photos:
        if photo.path not in doubted:
            first.setdefault(examined.evidence.pixels(photo), photo)
    left = replace(examined.dataset, photos=tuple(first.values()))
    check_counts(left)
    return left
