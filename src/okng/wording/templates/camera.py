"""Sentences about the camera of a station: light, focus, position, and the threshold for it."""

from okng.wording.languages import mark
from okng.wording.plural import Template

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
