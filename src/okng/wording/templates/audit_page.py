"""Sentences of the audit's page and first line, beside its findings."""

from okng.wording.languages import mark
from okng.wording.plural import Plural, Template

HEADLINES: dict[str, Template] = {
    "audit_unsearched": mark("{photos:,} photos; copies of one part were not searched for."),
    "audit_no_copies": mark(
        "These {photos:,} photos show {parts:about}: no photo is a copy of another."
    ),
    "audit_parts": mark("These {photos:,} photos show {parts:about}: {classes:parts_of}."),
    "audit_parts_twice": mark(
        "These {photos:,} photos show {parts:about}: {classes:parts_of} ({both:,} of them under "
        "two labels, counted in each)."
    ),
    "audit_failed": Plural(
        "Correct the photos first: one finding is serious, so no metric of a training is reliable.",
        "Correct the photos first: {number} findings are serious, so no metric of a training is "
        "reliable.",
        "number",
    ),
    "audit_open": mark("No serious finding, but some checks were not made: {checks:checks}."),
    "audit_met_with_notices": mark("Fit for training: no serious finding. Read the notices below."),
    "audit_met": mark("Fit for training: no findings."),
}

SEARCH: dict[str, Template] = {
    "search_rule": mark(
        "{pairs:,} pairs of photos were compared. Two photos count as one part if {threshold} or "
        "more small details of the surface are in the same places on both, after turning, "
        "mirroring, shearing and zooming one of them."
    ),
    "search_false_matches": mark("An estimated {rate:.2f} % of the accepted pairs are wrong."),
    "search_design": mark(
        "Different parts share a print or another design. It was removed from the photos, and two "
        "photos also count as one part if the rest (grain, scratches, dirt) correlates at "
        "{correlation:.2f} or more."
    ),
    "search_across": Plural(
        "{pairs:,} accepted pair has photos of two classes.",
        "{pairs:,} accepted pairs have photos of two classes.",
        "pairs",
    ),
}

AUDIT_LINES: dict[str, Template] = {
    "audit_separators": mark(
        "What separates the classes best without the part itself (AUC): {properties:aucs}."
    ),
    "audit_not_checked": mark("Not checked: {check:check} ({reason:reason})."),
    "audit_report": mark("report      {path}"),
}
