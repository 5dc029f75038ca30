"""Sentences about the camera of a station: light, focus, position, and the threshold for it."""

from okng.wording.languages import mark
from okng.wording.plural import Plural, Template

CONDITIONS: dict[str, Template] = {
    "camera_brighter": mark(
        "Known good parts are {value:.2f} times as bright as in the last check that passed: look "
        "at lamp and exposure."
    ),
    "camera_darker": mark(
        "Known good parts are only {value:.2f} times as bright as in the last check that passed: "
        "look at lamp, lens and exposure."
    ),
    "camera_sharper": mark(
        "Photos of known good parts are {value:.2f} times as sharp as in the last check that "
        "passed: look at focus and noise."
    ),
    "camera_blurred": mark(
        "Photos of known good parts are only {value:.2f} times as sharp as in the last check that "
        "passed: look at focus, and clean the lens."
    ),
    "camera_shifted": mark(
        "Known good parts lie {value:percent} of the side of the photo away from their place in "
        "the last check that passed: look at camera and fixture."
    ),
    "camera_unfamiliar": mark(
        "Known good parts are unlike the training photos: their mean unfamiliarity is "
        "{value:.2f} and was {reference:.2f}."
    ),
}

PROPOSAL: dict[str, Template] = {
    "threshold_proposed": mark(
        "Proposed threshold for this camera: {after:.4f} in place of {before:.4f}, from {good} "
        "known good and {defective} known defective parts."
    ),
    "threshold_no_better": mark(
        "It is wrong on as many known parts as the threshold of now: good and defective parts "
        "overlap in front of this camera. Photograph more parts with it, and train again."
    ),
    "escapes_before": Plural(
        "At the threshold of now, {errors} of {parts} known defective parts escapes.",
        "At the threshold of now, {errors} of {parts} known defective parts escape.",
        "errors",
    ),
    "overkills_before": Plural(
        "At the threshold of now, {errors} of {parts} known good parts is rejected.",
        "At the threshold of now, {errors} of {parts} known good parts are rejected.",
        "errors",
    ),
    "no_escape_left_out": mark(
        "None of {parts} known defective parts escapes when the threshold is chosen without it; "
        "that proves only an escape rate below {bound:percent}."
    ),
    "no_overkill_left_out": mark(
        "None of {parts} known good parts is rejected when the threshold is chosen without it; "
        "that proves only an overkill rate below {bound:percent}."
    ),
    "escapes_left_out": Plural(
        "{errors} of {parts} known defective parts escapes when the threshold is chosen without "
        "it; an escape rate of up to {bound:percent} is possible.",
        "{errors} of {parts} known defective parts escape when the threshold is chosen without "
        "them; an escape rate of up to {bound:percent} is possible.",
        "errors",
    ),
    "overkills_left_out": Plural(
        "{errors} of {parts} known good parts is rejected when the threshold is chosen without "
        "it; an overkill rate of up to {bound:percent} is possible.",
        "{errors} of {parts} known good parts are rejected when the threshold is chosen without "
        "them; an overkill rate of up to {bound:percent} is possible.",
        "errors",
    ),
    "threshold_odd_parts": mark(
        "Look at these known parts, and check whether they are what they are taken for: "
        "{names:and}."
    ),
    "threshold_unfamiliar": Plural(
        "{count} of {parts} known parts goes to a person whatever the threshold, as it is unlike "
        "the training photos.",
        "{count} of {parts} known parts go to a person whatever the threshold, as they are unlike "
        "the training photos.",
        "count",
    ),
}
