"""Whole texts of the report that are looked up where the document is built: marked for extraction.

A sentence with numbers stands where it is made. A test finds what no longer occurs in a report.
"""

from okng.wording.languages import mark
from okng.wording.plural import Plural

TITLES = (
    mark("What this test proves"),
    mark("What was not checked"),
    mark("Task"),
    mark("Photos"),
    mark("Conditions"),
    mark("Tuning"),
    mark("Sample"),
    mark("Results"),
    mark("Verdicts"),
    mark("Operating point"),
    mark("Stability of the threshold"),
    mark("Review band"),
    mark("Unfamiliar photos"),
    mark("Acceptance in the terms of AIAG"),
    mark("Repeatability"),
    mark("By kind of part"),
    mark("Photos and the evidence in them"),
    mark("Limits of use"),
    mark("Model file, photos and versions"),
    mark("Technical annex"),
    mark("Robustness"),
    mark("Every change that was tried"),
    mark("Calibration"),
    mark("Comparison with trivial methods"),
    mark("Number format"),
    mark("Training"),
    mark("Are the heatmaps to be trusted?"),
    mark("More photos"),
    mark("Settings"),
    mark("All settings"),
    mark("The worst photos"),
    mark("No wrong verdict; the closest calls"),
    mark("Decision and signatures"),
    mark("What to do next"),
    mark("Read with the figures"),
    mark("Before you read the figures: the photos"),
    mark("Do not quote these figures: the split leaks"),
    mark("The figures that matter"),
    mark("Contents"),
    mark("Sections"),
)
HEADS = (
    mark("figure"),
    mark("value"),
    mark("95 % interval"),
    mark("method"),
    mark("meaning"),
    mark("in truth"),
    mark("verdict OK"),
    mark("verdict NG"),
    mark("Who"),
    mark("Name"),
    mark("Date"),
    mark("Signature"),
    mark("class"),
    mark("photos"),
    mark("parts"),
    mark("parts as far as known"),
    mark("grade"),
    mark("proven"),
    mark("change"),
    mark("level"),
    mark("threshold"),
    mark("at"),
    mark("escapes"),
    mark("overkills"),
    mark("at most (95 %)"),
)
CASES = (mark("escape"), mark("overkill"), mark("mix-up"), mark("hit"), mark("close"),
         mark("close call"))  # fmt: skip
CASE_NOTES = (mark("heatmap, did not pass its check"), mark("no place stands out"))
CASE = mark("in truth {label}, judged {judged}, score {score}")
CAPTIONS = (
    mark("All parts out of fold, and the small test"),
    mark("Confusion matrix, in photos, out of fold"),
    mark("Confusion matrix, in photos"),
    mark("Verdicts of each class, in photos"),
    mark("Signatures"),
    mark("With and without leaked photos"),
    mark("Every rate with its two-sided interval"),
    mark("Figures of each class"),
    mark("Photos and parts of the sample"),
)
LABELS = (
    mark("Inspector"),
    mark("Good parts"),
    mark("Defective parts"),
    mark("An escape is"),
    mark("Overkill is"),
    mark("A photo that cannot be judged"),
    mark("Part and drawing number"),
    mark("Defects in scope, and where they are specified"),
    mark("Escape rate that must not be exceeded"),
    mark("Overkill rate that must not be exceeded"),
    mark("What happens to parts with NG and REVIEW"),
    mark("Judged by"),
    mark("Input of the network"),
    mark("Network"),
    mark("JPEG files"),
    mark("Varied in training"),
    mark("Time per photo"),
    mark("Camera and lens"),
    mark("Light"),
    mark("How the part lies, and how far away"),
    mark("When and where the photos were taken"),
    mark("Who labelled them, and by which rule"),
    mark("Cycle time"),
)
CHECKED = (
    mark("exact duplicates"),
    mark("given groups"),
    mark("near-duplicates"),
    mark("photos that the model was trained on, byte by byte"),
    mark("pixel by pixel"),
    mark("turned or changed copies of them"),
    mark("their groups"),
    mark("left out on request"),
)
NOUNS = (
    Plural("thread", "threads", "number"),
    Plural("verdict", "verdicts", "number"),
    Plural("test photo", "test photos", "number"),
)
PARAGRAPHS = (
    mark("The photos were not audited: copies of one part, labels and shortcuts are unknown."),
    mark(
        " Rotated, mirrored or re-encoded copies of one part on both sides of the split would make "
        "every figure here too good."
    ),
    mark(" What follows would hold if it had not:"),
    mark(
        "The figures hold for parts, defects, cameras and light like those of the sample. Another "
        "part family, a new kind of defect or another lamp needs a new test."
    ),
    mark("After a new model file, a new threshold or a change of camera or light: test again."),
    mark("The test holds no defective part: nothing is known about escapes."),
    mark("The test holds no good part: nothing is known about overkill."),
    mark("The heatmaps of this model are not to be trusted as an explanation."),
    mark("Do not read much into the heatmaps"),
    mark("These heatmaps are not to be trusted"),
    mark("The heatmaps passed every check that could be made."),
    mark("Do not release it."),
)
