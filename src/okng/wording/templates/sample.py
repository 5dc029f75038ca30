"""Sentences about the photos of a test, and about what a threshold rests on."""

from okng.wording.languages import mark
from okng.wording.plural import Plural, Template

SAMPLE: dict[str, Template] = {
    "text": mark("{text}"),
    "unknown_labels": mark(
        "The model has no class for these labels: {labels}. They count as defective parts."
    ),
    "unknown_labels_of_types": mark(
        "The model has no class for these labels: {labels}. They count as defective parts, and are "
        "left out where types are compared."
    ),
    "one_part": mark("All photos show one part: they prove nothing about any other."),
    "no_good_part": mark(
        "There is no good part among the photos: overkill is unknown, and accuracy and precision "
        "do not count it."
    ),
    "no_defective_part": mark(
        "There is no defective part among the photos: escapes are unknown, and accuracy does not "
        "count them."
    ),
    "not_judged": mark("{photos} photos could not be judged. They count as NG, as on the line."),
    "nothing_judged": mark("No photo could be judged."),
    "runs_without_parts": mark(
        "Column {column} names runs, but no part has photos in two of them: give each part a group "
        "to learn how repeatable the verdicts are."
    ),
    "copies_not_searched": mark(
        "Turned or changed copies of training parts were NOT looked for: {reason:text}."
    ),
    "training_photos_unknown": mark(
        "Neither the model file nor a manifest beside it records which photos it was trained on: "
        "whether these photos were used in training is not known."
    ),
    "threshold_photos_unknown": mark(
        "Whether the photos that the threshold was chosen on were used in training is not known "
        "either: a threshold chosen on training photos promises too much."
    ),
    "own_test": Plural(
        "1 photo shows a part of the run's own test. The model did not learn from these parts, but "
        "they are no new ones beside that test.",
        "{photos} photos show parts of the run's own test. The model did not learn from these "
        "parts, but they are no new ones beside that test.",
        "photos",
    ),
    "unreadable": mark("Not a photo that can be read, so not judged: {first}; see audit.json."),
    "unreadable_others": mark(
        "Not a photo that can be read, so not judged: {first} and {others} others; see audit.json."
    ),
}

THRESHOLD: dict[str, Template] = {
    "few_parts": mark(
        "The threshold of {threshold:.3f} rests on {good_parts:,} good and {defective_parts:,} "
        "defective validation parts. With fewer than {fewest} of a side it follows a model of both "
        "sides more than these parts: photograph more parts."
    ),
    "edge_of_range": mark(
        "The threshold of {threshold:.3f} lies at the edge of its range: the same rule chooses "
        "{low:.3f} to {high:.3f} on other validation parts of the same kind, {middle:.3f} in the "
        "middle. Photograph more parts, or set it with a reason."
    ),
    "threshold_stability": mark(
        "The threshold of {threshold:.3f} rests on {groups:,} validation parts. Other parts of the "
        "same kind would have put it between {low:.3f} and {high:.3f} (in 95 % of {draws} "
        "drawings; middle {middle:.3f})."
    ),
    "threshold_stability_rates": mark(
        "The threshold of {threshold:.3f} rests on {groups:,} validation parts. Other parts of the "
        "same kind would have put it between {low:.3f} and {high:.3f} (in 95 % of {draws} "
        "drawings; middle {middle:.3f}); on the reported photos that means {escape_rate:between} "
        "escapes and {overkill_rate:between} overkill."
    ),
}
