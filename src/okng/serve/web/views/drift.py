"""Changes of the drift alarm as sentences of the shop floor."""

from collections.abc import Mapping

from okng.station.clock import utc_of
from okng.station.drift_alarm import Drift, Measure, Reference
from okng.station.drift_alarm.codes import MEASURES, change_of
from okng.wording import mark, percent, translated

_SENTENCES = {
    (Measure.BRIGHTNESS, False): mark("Photos are {share} darker since {time}."),
    (Measure.BRIGHTNESS, True): mark("Photos are {share} brighter since {time}."),
    (Measure.SHARPNESS, False): mark("Photos are {share} less sharp since {time}."),
    (Measure.SHARPNESS, True): mark("Photos are {share} sharper since {time}."),
    (Measure.RIGHT, False): mark("Parts lie {share} of the photo further left since {time}."),
    (Measure.RIGHT, True): mark("Parts lie {share} of the photo further right since {time}."),
    (Measure.DOWN, False): mark("Parts lie {share} of the photo further up since {time}."),
    (Measure.DOWN, True): mark("Parts lie {share} of the photo further down since {time}."),
    (Measure.SCORE, False): mark("Scores of good parts are lower since {time}."),
    (Measure.SCORE, True): mark("Scores of good parts are higher, nearer to NG, since {time}."),
    (Measure.UNFAMILIARITY, False): mark("Parts are more like those of training since {time}."),
    (Measure.UNFAMILIARITY, True): mark("Parts are less like those of training since {time}."),
    (Measure.NG_RATE, False): mark("Fewer parts are NG since {time}: by {share} of all parts."),
    (Measure.NG_RATE, True): mark("More parts are NG since {time}: by {share} of all parts."),
}
_TRAINING = mark("Compared with the photos of training: {sentence}")


def sentence(drift: Drift) -> str:
    """A change, in the chosen language."""
    finding = drift.finding
    text = _sentence(
        finding.measure, change_of(finding), finding.change.since_us, finding.reference
    )
    return f"{drift.product}: {text}" if drift.product else text


def recorded_sentence(code: str, values: Mapping[str, str]) -> str | None:
    """The same of an alarm on record; None for other alarms."""
    measure = MEASURES.get(code)
    if measure is None or not {"change", "since_us", "reference"} <= values.keys():
        return None
    reference = Reference(values["reference"])
    return _sentence(measure, float(values["change"]), int(values["since_us"]), reference)


def _sentence(measure: Measure, change: float, since_us: int, reference: Reference) -> str:
    time = f"{utc_of(since_us).astimezone():%H:%M}"
    known = _SENTENCES[measure, change > 0]
    text = translated(known).format(share=percent(round(abs(change), 2)), time=time)
    if reference is Reference.TRAINING:
        return translated(_TRAINING).format(sentence=text)
    return text
