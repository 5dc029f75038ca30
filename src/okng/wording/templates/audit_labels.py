"""Findings of the audit about parts, classes and labels, each followed by its advice."""

from okng.wording.languages import mark
from okng.wording.plural import Plural, Template

_PHOTO = mark("{name} has only {photos:photos}.")
_CLASSES = mark("{number} classes have fewer than {fewest} photos: {classes:counts}.")
_MORE_PHOTOS = mark(
    "Take {fewest} or more of different parts: a test of n parts without an error demonstrates an "
    "error rate below about 3/n."
)
_MORE_PARTS = mark(
    "A network can memorise these parts. Photograph more parts, not more photos of the same ones."
)
_OWN_CLASS = mark(
    "A class of its own needs {fewest_photos} photos of {fewest_parts} parts or more; meaningful "
    "metrics need {advised} photos."
)

CLASSES: dict[str, Template] = {
    "rare_types_defective": mark(
        "Too few photos to classify or to test: {types:photos_of}. These photos are trained on as "
        "defective."
    ),
    "rare_types_defective_advice": _OWN_CLASS,
    "rare_types_left_out": mark(
        "Too few photos to classify or to test: {types:photos_of}. These photos are left out."
    ),
    "rare_types_left_out_advice": _OWN_CLASS,
    "class_few_photos": _PHOTO,
    "class_few_photos_advice": _MORE_PHOTOS,
    "classes_few_photos": _CLASSES,
    "classes_few_photos_advice": _MORE_PHOTOS,
    "class_few_parts": mark("The {photos:,} photos of {name} show only {parts:about}."),
    "class_few_parts_advice": _MORE_PARTS,
    "classes_few_parts": mark(
        "The photos of {number} classes show few parts: {classes:few_parts}."
    ),
    "classes_few_parts_advice": _MORE_PARTS,
    "unbalanced": mark("There are {times:.0f} times as many photos of {most} as of {least}."),
    "unbalanced_advice": mark(
        "Training gives both classes the same weight. Precision on the line depends on the real "
        "fraction of defects, not on that of these photos."
    ),
    "ok_class": Plural(
        "The class {name!r} is taken as the class of good parts, by its name; {others:quoted} "
        "counts as defective.",
        "The class {name!r} is taken as the class of good parts, by its name; {others:quoted} "
        "count as defective.",
        "number",
    ),
    "ok_class_advice": mark("If that is wrong, name the class of good parts with `data.ok` NAME."),
}

COPIES: dict[str, Template] = {
    "leaks": mark("{splits:leaking} show parts that are also in training or validation."),
    "leaks_advice": mark(
        "Metrics of this split are not valid evidence. Use `data.split` new, which puts each part "
        "into one split only, or `data.split` repair, which drops leaking photos from training."
    ),
    "exact_duplicates": Plural(
        "{photos} photo is an exact copy of another photo.",
        "{photos} photos are exact copies of another photo.",
        "photos",
    ),
    "exact_duplicates_advice": mark(
        "They count as one part. Remove the copies: they add no information."
    ),
    "near_duplicates": mark(
        "These {photos:,} photos show {parts:about}; one part is on {most:,} of them."
    ),
    "near_duplicates_advice": mark(
        "The photos of a part are one group, and a new split keeps each group together. The "
        "evidence of a test grows with the number of parts, not of photos."
    ),
    "giant_group": mark(
        "One group has {members:,} of {photos:,} photos, which is implausible. Its weakest links "
        "were checked again; the links listed here were confirmed."
    ),
    "giant_group_advice": mark(
        "Compare the weakest pairs. If they show different parts, give the parts with "
        "`data.group_by` and turn the search off with `data.no_near`."
    ),
    "rejected_duplicates": Plural(
        "One suspected duplicate was rejected: other photos of the two groups do not match.",
        "{pairs} suspected duplicates were rejected: other photos of the two groups do not match.",
        "pairs",
    ),
    "rejected_duplicates_advice": mark(
        "Compare the photos of these pairs. If they show one part, give it with `data.group_by`."
    ),
}

LABELS: dict[str, Template] = {
    "label_conflicts": Plural(
        "{photos} photo has another label than other photos of the same part.",
        "{photos} photos have another label than other photos of the same part.",
        "photos",
    ),
    "label_conflicts_advice": mark(
        "One of the two labels is wrong. Compare the photos of each pair and correct the label; "
        "`fix` leaves these photos out."
    ),
    "suspicious_labels": Plural(
        "{photos} photo resembles another class than the label.",
        "{photos} photos resemble another class than the label.",
        "photos",
    ),
    "suspicious_labels_advice": mark(
        "Check these photos, beginning with the first. A wrong label in the test costs as much as "
        "a wrong verdict. Some labels will be right: difficult parts are listed, too."
    ),
    "shortcut": mark(
        "The {property:term} alone predicts the class with an AUC of {auc:.2f} (0.5 is chance, 1 "
        "is certain)."
    ),
    "shortcut_advice": mark(
        "Photograph good and defective parts alternately, with the same lighting. Compare the "
        "brightness baseline in the report with the network."
    ),
    "shortcut_types": mark(
        "The {property:term} alone predicts the class with an AUC of {auc:.2f} (0.5 is chance, 1 "
        "is certain)."
    ),
    "shortcut_types_advice": mark(
        "Photograph the types alternately, with the same lighting. Compare the brightness baseline "
        "in the report with the network."
    ),
}
