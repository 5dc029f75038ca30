"""Near-duplicates: copies of one part, turned, mirrored, sheared, zoomed or re-encoded."""

from okng.auditing.evidence import Evidence, NearResult, about
from okng.auditing.findings import Finding, Pair, Severity
from okng.auditing.near.sizes import largest_plausible


def near_duplicates(evidence: Evidence) -> list[Pair] | None:
    """Links of the groups, or None where they were not looked for."""
    return None if evidence.near is None else evidence.near.pairs


def check(evidence: Evidence) -> list[Finding]:
    """How many parts the photos really show, and which groups are hard to believe."""
    near = evidence.near
    if near is None:
        return []
    found = [_parts(evidence, near)] if near.pairs else []
    found += [
        _giant(group, near, len(evidence.dataset))
        for group in near.groups
        if len(group) > largest_plausible(len(evidence.dataset))
    ]
    return found + ([_dropped(near.dropped)] if near.dropped else [])


def _parts(evidence: Evidence, near: NearResult) -> Finding:
    return Finding(
        check="near_duplicates",
        severity=Severity.NOTICE,
        what=f"These {len(evidence.dataset):,} photos show {about(evidence.parts())}; "
        f"one part is on {max(map(len, near.groups)):,} of them.",
        advice="Each part now is one group, and a new split keeps each on one side. Count parts, "
        "not photos, when you ask what a test can prove.",
        pairs=near.pairs,
    )


def _giant(group: list[str], near: NearResult, photos: int) -> Finding:
    inside = set(group)
    links = sorted((pair for pair in near.pairs if pair.a in inside), key=lambda pair: pair.score)
    return Finding(
        check="near_duplicates",
        severity=Severity.NOTICE,
        what=f"One group holds {len(group):,} of {photos:,} photos, which is hard to believe. Its "
        "weakest links were looked at twice, and those that stand here held.",
        advice="Look at the weakest pairs. If they show different parts, give the parts with "
        "`data.group_by` and leave the search out with `data.no_near`.",
        pairs=links,
    )


def _dropped(pairs: list[Pair]) -> Finding:
    return Finding(
        check="near_duplicates",
        severity=Severity.NOTICE,
        what=("One link" if len(pairs) == 1 else f"{len(pairs)} links") + " between groups not "
        "believed: other photos of the same groups do not confirm it.",
        advice="Look at these pairs. If they do show one part, give it with `data.group_by`.",
        pairs=pairs,
    )
