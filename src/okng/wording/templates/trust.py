"""Sentences about changed photos and about heatmaps."""

from okng.wording.languages import mark
from okng.wording.plural import Template

ROBUSTNESS: dict[str, Template] = {
    "range_unknown": mark(
        "In which range verdicts hold is not known: {parts} parts cannot show that at most "
        "{limit:short} turn, {needed} are needed."
    ),
    "range_none": mark("No range was shown in which at most {limit:short} of the verdicts turn."),
    "range": mark("At most {limit:short} of the verdicts turn within: {ranges:ranges}."),
    "turning": mark(
        "More than {limit:short} of the verdicts turn at: {levels:levels}. The model may not be "
        "used there without a new test."
    ),
    "no_warning": mark(
        "Verdicts turn before photos are called unfamiliar: {kinds:terms}. Keep these constant on "
        "the line; nothing else will warn."
    ),
}

HEATMAPS: dict[str, Template] = {
    "all_heatmaps_empty": mark(
        "All {empty} heatmaps that were looked at are empty: they show nothing."
    ),
    "no_heatmap_to_check": mark(
        "The sample has no defect that was caught, so the heatmaps could not be checked."
    ),
    "few_heatmaps": mark("Photos that could be asked: {photos}; {fewest} are the fewest."),
    "gain_random": mark(
        "The score follows the heatmap better than places taken at random: insertion minus "
        "deletion is {value:+.3f} (95 % interval {low:+.3f} to {high:+.3f}), on {photos} photos."
    ),
    "gain_random_failed": mark(
        "It is not proven that the score follows the heatmap better than places taken at random: "
        "insertion minus deletion is {value:+.3f} (95 % interval {low:+.3f} to {high:+.3f}), on "
        "{photos} photos."
    ),
    "gain_centre": mark(
        "The score follows the heatmap better than taking the middle first: insertion minus "
        "deletion is {value:+.3f} (95 % interval {low:+.3f} to {high:+.3f}), on {photos} photos."
    ),
    "gain_centre_failed": mark(
        "It is not proven that the score follows the heatmap better than taking the middle first: "
        "insertion minus deletion is {value:+.3f} (95 % interval {low:+.3f} to {high:+.3f}), on "
        "{photos} photos."
    ),
    "pointing": mark(
        "The hottest place lies on the defect in {share:whole} % of {masks} photos with a mask, "
        "more often than a place at random ({chance:whole} %) and the middle ({centre:whole} %)."
    ),
    "pointing_failed": mark(
        "The hottest place lies on the defect in {share:whole} % of {masks} photos with a mask, "
        "not provably more often than a place at random ({chance:whole} %) and the middle "
        "({centre:whole} %)."
    ),
    "shuffled_flat": mark(
        "With the weights of the last {layers} layers shuffled, the heatmaps show nothing any "
        "more: what they show was learned."
    ),
    "shuffled_change": mark(
        "With the weights of the last {layers} layers shuffled, the heatmaps change (rank "
        "correlation {correlation:.2f}): they show what was learned."
    ),
    "shuffled_same": mark(
        "With the weights of the last {layers} layers shuffled, the heatmaps hardly change (rank "
        "correlation {correlation:.2f}): they show the photo, not what was learned."
    ),
    "some_heatmaps_empty": mark("{empty} of {photos} heatmaps are empty: they show nothing."),
}
