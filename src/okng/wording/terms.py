"""Words that codes stand for: names of figures, grades, kinds of changes, units."""

from okng.wording.languages import mark, translated

_TERMS = {
    "accuracy": mark("accuracy"),
    "precision": mark("precision"),
    "recall": mark("recall"),
    "f1": mark("f1"),
    "roc_auc": mark("roc auc"),
    "escape_rate": mark("escape rate"),
    "overkill_rate": mark("overkill rate"),
    "effectiveness": mark("effectiveness"),
    "miss_rate": mark("miss rate"),
    "false_alarm_rate": mark("false alarm rate"),
    "kappa": mark("kappa"),
    "acceptable": mark("acceptable"),
    "marginal": mark("marginal"),
    "unacceptable": mark("unacceptable"),
    "unknown": mark("unknown"),
    "brightness": mark("brightness"),
    "contrast": mark("contrast"),
    "blur": mark("blur"),
    "noise": mark("noise"),
    "rotation": mark("rotation"),
    "shift": mark("shift"),
    "jpeg": mark("jpeg"),
    "factor": mark("factor"),
    "px": mark("px"),
    "degrees": mark("degrees"),
    "grey values": mark("grey values"),
    "% of the side": mark("% of the side"),
    "quality": mark("quality"),
    "good": mark("good"),
    "defective": mark("defective"),
    "OK": mark("OK"),
    "NG": mark("NG"),
    "REVIEW": mark("REVIEW"),
    "ERROR": mark("ERROR"),
}


def term(code: str) -> str:
    """A code in words of the chosen language; one that is not known with blanks for its signs."""
    return translated(_TERMS.get(code, code.replace("_", " ")))
