"""6 Limits of use: where these figures stop being true."""

from collections.abc import Iterator

from okng.evaluation.report.blocks import (
    Bullets,
    Section,
    Text,
    bold,
    starred,
)
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.sections.technical.trust import named, usable_range
from okng.evaluation.report.wording import (
    capital,
    listed,
    names_of_checks,
)
from okng.wording import mark, phrase, translated


def sections(source: Source) -> Iterator[Section]:
    """The limits of use."""
    yield Section("Limits of use", (Bullets(tuple(_limits(source))),))


def _limits(source: Source) -> Iterator[Text]:
    metrics = source.metrics
    yield (
        "The figures hold for parts, defects, cameras and light like those of the sample. "
        "Another part family, a new kind of defect or another lamp needs a new test."
    )
    if metrics["leakage"]["photos"]:
        yield starred(
            translated("**The sample leaks into training.** No release can rest on these figures.")
        )
    bound = metrics.get("escape_rate", {}).get("upper_one_sided")
    if bound is not None:
        yield phrase("This test does not prove an escape rate below {bound:percent}.", bound=bound)
    yield from _missing(source)
    yield from _range(source)
    yield from _heatmaps(source)
    if metrics["errors"]:
        text = mark("{photos:photos} could not be judged; on the line such a part gets NG.")
        yield phrase(text, photos=len(metrics["errors"]))
    yield "After a new model file, a new threshold or a change of camera or light: test again."


def _missing(source: Source) -> Iterator[Text]:
    metrics = source.metrics
    for name, number in (metrics.get("unseen_classes") or {}).items():
        text = mark("{name} ({photos:photos}) was never shown to the network in training.")
        yield phrase(text, name=name, photos=number)
    if metrics["ok_class"] is not None:
        if metrics["escape_rate"]["value"] is None:
            yield bold("The test holds no defective part: nothing is known about escapes.")
        if metrics["overkill_rate"]["value"] is None:
            yield bold("The test holds no good part: nothing is known about overkill.")
    skipped = (source.audit or {}).get("summary", {}).get("not_checked", {})
    if source.audit is None:
        yield mark("The photos were not audited, see above.")
    elif skipped:
        yield phrase("The audit did not look for {checks}.", checks=names_of_checks(skipped))


def _range(source: Source) -> Iterator[Text]:
    robustness = source.metrics.get("robustness")
    if not robustness:
        yield mark(
            "The effect of changes of light, focus and position on verdicts was not measured."
        )
        return
    kinds = robustness["kinds"]
    known = [kind for kind in kinds if None not in (kind["usable"]["low"], kind["usable"]["high"])]
    fixed = [kind for kind in known if kind["usable"]["low"] == kind["usable"]["high"]]
    unknown = [kind for kind in kinds if kind not in known]
    if unknown:
        yield phrase(
            "How far {kinds} may change is not known: {parts:parts} cannot show it. Keep them as "
            "in the photos.",
            kinds=listed(named(kind) for kind in unknown),
            parts=robustness["groups"],
        )
    if fixed:
        yield phrase(
            "To be kept as in the photos: {kinds}. Verdicts turned at the smallest change that was "
            "tried.",
            kinds=listed(named(kind) for kind in fixed),
        )
    for kind in known:
        if kind not in fixed:
            usable = kind["usable"]
            whole = (usable["low"], usable["high"]) == (usable["tested_low"], usable["tested_high"])
            text = mark("{kind}: {range}, all that was tried.")
            if not whole:
                text = mark("{kind}: {range}, no further.")
            name, range_shown = capital(named(kind)), usable_range(kind, robustness)
            yield phrase(text, kind=name, range=range_shown)


def _heatmaps(source: Source) -> Iterator[Text]:
    check = source.metrics.get("heatmap_check")
    if check and not check["trusted"]:
        yield bold("The heatmaps of this model are not to be trusted as an explanation.")
    elif not check:
        yield mark("Whether the heatmaps explain the verdicts was not checked.")
