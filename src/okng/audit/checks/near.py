"""Near-duplicates: copies of one part, turned, mirrored, sheared, zoomed or re-encoded."""

from okng.audit.evidence import Evidence
from okng.audit.findings import Finding, Pair, Severity


def near_duplicates(evidence: Evidence) -> list[Pair] | None:
    """Links of the groups, or None where they were not looked for."""
    return None if evidence.near is None else evidence.near.pairs


def check(evidence: Evidence) -> list[Finding]:
    """How many parts the photos really show."""
    near = evidence.near
    if near is None or not near.pairs:
        return []
    found = [
        Finding(
            check="near_duplicates",
            severity=Severity.NOTICE,
            what=f"These {len(evidence.dataset):,} photos show about {evidence.parts():,} parts; "
            f"one part is on {max(map(len, near.groups)):,} of them.",
            advice="Each part now is one group, and no group crosses a split. Count parts, not "
            "photos, when you ask what a test can prove.",
            pairs=near.pairs,
        )
    ]
    if near.dropped:
        found.append(_dropped(near.dropped))
    return found


def _dropped(pairs: list[Pair]) -> Finding:
    return Finding(
        check="near_duplicates",
        severity=Severity.NOTICE,
        what=f"{len(pairs)} links between groups were not believed, for other photos of the "
        "same groups do not confirm them.",
        advice="Look at these pairs. If they do show one part, give it with --group-by.",
        pairs=pairs,
    )
