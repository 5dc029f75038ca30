"""Files among the photos that are left out: masks, other formats, other folders."""

from dataclasses import asdict

from okng.auditing.check import Check, CheckResult
from okng.auditing.evidence import Evidence
from okng.auditing.findings import Finding, LeftOutFiles, Severity
from okng.dataset import Reason, in_words


class LeftOut(Check):
    """Files that are left out; masks between the photos are serious."""

    id = "left_out"
    in_summary = False

    def run(self, evidence: Evidence) -> CheckResult[list[LeftOutFiles]]:
        """Rows: the files by reason, folder and suffix."""
        items = evidence.dataset.left_out
        masks = [item for item in items if item.reason is Reason.MASK]
        others = in_words(item for item in items if item.reason is not Reason.MASK)
        findings = [_masks(m.files, m.first) for m in masks if not _is_mvtec(m.first)]
        findings += [_remark(sentence) for sentence in evidence.dataset.remarks]
        findings += [_others(others)] if others else []
        return CheckResult(findings, [LeftOutFiles(**asdict(item)) for item in items])


def _is_mvtec(path: str) -> bool:
    """Whether a mask is in the folder where MVTec data sets store masks."""
    return "ground_truth" in path.lower().split("/")


def _masks(files: int, first: str) -> Finding:
    return Finding(
        check="left_out",
        severity=Severity.SERIOUS,
        what=f"Defect masks among the photos are left out: {files}, first {first}.",
        advice="A mask is not a photo: a network would learn to separate masks from photos. "
        "If one of these files is a photo, rename it or its folder.",
    )


def _remark(sentence: str) -> Finding:
    return Finding(
        check="layout",
        severity=Severity.NOTICE,
        what=sentence,
        advice="If the classes are in another folder, give that folder.",
    )


def _others(names: str) -> Finding:
    return Finding(
        check="left_out",
        severity=Severity.NOTICE,
        what=f"Left out: {names}.",
        advice="Move photos that belong to the data set into a class folder, in a supported "
        "format; the other files do no harm.",
    )
