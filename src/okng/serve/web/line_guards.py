"""The guards of the line, for pages; and what every page shows of them."""

from collections.abc import Iterator

from okng.errors import MissingError
from okng.serve.context import Serving
from okng.serve.web.frame import Banner, Severity
from okng.serve.web.views.drift import sentence
from okng.serve.web.views.masters import STATES
from okng.serve.web.views.verdicts import meaning_of
from okng.station.masters import Consequence
from okng.station.oversight import LineGuards
from okng.wording import translated

_SEVERITIES = {Consequence.WARN: Severity.WARNING, Consequence.BLOCK: Severity.STOP}
_PLACE, _FIGURES = "/master-parts", "/figures"


def line_guards_of(serving: Serving) -> LineGuards:
    """Master parts and bypass of the station.

    Raises:
        MissingError: it stores nothing, so it has none.
    """
    guards = serving.station.guards
    if guards is None:
        raise MissingError(
            "This station stores no inspections, so it has no master parts",
            hint="Start it without `records.no_records`.",
        )
    return guards


def banners(serving: Serving) -> Iterator[Banner]:
    """Lines for the top of every page, in the chosen language, the most urgent first."""
    for code in serving.station.faults():
        yield Banner(Severity.STOP, meaning_of(code))
    yield from _guard_banners(serving)
    if serving.station.drift is not None:
        for each in serving.station.drift.on():
            yield Banner(Severity.WARNING, sentence(each), _FIGURES)


def _guard_banners(serving: Serving) -> Iterator[Banner]:
    guards = serving.station.guards
    if guards is None:
        return
    bypass = guards.bypass.current()
    if bypass is not None:
        text = translated("The inspection is off until {time}, by {name}: {reason}")
        shown = text.format(
            time=f"{bypass.until.astimezone():%H:%M}",
            name=bypass.by.removeprefix("user:"),
            reason=bypass.reason,
        )
        yield Banner(Severity.STOP, shown, _PLACE)
    status = guards.masters.status(guards.models.live().engine.digest)
    if status.consequence in _SEVERITIES:
        state = STATES[status.state]
        yield Banner(_SEVERITIES[status.consequence], translated(state), _PLACE)
