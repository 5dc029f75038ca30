"""Events as a person reads them: names of stages, sentences, times."""

from okng.events.kinds import ChoiceMade, Event, FindingRaised, Noticed, StepStarted, Warned
from okng.wording import advised, mark, phrase, translated

_STAGES = {
    "read": mark("reading photos"),
    "measure": mark("measuring photos"),
    "masks": mark("reading masks"),
    "near": mark("looking for copies"),
    "embed": mark("comparing labels"),
    "traces": mark("storing features of training photos"),
    "decode train": mark("loading training photos"),
    "decode val": mark("loading validation photos"),
    "decode test": mark("loading test photos"),
    "features": mark("computing features"),
    "lower layers": mark("computing frozen layers"),
    "precision": mark("comparing INT8 with float32"),
    "train": mark("training"),
    "familiar": mark("learning normal variation"),
    "calibrate": mark("calibrating"),
    "threshold": mark("choosing the threshold"),
    "judge": mark("judging"),
    "judge all": mark("judging all photos"),
    "robustness": mark("judging changed photos"),
    "certify": mark("comparing runtimes"),
    "bench": mark("timing"),
    "trials": mark("trials"),
    "create in the cloud": mark("creating in the cloud"),
    "remove from the cloud": mark("removing from the cloud"),
}
_TOPICS = {
    "threshold": mark("threshold"),
    "settings": mark("settings"),
    "tracking": mark("tracking"),
    "tuning": mark("tuning"),
}
"""First words of the codes of warnings."""
_UNCOUNTED = frozenset(
    {
        "near",
        "features",
        "familiar",
        "lower layers",
        "train",
        "robustness",
        "bench",
        "create in the cloud",
        "remove from the cloud",
    }
)
"""Stages whose steps are not photos: a percentage says more than a count."""


def label(stage: str) -> str:
    """What a stage does, in a few words; its own name where it has no other."""
    return translated(_STAGES.get(stage, stage))


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
            return phrase(
                "step {number} of {total}: {name:text}", number=number, total=total, name=name
            )
        case FindingRaised(code=code, values=values, text=text):
            return f"AUDIT: {' '.join(advised(code, values)) if code else text}"
        case Warned(code):
            topic = code.partition(".")[0]  # threshold.generous -> threshold
            return f"{translated(_TOPICS.get(topic, topic)).upper()}: {_text(event)}"
        case ChoiceMade() | Noticed():
            return _text(event)
        case _:
            return None


def _text(event: Warned | ChoiceMade | Noticed) -> str:
    return event.sentence.text() if event.sentence else translated(event.text)


def duration(seconds: float) -> str:
    """A time as `0:07`, `12:30` or `1:05:00`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
