"""Sentences about agreement with the truth, and about what a test proves."""

from okng.wording.languages import mark
from okng.wording.plural import Plural, Template

AGREEMENT: dict[str, Template] = {
    "agreement_unknown": mark(
        "The test cannot grade {figures:terms}: good or defective parts are missing."
    ),
    "agreement_grade": mark("Against the limits of AIAG the inspector is {grade:term}."),
    "agreement_not_proven": mark(
        "The test is too small to prove it: {figures:terms} may lie beyond a limit. At the worse "
        "ends of the intervals it is {grade:term}."
    ),
    "repeatability": mark(
        "{same} of {parts} parts got the same verdict in every run, {right} of them the right one; "
        "the score of a part varies by {deviation:.4f} (standard deviation) between runs."
    ),
    "many_values": mark("{values:,} values of {column}; the {shown} most frequent are shown."),
    "differs_by_column": mark(
        "The {figure:term} differs between the values of {column} by more than chance "
        "(p = {p:.2g})."
    ),
    "reliability": mark(
        "Scores and shares of defective parts differ by {ece:points} percentage points on average."
    ),
    "reliability_before": mark(
        "Scores and shares of defective parts differ by {ece:points} percentage points on average "
        "({before:points} percentage points without the calibration in the model file)."
    ),
    "reliability_outside": mark(
        "Scores and shares of defective parts differ by {ece:points} percentage points on average; "
        "scores from {bins:bins} do not mean what they say."
    ),
    "reliability_before_outside": mark(
        "Scores and shares of defective parts differ by {ece:points} percentage points on average "
        "({before:points} percentage points without the calibration in the model file); scores "
        "from {bins:bins} do not mean what they say."
    ),
}

COMPARISON: dict[str, Template] = {
    "comparison_few": Plural(
        "Only {photos} photo is common to both: nothing can be compared. It takes {fewest} parts "
        "at the very least, and a hundred or more to see a difference that matters.",
        "Only {photos} photos are common to both: nothing can be compared. It takes {fewest} parts "
        "at the very least, and a hundred or more to see a difference that matters.",
        "photos",
    ),
    "comparison_few_parts": mark(
        "Only {photos} photos of {parts:parts} are common to both: nothing can be compared. It "
        "takes {fewest} parts at the very least, and a hundred or more to see a difference that "
        "matters."
    ),
    "comparison_same": mark(
        "{a} and {b} are right and wrong on the same photos: this test cannot tell them apart."
    ),
    "comparison_better": mark(
        "{better} is better: {a} alone is right on {only_a} photos, {b} alone on {only_b} "
        "(p = {p:.2g})."
    ),
    "comparison_neither": mark(
        "Neither is better in all: {a} alone is right on {only_a} photos, {b} alone on {only_b} "
        "(p = {p:.2g})."
    ),
    "comparison_tie": mark(
        "A tie: {a} alone is right on {only_a} photos, {b} alone on {only_b}, which chance alone "
        "does often (p = {p:.2g})."
    ),
    "comparison_fewer_escapes": mark("{name} lets fewer defective parts through."),
    "comparison_fewer_overkills": mark("{name} rejects fewer good parts."),
    "costs_decide": mark("Costs decide."),
}

FOLDS: dict[str, Template] = {
    "folds_cross_fitted": mark(
        "By cross-validation over {parts:,} parts, each judged by a classifier that never saw it, "
        "at a threshold that was chosen on other parts: {escape:share} of the defective photos "
        "escape, {overkill:share} of the good ones are rejected."
    ),
    "folds_given": mark(
        "By cross-validation over {parts:,} parts, each judged by a classifier that never saw it, "
        "at the given threshold: {escape:share} of the defective photos escape, {overkill:share} "
        "of the good ones are rejected."
    ),
    "folds_same_photos": mark(
        "By cross-validation over {parts:,} parts, each judged by a classifier that never saw it, "
        "at the threshold that was chosen on these photos: {escape:share} of the defective photos "
        "escape, {overkill:share} of the good ones are rejected."
    ),
}

PROOF: dict[str, Template] = {
    "no_defective_tested": mark(
        "The test holds no defective part: it proves nothing about escapes."
    ),
    "no_escape_of_parts": mark(
        "No escapes in {photos:,} photos of as many defective parts: with 95 % confidence, at most "
        "{bound:percent} of defective parts escape."
    ),
    "escapes_of_parts": Plural(
        "{escapes} escape in {photos:,} photos of as many defective parts: with 95 % confidence, "
        "at most {bound:percent} of defective parts escape.",
        "{escapes} escapes in {photos:,} photos of as many defective parts: with 95 % confidence, "
        "at most {bound:percent} of defective parts escape.",
        "escapes",
    ),
    "no_escape_of_photos": mark(
        "No escapes in {photos:,} photos of defective parts, but they show only {parts:parts} as "
        "far as known: with 95 % confidence, at most {bound:percent} of defective parts escape, "
        "not the {naive:percent} that the number of photos suggests."
    ),
    "escapes_of_photos": Plural(
        "{escapes} escape in {photos:,} photos of defective parts, but they show only "
        "{parts:parts} as far as known: with 95 % confidence, at most {bound:percent} of defective "
        "parts escape, not the {naive:percent} that the number of photos suggests.",
        "{escapes} escapes in {photos:,} photos of defective parts, but they show only "
        "{parts:parts} as far as known: with 95 % confidence, at most {bound:percent} of defective "
        "parts escape, not the {naive:percent} that the number of photos suggests.",
        "escapes",
    ),
    "proof_needs": mark(
        "To prove a smaller escape rate, a test needs this many defective parts, each another "
        "part, without a single escape: {sizes:sizes}."
    ),
    "improve_to_prove": mark(
        "An inspector that lets {rate:percent} escape will not pass such a test: first it has to "
        "become better, or its threshold stricter."
    ),
    "nothing_beyond_sample": mark(
        "It says nothing about parts, light or cameras that the test does not show."
    ),
}
