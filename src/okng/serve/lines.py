"""Runs stations on the line in this process: sources, sinks, and the page where it is asked for."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import NamedTuple

from okng.connect.alarms import Alarms
from okng.connect.contracts import Finding
from okng.connect.delivering import Delivering
from okng.connect.drift import report_drift
from okng.connect.following import first_model, following
from okng.connect.line import Line, around
from okng.connect.operator_log import log
from okng.connect.receiving import NamedSource, Seen, ignored
from okng.connect.station_file import Checked, StationFile, checked
from okng.connect.station_file.reading import title_of
from okng.logs import set_up_logs
from okng.serve.running import Started, beside, listening
from okng.serve.security import check_open, check_tls
from okng.station import opened

Announce = Callable[["OnLine"], None]
_SCAN_SECONDS = 1.0


class OnLine(NamedTuple):
    """A station that runs.

    Attributes:
        file: that it was made from.
        started: its page; None without one.
    """

    file: StationFile
    started: Started | None


def run(files: Sequence[StationFile], announce: Announce, seen: Seen = ignored) -> None:
    """Run stations until SIGTERM, SIGINT, or until all sources have ended by themselves.

    At the end the sources stop, parts in flight are judged and answered, and sinks get what is
    left within `line.flush_timeout`.

    Args:
        files: one for each station.
        announce: called for each station once it runs.
        seen: gets each part with what is on record of it.

    Raises:
        ModelFileError: a model file cannot be used.
        RecordsError: a database cannot be opened.
        ConfigError: settings do not fit together, or an address cannot be listened on.
    """
    set_up_logs()
    log.language = files[0].settings.station.language
    with ExitStack() as stack:
        try:
            lines = [stack.enter_context(_running(file, announce, seen)) for file in files]
            serves = any(file.serves for file in files)
            while serves or any(line.running for line in lines):
                time.sleep(_SCAN_SECONDS)
        except KeyboardInterrupt:
            return  # the end of a line is a good one


@contextmanager
def _running(file: StationFile, announce: Announce, seen: Seen) -> Iterator[Line]:
    """One station, until the block ends: the line ends first, then the page, then the sinks."""
    settings = file.settings
    models = settings.models.files or [first_model(settings)]
    with opened(settings, models, heatmaps=file.serves) as station, ExitStack() as stack:
        alarms = Alarms(station.records, station.name)
        report_drift(station, alarms)
        stack.enter_context(following(station, alarms))
        known = around(station, settings.station.site, alarms)
        sources = [NamedSource(title_of(each), each, each.source(known)) for each in file.sources]
        delivering = None
        if station.records is not None and file.sinks:
            delivering = Delivering(station.records, known, file.sinks, alarms)
            stack.callback(delivering.close, settings.line.flush_timeout)
            station.watched += delivering.watched
        started = None
        if file.serves:
            page = beside(station, settings, known.shared, delivering)
            started = stack.enter_context(page)
        line = stack.enter_context(Line(station, sources, alarms, seen))
        announce(OnLine(file, started))
        yield line


def check(file: StationFile) -> Iterator[Checked]:
    """Look at all that a station needs, its page included; nothing moves."""
    further = [("page", partial(_page, file))] if file.serves else []
    return checked(file, further)


def _page(file: StationFile) -> list[Finding]:
    server = file.settings.server
    check_open(server)
    secure = check_tls(server)
    with listening(file.settings):
        pass
    return [Finding("address", f"{'https' if secure else 'http'}://{server.host}:{server.port}")]
