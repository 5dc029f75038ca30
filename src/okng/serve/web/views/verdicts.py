"""Verdicts as a page shows them: words, reasons, probabilities, the review band."""

import json
from typing import NamedTuple

from okng.error_codes import Code
from okng.records import InspectionRow
from okng.serve.web.formats import E9
from okng.wording import mark, translated

REASONS = {
    "band": mark("The score lies in the review band: a person decides."),
    "unfamiliar": mark("The photo is unlike those of the training: a person decides."),
}
"""Why a verdict is REVIEW, by `InspectionRow.reason`."""

MEANINGS = (
    mark("Any other fault."),
    mark("The memory of the machine does not suffice."),
    mark("The photo is damaged or cut off."),
    mark("The file is empty."),
    mark("The file is not a photo."),
    mark("The file format is not read."),
    mark("This form of the file format is not read."),
    mark("The file holds several photos."),
    mark("The range of the pixel values is not clear."),
    mark("The photo has another bit depth than the others."),
    mark("The photo is too large or too small."),
    mark("The photo cannot be read for another reason."),
    mark("The model file gives no usable results here."),
    mark("The network cannot be run on the photo."),
    mark("The network gave no score for the photo."),
    mark("The request is not valid."),
    mark("The body of the request is larger than allowed."),
    mark("The body is of a type that is not read here."),
    mark("The station has no room for another photo."),
    mark("There was no verdict in time."),
    mark("The station is stopping."),
    mark("The station is blocked until its check has passed."),
    mark("This client is over its limit."),
    mark("No valid key or login was given."),
    mark("Name or password is wrong."),
    mark("Too many failed logins; the account is locked for a while."),
    mark("The key or user may not do this."),
    mark("The request comes from another site."),
    mark("What is asked for is not there."),
    mark("The records cannot be written or read."),
    mark("The database is down or not there."),
    mark("Another program holds the lock of the database."),
    mark("The store of photos cannot be written or read."),
    mark("No space is left."),
    mark("Rows that are due for deletion stay: a sink has not got them."),
    mark("A source, a sink or a PLC cannot be reached."),
    mark("The other side does not accept the login, or gives it no right."),
    mark("A certificate of the connection is not valid."),
    mark("The other side refuses what it was sent."),
    mark("Photos are brighter or darker than before."),
    mark("Photos are sharper or less sharp than before."),
    mark("Parts lie further right or left than before."),
    mark("Parts lie further down or up than before."),
    mark("Scores of good parts are higher or lower than before."),
    mark("Parts are less or more like those of training."),
    mark("More or fewer parts are NG than before."),
)
"""Meanings of `okng.error_codes.Code` that a reader of a page can meet, for the catalogue."""


_CLASSES_WITH_A_CHOICE = 3  # the OK class and two kinds of defect


class Probability(NamedTuple):
    """The probability of a class.

    Attributes:
        name: of the class.
        share: in [0, 1].
    """

    name: str
    share: float


def probabilities(row: InspectionRow) -> list[Probability]:
    """The probabilities of all classes, highest first."""
    known = json.loads(row.probabilities)
    rows = [Probability(name, float(share)) for name, share in known.items()]
    return sorted(rows, key=lambda each: -each.share)


def defect_classes(row: InspectionRow) -> list[str]:
    """Kinds of defect that the model of an inspection has, likeliest first.

    The defect score is 1 - P(OK class), which names the OK class. Of two classes, one is the OK
    class: there is one kind of defect, and nothing to choose.
    """
    rows = probabilities(row)
    if row.score_e9 is None or len(rows) < _CLASSES_WITH_A_CHOICE:
        return []
    good = 1 - row.score_e9 / E9
    ok_class = min(rows, key=lambda each: abs(each.share - good)).name
    return [each.name for each in rows if each.name != ok_class]


def band(row: InspectionRow) -> tuple[int | None, int | None]:
    """Ends of the review band in steps of 1e-9; None without a band."""
    point = json.loads(row.operating_point)
    low, high = point.get("review_low"), point.get("review_high")
    if low is None or high is None:
        return None, None
    return round(float(low) * E9), round(float(high) * E9)


def why(row: InspectionRow) -> str:
    """The reason of REVIEW or ERROR in words; empty for OK and NG."""
    text = meaning(row.error_code) if row.error_code else REASONS.get(row.reason, "")
    return translated(text)


def meaning_of(code: Code) -> str:
    """The meaning of a code in the language of the page."""
    text = code.meaning
    return translated(text)


def meaning(code: str) -> str:
    """The meaning of an error code, in English."""
    known = Code.__members__.values()
    return next((each.meaning for each in known if each.value == code), code)
