"""Near duplicates: copies of one part, turned, mirrored, sheared, zoomed or re-encoded."""

from okng.auditing.check import NOT_APPLICABLE, Check, CheckResult
from okng.auditing.evidence import Evidence, NearResult, Need, about
from okng.auditing.findings import Finding, Pair, Severity
from okng.auditing.near.groups import largest_plausible


class NearDuplicates(Check):
    """The number of parts on the photos, and groups or links that are doubtful."""

    id = "near_duplicates"
    needs = (Need.NEAR,)

    def run(self, evidence: Evidence) -> CheckResult[list[Pair]]:
        """Rows: the links of the groups."""
        near, photos = evidence.near, len(evidence.dataset)
        if near is None:
            return NOT_APPLICABLE
        findings = [_parts(evidence, near)] if near.pairs else []
        findings += [
            _giant(group, near, photos)
            for group in near.groups
            if len(group) > largest_plausible(photos)
        ]
        findings += [_dropped(near.dropped)] if near.dropped else []
        return CheckResult(findings, near.pairs)


def _parts(evidence: Evidence, near: NearResult) -> Finding:
    return Finding(
        check="near_duplicates",
        severity=Severity.NOTICE,
        what=f"These {len(evidence.dataset):,} photos show {about(evidence.parts())}; "
        f"one part is on {max(map(len, near.groups)):,} of them.",
        advice="The photos of a part are one group, and a new split keeps each group together. "
        "The evidence of a test grows with the number of parts, not of photos.",
        pairs=near.pairs,
    )


def _giant(group: list[str], near: NearResult, photos: int) -> Finding:
    inside = set(group)
    links = sorted((pair for pair in near.pairs if pair.a in inside), key=lambda pair: pair.score)
    return Finding(
        check="near_duplicates",
        severity=Severity.NOTICE,
        what=f"One group has {len(group):,} of {photos:,} photos, which is implausible. Its "
        "weakest links were checked again; the links listed here were confirmed.",
        advice="Compare the weakest pairs. If they show different parts, give the parts with "
        "`data.group_by` and turn the search off with `data.no_near`.",
        pairs=links,
    )


def _dropped(pairs: list[Pair]) -> Finding:
    count = (
        "One suspected duplicate was rejected"
        if len(pairs) == 1
        else f"{len(pairs)} suspected duplicates were rejected"
    )
    return Finding(
        check="near_duplicates",
        severity=Severity.NOTICE,
        what=f"{count}: other photos of the two groups do not match.",
        advice="Compare the photos of these pairs. If they show one part, give it with "
        "`data.group_by`.",
        pairs=pairs,
    )
