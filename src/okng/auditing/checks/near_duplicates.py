"""Near duplicates: copies of one part, turned, mirrored, sheared, zoomed or re-encoded."""

from okng.auditing.check import NOT_APPLICABLE, Check, CheckResult
from okng.auditing.evidence import Evidence, NearResult, Need
from okng.auditing.findings import Finding, Pair, Severity
from okng.auditing.near.groups import largest_plausible
from okng.wording import sentence


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
    result = sentence(
        "near_duplicates",
        photos=len(evidence.dataset),
        parts=evidence.parts(),
        most=max(map(len, near.groups)),
    )
    return Finding.of("near_duplicates", Severity.NOTICE, result, pairs=near.pairs)


def _giant(group: list[str], near: NearResult, photos: int) -> Finding:
    inside = set(group)
    links = sorted((pair for pair in near.pairs if pair.a in inside), key=lambda pair: pair.score)
    result = sentence("giant_group", members=len(group), photos=photos)
    return Finding.of("near_duplicates", Severity.NOTICE, result, pairs=links)


def _dropped(pairs: list[Pair]) -> Finding:
    result = sentence("rejected_duplicates", pairs=len(pairs))
    return Finding.of("near_duplicates", Severity.NOTICE, result, pairs=pairs)
