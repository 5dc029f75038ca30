"""What the audit found, as it stands in `audit.json`."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from okng.files import write_atomic


class Entry(BaseModel):
    """A frozen row of a finding."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Severity(StrEnum):
    """How much a finding matters."""

    SERIOUS = "serious"
    NOTICE = "notice"


class Fault(Entry):
    """A file that cannot be used, and why."""

    path: str
    reason: str


class LeftOutFiles(Entry):
    """Files of one kind in one place that are not judged; see `okng.dataset.LeftOut`."""

    reason: str
    folder: str
    suffix: str
    files: int
    first: str = ""


class Pair(Entry):
    """Two photos of one part; `score` in [0, 1] tells how sure that is, 1 for equal pixels."""

    a: str
    b: str
    score: float


class Conflict(Entry):
    """Two photos of one part with two labels."""

    a: str
    b: str
    label_a: str
    label_b: str


class Suspicion(Entry):
    """A photo whose label is doubtful.

    `probability` is that of its own label, after a look-up that has not seen its part.
    """

    path: str
    label: str
    likelier: str
    probability: float


class Shortcut(Entry):
    """Something besides the part that tells good from defective, and how well: AUC in [0.5, 1]."""

    name: str
    auc: float


class Sizes(Entry):
    """How wide defects are: diameters of discs of the same area, in pixels.

    Attributes:
        masks: photos with a mask.
        smallest: on the photo.
        low: 5 % of the defects are smaller, on the photo.
        median: on the photo.
        smallest_resized: after resizing to the network's input.
        low_resized: likewise.
        median_resized: likewise.
        too_small: defects that are then too small to be seen well.
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
    """Sizes of defects where masks show them, one defect a photo: its largest.

    Attributes:
        image_size: height and width in pixels that photos are resized to.
        smallest_seen_well: pixels after resizing below which a defect is called too small.
        overall: of all photos with a mask.
        by_class: of each class with masks.
    """

    image_size: int
    smallest_seen_well: float
    overall: Sizes
    by_class: dict[str, Sizes]


def count_of(number: int, one: str, many: str = "") -> str:
    """A number with its noun: 1 photo, 2 photos."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


class Finding(Entry):
    """One thing to know, in words.

    Attributes:
        check: the name of the check.
        severity: how much it matters.
        what: what was found, in one sentence.
        advice: what to do about it.
        concerns_settings: whether it depends on how the photos are trained on.
        photos: paths, as evidence.
        pairs: pairs of photos, as evidence.
    """

    check: str
    severity: Severity
    what: str
    advice: str
    concerns_settings: bool = False
    photos: list[str] = []
    pairs: list[Pair] = []


class Findings(Entry):
    """All findings; paths are relative to the photos' root.

    What was not looked for stands in `summary["not_checked"]` with the reason, and its list is
    None: an empty list would say that nothing is there. Sizes of defects are None, too, where
    there are no masks.
    """

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
    summary: dict[str, Any]

    @property
    def serious(self) -> list[Finding]:
        """Findings that make every figure doubtful."""
        return [finding for finding in self.findings if finding.severity is Severity.SERIOUS]

    @property
    def to_say(self) -> list[Finding]:
        """Findings that a training says at its start."""
        return [f for f in self.findings if f.severity is Severity.SERIOUS or f.concerns_settings]

    def to_json(self) -> str:
        """As JSON text; names keep every byte, as pydantic's own JSON would not allow."""
        return json.dumps(self.model_dump(), indent=2, ensure_ascii=False)

    def write(self, path: Path) -> None:
        """Write `audit.json`, whole or not at all."""
        write_atomic(path, self.to_json() + "\n")
