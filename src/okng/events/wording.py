"""Events as a person reads them: names of stages, sentences, times."""

from okng.events.kinds import ChoiceMade, Event, FindingRaised, Noticed, StepStarted, Warned
from okng.wording import advised

_STAGES = {
    "read": "reading photos",
    "measure": "measuring photos",
    "masks": "reading masks",
    "near": "looking for copies",
    "embed": "comparing labels",
    "traces": "storing features of training photos",
    "decode train": "loading training photos",
    "decode val": "loading validation photos",
    "decode test": "loading test photos",
    "features": "computing features",
    "lower layers": "computing frozen layers",
    "train": "training",
    "familiar": "learning normal variation",
    "calibrate": "calibrating",
    "threshold": "choosing the threshold",
    "judge": "judging",
    "judge all": "judging all photos",
    "robustness": "judging changed photos",
    "trials": "trials",
}
_UNCOUNTED = frozenset({"near", "features", "familiar", "lower layers", "train", "robustness"})
"""Stages whose steps are not photos: a percentage says more than a count."""


def label(stage: str) -> str:
    """What a stage does, in a few words; its own name where it has no other."""
    return _STAGES.get(stage, stage)


def counts_photos(stage: str) -> bool:
    """Whether one step of the stage is one photo."""
    return stage not in _UNCOUNTED


def unit_of(stage: str) -> str:
    """What the stage counts."""
    return "photos" if counts_photos(stage) else "steps"


def sentence(event: Event) -> str | None:
    """An event in one sentence; None for those of stages, which are shown as bars or lines."""
    match event:
        case StepStarted(number, total, name):
            return f"step {number} of {total}: {name}"
        case FindingRaised(code=code, values=values, text=text):
            return f"AUDIT: {' '.join(advised(code, values)) if code else text}"
        case Warned(code):
            return f"{code.partition('.')[0].upper()}: {_text(event)}"
        case ChoiceMade() | Noticed():
            return _text(event)
        case _:
            return None


def _text(event: Warned | ChoiceMade | Noticed) -> str:
    return event.sentence.text() if event.sentence else event.text


def duration(seconds: float) -> str:
    """A time as `0:07`, `12:30` or `1:05:00`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
