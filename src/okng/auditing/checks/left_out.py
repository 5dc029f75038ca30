"""Files that lie among the photos and are not judged: masks, other formats, other folders."""

from okng.auditing.evidence import Evidence
from okng.auditing.findings import Finding, Severity
from okng.dataset import Reason, in_words


def check(evidence: Evidence) -> list[Finding]:
    """What was left out, by suffix and folder; masks among photos are serious."""
    items = evidence.dataset.left_out
    masks = [item for item in items if item.reason is Reason.MASK]
    others = in_words(item for item in items if item.reason is not Reason.MASK)
    found = [_masks(item.files, item.first) for item in masks if not _expected(item.first)]
    found += [_remark(sentence) for sentence in evidence.dataset.remarks]
    if others:
        found.append(
            Finding(
                check="left_out",
                severity=Severity.NOTICE,
                what=f"Left out: {others}.",
                advice="Put photos that belong to the set into a class folder, in a format that is "
                "read; the rest does no harm.",
            )
        )
    return found


def _remark(sentence: str) -> Finding:
    return Finding(
        check="layout",
        severity=Severity.NOTICE,
        what=sentence,
        advice="If they lie elsewhere, give that folder.",
    )


def _expected(path: str) -> bool:
    """Whether a mask lies where MVTec lays it."""
    return "ground_truth" in path.lower().split("/")


def _masks(files: int, first: str) -> Finding:
    return Finding(
        check="left_out",
        severity=Severity.SERIOUS,
        what=f"Masks of defects lie among the photos and are left out: {files}, first {first}.",
        advice="A mask is no photo of a part: a network would learn to tell masks from photos. "
        "If one of them is a photo after all, rename it or its folder.",
    )
