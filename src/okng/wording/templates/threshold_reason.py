"""Why a threshold and a review band were chosen, and what they cannot keep.

The model file holds these sentences in English, joined by semicolons; a report reads them back, see
`okng.wording.recognise`. So a change of a text needs a code of its own for the older files.
"""

from okng.wording.languages import mark
from okng.wording.plural import Template

REASONS: dict[str, Template] = {
    "threshold_given": mark("given by the user"),
    "threshold_no_good": mark("validation has no good part, so 0.5 stands; it was not chosen"),
    "threshold_no_defective": mark(
        "validation has no defective part, so 0.5 stands; it was not chosen"
    ),
    "threshold_highest_f1": mark(
        "highest F1 expected of new parts, estimated from {photos:.0f} validation photos: "
        "{escapes:.3g} of {defective:.0f} defective ones escape, {overkills:.3g} of {good:.0f} "
        "good ones are rejected"
    ),
    "threshold_lowest_cost": mark(
        "lowest cost expected of new parts, estimated from {photos:.0f} validation photos: "
        "{escapes:.3g} of {defective:.0f} defective ones escape, {overkills:.3g} of {good:.0f} "
        "good ones are rejected; the escape rate weighs {cost_escape:g}, the overkill rate "
        "{cost_overkill:g}"
    ),
    "threshold_both_limits": mark(
        "{escape} and {overkill}, on {parts:.0f} validation parts: {escapes:.3g} of "
        "{defective:.0f} defective ones escape, {overkills:.3g} of {good:.0f} good ones are "
        "rejected"
    ),
    "threshold_limit": mark(
        "{limit}, on {parts:.0f} validation parts: {escapes:.3g} of {defective:.0f} defective ones "
        "escape, {overkills:.3g} of {good:.0f} good ones are rejected"
    ),
    "limit_escape": mark("an escape rate of at most {limit:short} expected of new parts"),
    "limit_overkill": mark("an overkill rate of at most {limit:short} expected of new parts"),
    "fewest_escapes": mark("fewest escapes"),
    "fewest_overkills": mark("fewest overkills"),
    "band_limit": mark("review band: {limit} that no person sees"),
    "band_cost": mark("review band: lowest cost; a look by a person costs {fee:g}"),
    "band_further_limit": mark("{limit} that no person sees"),
}

UNMET: dict[str, Template] = {
    "escape_unpromised": mark(
        "{parts:.0f} defective validation parts cannot promise an escape rate of {limit:short}: "
        "the best they can is {possible:percent}, and {needed:,} of them without an error are "
        "needed"
    ),
    "overkill_unpromised": mark(
        "{parts:.0f} good validation parts cannot promise an overkill rate of {limit:short}: the "
        "best they can is {possible:percent}, and {needed:,} of them without an error are needed"
    ),
    "limits_conflict": mark(
        "both limits cannot be kept at once: with {escape}, {overkill_rate:percent} of good parts "
        "are rejected; with {overkill}, {escape_rate:percent} of defective parts escape; the limit "
        "of escapes was kept"
    ),
    "taught_left_out": mark(
        "{photos} of {whole} validation photos show parts that the model learned from; calibration "
        "and threshold were chosen without them."
    ),
    "taught_not_chosen_on": mark(
        "{photos} of {whole} validation photos show parts that the model learned from; the "
        "threshold was chosen without them."
    ),
    "reported_not_chosen_on": mark(
        "{photos} validation photos show parts that are reported; the threshold was chosen without "
        "them."
    ),
}
