"""Sentences about whether an inspector may be used."""

from okng.wording.languages import mark
from okng.wording.plural import Plural, Template

COUNTED: dict[str, Template] = {
    "escapes_counted": Plural(
        "{errors:,} of {photos:,} defective parts escaped",
        "{errors:,} of {photos:,} defective parts escaped",
        "errors",
    ),
    "escapes_counted_photos": Plural(
        "{errors:,} of {photos:,} defective photos ({parts:parts}) escaped",
        "{errors:,} of {photos:,} defective photos ({parts:parts}) escaped",
        "errors",
    ),
    "overkills_counted": Plural(
        "{errors:,} of {photos:,} good parts was rejected",
        "{errors:,} of {photos:,} good parts were rejected",
        "errors",
    ),
    "overkills_counted_photos": Plural(
        "{errors:,} of {photos:,} good photos ({parts:parts}) was rejected",
        "{errors:,} of {photos:,} good photos ({parts:parts}) were rejected",
        "errors",
    ),
}

DECISION: dict[str, Template] = {
    "leaked": mark(
        "{leaked:,} of {photos:,} test photos show parts that training or validation used. The "
        "figures are memory, not evidence, and prove nothing."
    ),
    "no_errors_prove": mark("{counted:first}; that proves only “fewer than {bound:percent}”."),
    "no_errors_prove_folded": mark(
        "Of all {all_parts:,} parts judged out of fold, {counted}; that proves only “fewer than "
        "{bound:percent}”."
    ),
    "errors_bound": mark("{counted:first}; at most {bound:percent} at 95 % confidence."),
    "errors_bound_folded": mark(
        "Of all {all_parts:,} parts judged out of fold, {counted}; at most {bound:percent} at 95 % "
        "confidence."
    ),
    "no_limit_escape": mark(
        "No limit was given, as in `report.require_escape` 1%, so this report accepts nothing by "
        "itself."
    ),
    "no_limit_overkill": mark(
        "No limit was given, as in `report.require_overkill` 5%, so this report accepts nothing by "
        "itself."
    ),
    "escape_untested": mark(
        "Required: escape rate of at most {limit:short}. The test holds no defective part, so this "
        "is not proven."
    ),
    "overkill_untested": mark(
        "Required: overkill rate of at most {limit:short}. The test holds no good part, so this is "
        "not proven."
    ),
    "escape_met": mark("Required: escape rate of at most {limit:short}: met."),
    "overkill_met": mark("Required: overkill rate of at most {limit:short}: met."),
    "escape_not_met": mark(
        "Required: escape rate of at most {limit:short}: not met, measured are {value:percent}."
    ),
    "overkill_not_met": mark(
        "Required: overkill rate of at most {limit:short}: not met, measured are {value:percent}."
    ),
    "escape_not_proven": mark(
        "Required: escape rate of at most {limit:short}: not proven. {needed}"
    ),
    "overkill_not_proven": mark(
        "Required: overkill rate of at most {limit:short}: not proven. {needed}"
    ),
    "escapes_too_many": mark(
        "No test proves {goal:short} of an inspector that lets {value:percent} escape: improve it "
        "first."
    ),
    "overkills_too_many": mark(
        "No test proves {goal:short} of an inspector that rejects {value:percent}: improve it "
        "first."
    ),
    "escape_proof_needs": mark(
        "To prove {goal:short} you need {more:,} more defective parts without an escape."
    ),
    "escape_proof_needs_further": mark(
        "To prove {goal:short} you need {more:,} more defective parts without a further escape."
    ),
    "overkill_proof_needs": mark(
        "To prove {goal:short} you need {more:,} more good parts without a rejection."
    ),
    "overkill_proof_needs_further": mark(
        "To prove {goal:short} you need {more:,} more good parts without a further rejection."
    ),
    "types_named": mark(
        "{right:,} of {photos:,} photos were named correctly; at least {low:percent} at 95 % "
        "confidence."
    ),
    "types_named_folded": mark(
        "{right:,} of {photos:,} photos were named correctly out of fold; at least {low:percent} "
        "at 95 % confidence."
    ),
    "worst_type": mark("The worst type is {name}: {recall:percent} are named correctly."),
    "no_ok_class": mark(
        "There is no class of good parts, so escapes and overkill are not defined."
    ),
}
