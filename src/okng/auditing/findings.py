"""The results of an audit, as written to `audit.json`."""

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from okng.dataset import OkChoice
from okng.files import write_atomic
from okng.wording import Advised, Language, Sentence, advised, finding_in_words, language

VERSION = 1
"""Version of `audit.json`; raised when a key changes its meaning or disappears."""


class Entry(BaseModel):
    """A frozen entry of `audit.json`."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Severity(StrEnum):
    """How much a finding matters."""

    SERIOUS = "serious"
    NOTICE = "notice"


class Fault(Entry):
    """A file that cannot be used.

    Attributes:
        path: of the file.
        reason: why, in English.
        fault: the kind of fault, see `okng.errors.PhotoFault`; "" in older files.
    """

    path: str
    reason: str
    fault: str = ""


class LeftOutFiles(Entry):
    """Files of one kind in one folder that are left out; see `okng.dataset.LeftOut`."""

    reason: str
    folder: str
    suffix: str
    files: int
    first: str = ""


class Pair(Entry):
    """Two photos of one part.

    Attributes:
        a: path.
        b: path.
        score: fraction of agreeing local features, in [0, 1]; 1 for identical pixels.
    """

    a: str
    b: str
    score: float


class Conflict(Entry):
    """Two photos of one part with different labels."""

    a: str
    b: str
    label_a: str
    label_b: str


class Suspicion(Entry):
    """A photo whose label is doubtful.

    Attributes:
        path: of the photo.
        label: its label.
        likelier: the predicted class.
        probability: predicted probability of its label, by a classifier trained on other parts.
    """

    path: str
    label: str
    likelier: str
    probability: float


class Shortcut(Entry):
    """A property other than the part that predicts the class.

    Attributes:
        name: the property.
        auc: area under the ROC curve, in [0.5, 1].
    """

    name: str
    auc: float


class Sizes(Entry):
    """Widths of defects: diameters of discs of the same area, in pixels.

    Attributes:
        masks: number of photos with a mask.
        smallest: on the photo.
        low: 5th percentile, on the photo.
        median: on the photo.
        smallest_resized: after resizing to the network's input.
        low_resized: likewise.
        median_resized: likewise.
        too_small: number of defects that are too small after resizing.
    """

    masks: int
    smallest: float
    low: float
    median: float
    smallest_resized: float
    low_resized: float
    median_resized: float
    too_small: int


class DefectSizes(Entry):
    """Sizes of defects from masks; of each photo the largest defect counts.

    Attributes:
        image_size: height and width of the resized photo, in pixels.
        smallest_seen_well: width in pixels after resizing below which a defect is too small.
        overall: over all photos with a mask.
        by_class: for each class with masks.
    """

    image_size: int
    smallest_seen_well: float
    overall: Sizes
    by_class: dict[str, Sizes]


class Finding(Entry):
    """One result that a person should know.

    Attributes:
        check: name of the check.
        severity: how much it matters.
        what: the result, in an English sentence.
        advice: what to do about it, in English.
        code: of the sentences, see `okng.wording`; "" in older files.
        values: numbers and names in the sentences.
        concerns_settings: whether it depends on the settings of the training.
        photos: paths of the photos concerned.
        pairs: pairs of photos concerned.
    """

    check: str
    severity: Severity
    what: str
    advice: str
    code: str = ""
    values: dict[str, Any] = {}
    concerns_settings: bool = False
    photos: list[str] = []
    pairs: list[Pair] = []

    @classmethod
    def of(
        cls,
        check: str,
        severity: Severity,
        result: Sentence,
        *,
        concerns_settings: bool = False,
        photos: Sequence[str] = (),
        pairs: Sequence[Pair] = (),
    ) -> "Finding":
        """A finding with its English sentences, rendered from code and values.

        Args:
            check: name of the check.
            severity: how much it matters.
            result: code and values of the result and of the advice.
            concerns_settings: whether it depends on the settings of the training.
            photos: paths of the photos concerned.
            pairs: pairs of photos concerned.
        """
        with language(Language.EN):
            words = advised(*result)
        return cls(
            check=check,
            severity=severity,
            what=words.what,
            advice=words.advice,
            code=result.code,
            values=dict(result.values),
            concerns_settings=concerns_settings,
            photos=list(photos),
            pairs=list(pairs),
        )

    @property
    def result(self) -> Sentence:
        """Code and values."""
        return Sentence(self.code, self.values)

    def in_words(self) -> Advised:
        """Result and advice in the chosen language."""
        return finding_in_words(self.model_dump(include={"code", "values", "what", "advice"}))


class OkClassChoice(Entry):
    """The OK class, and how it was chosen."""

    name: str | None
    chosen_by: OkChoice | None


class SearchSummary(Entry):
    """The search for near duplicates in numbers; see `okng.auditing.evidence.NearResult`.

    Attributes:
        threshold: number of agreeing features from which a pair is accepted.
        false_match_rate: estimated fraction of false pairs; None if unknown.
        reason: how the threshold was determined.
        pairs_compared: number of pairs.
        across_classes: accepted pairs with different labels: wrong labels, or false pairs.
        own_agreement: correlation from which a pair is accepted after the common design was
            removed; None if there is no common design.
    """

    threshold: int
    false_match_rate: float | None
    reason: str
    pairs_compared: int
    across_classes: int
    own_agreement: float | None


class Summary(Entry):
    """The audit in numbers.

    Attributes:
        root: folder of the photos, absolute.
        ok_class: the OK class.
        photos: number of readable photos.
        parts: number of parts on them, as far as known.
        parts_by_class: likewise; a part with two labels counts in both classes.
        unreadable: number of files.
        groups: number of groups of two or more photos.
        exact_duplicates: number of pairs.
        leaks: number of pairs.
        label_conflicts: number of pairs.
        counts: photos by split and class.
        depth: bits per channel by which photos of more than 8 bits are scaled.
        checked: names of the checks that were made.
        not_checked: names of the checks that were not made, with the reason.
        search: the search for near duplicates; None if there was none.
    """

    root: str
    ok_class: OkClassChoice
    photos: int
    parts: int
    parts_by_class: dict[str, int]
    unreadable: int
    groups: int
    exact_duplicates: int
    leaks: int
    label_conflicts: int
    counts: dict[str, dict[str, int]]
    depth: int
    checked: list[str]
    not_checked: dict[str, str]
    search: SearchSummary | None = None


class Findings(Entry):
    """The results of an audit; paths are relative to the root of the photos.

    Checks that were not made are in `summary.not_checked` with the reason, and their list is None:
    an empty list would state that nothing is wrong. Sizes of defects are None without masks, too.
    """

    version: int = VERSION
    unreadable: list[Fault]
    left_out: list[LeftOutFiles] = []
    exact_duplicates: list[Pair]
    near_duplicates: list[Pair] | None
    groups: list[list[str]]
    leaks: list[Pair]
    label_conflicts: list[Conflict]
    suspicious_labels: list[Suspicion] | None
    shortcuts: list[Shortcut] | None
    defect_sizes: DefectSizes | None
    findings: list[Finding]
    summary: Summary

    @property
    def serious(self) -> list[Finding]:
        """Findings that make every metric doubtful."""
        return [finding for finding in self.findings if finding.severity is Severity.SERIOUS]

    @property
    def to_report(self) -> list[Finding]:
        """Findings that a training reports at its start."""
        return [f for f in self.findings if f.severity is Severity.SERIOUS or f.concerns_settings]

    def to_json(self) -> str:
        """As JSON text; file names keep every byte, which pydantic's own JSON does not allow."""
        return json.dumps(self.model_dump(), indent=2, ensure_ascii=False)

    def write(self, path: Path) -> None:
        """Write `audit.json` atomically."""
        write_atomic(path, self.to_json() + "\n")
