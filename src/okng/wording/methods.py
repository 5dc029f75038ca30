"""How an interval was computed, or why there is none, in the chosen language."""

from okng.wording.languages import mark
from okng.wording.recognise import in_chosen_language

_METHODS = (
    mark("exact Clopper-Pearson"),
    mark("Clopper-Pearson on {groups} groups (Korn-Graubard, effective n {effective})"),
    mark("bootstrap over groups, {draws} draws, logit scale"),
    mark("macro average, bootstrap over groups, {draws} draws, logit scale"),
    mark("intervals of recall and specificity joined (Zou-Donner)"),
    mark("exact intervals of the classes joined (Zou-Donner)"),
    mark("both intervals joined (Zou-Donner), correlation {tied:.2f} over draws of parts"),
    mark("no error seen; low end from the exact bounds of escape and overkill"),
    mark("too few parts for an interval"),
    mark("macro average, too few parts for an interval"),
    mark("no interval at the end of the scale"),
    mark("macro average, no interval at the end of the scale"),
    mark("no interval: the draws do not differ"),
    mark("no photo to count"),
    mark("a class is missing"),
    mark("a class is never called"),
    mark("there is no OK class"),
    mark("exact McNemar"),
    mark("McNemar over parts, {swaps} random swaps of whole parts"),
    mark("no part differs; exact bound over parts"),
    mark("Student over {parts} parts, half a part added each way"),
)


def method_in_words(method: str) -> str:
    """A method of a rate; one that is not known stays English."""
    return in_chosen_language(method, _METHODS)
