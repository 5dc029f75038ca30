"""Files among the photos that are left out: masks, other formats, other folders."""

from dataclasses import asdict

from okng.auditing.check import Check, CheckResult
from okng.auditing.evidence import Evidence
from okng.auditing.findings import Finding, LeftOutFiles, Severity
from okng.dataset import LeftOut as LeftOutItem
from okng.dataset import Reason, left_out_rows
from okng.wording import sentence


class LeftOut(Check):
    """Files that are left out; masks between the photos are serious."""

    id = "left_out"
    in_summary = False

    def run(self, evidence: Evidence) -> CheckResult[list[LeftOutFiles]]:
        """Rows: the files by reason, folder and suffix."""
        items = evidence.dataset.left_out
        masks = [item for item in items if item.reason is Reason.MASK]
        others = [item for item in items if item.reason is not Reason.MASK and item.files]
        findings = [_masks(m.files, m.first) for m in masks if not _is_mvtec(m.first)]
        if evidence.dataset.class_folder:
            findings.append(_folder(evidence.dataset.class_folder))
        findings += [_others(others)] if others else []
        return CheckResult(findings, [LeftOutFiles(**asdict(item)) for item in items])


def _is_mvtec(path: str) -> bool:
    """Whether a mask is in the folder where MVTec data sets store masks."""
    return "ground_truth" in path.lower().split("/")


def _masks(files: int, first: str) -> Finding:
    result = sentence("masks_left_out", files=files, first=first)
    return Finding.of("left_out", Severity.SERIOUS, result)


def _folder(folder: str) -> Finding:
    return Finding.of("layout", Severity.NOTICE, sentence("class_folders", folder=folder))


def _others(items: list[LeftOutItem]) -> Finding:
    result = sentence("left_out", files=left_out_rows(items))
    return Finding.of("left_out", Severity.NOTICE, result)
