"""Statistics of a period, such as a shift, an hour or a day."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select

from okng.records.canonical import BILLION
from okng.records.derived.tallies import BINS, MILLION, QUARTER_US, Tally, latency_of
from okng.records.queries.exact_rate import ExactRate, exact_rate
from okng.records.queries.filters import VERDICTS, InspectionFilter, period
from okng.records.queries.pages import Read, stations
from okng.records.rows import Role
from okng.records.tables import inspections, review_states, tallies


@dataclass(frozen=True, slots=True)
class Counts:
    """Inspections by verdict."""

    ok: int
    ng: int
    review: int
    error: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.ok + self.ng + self.review + self.error

    @property
    def yield_rate(self) -> float | None:
        """Share with the verdict OK, in [0, 1]; None without inspections."""
        return self.ok / self.total if self.total else None

    @property
    def ng_rate(self) -> float | None:
        """Share with the verdict NG, in [0, 1]; None without inspections."""
        return self.ng / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Latency:
    """Time from receipt to verdict, in milliseconds.

    Mean and maximum are exact; percentiles come from bins and are off by 4.5 % at most.
    """

    mean: float
    p50: float
    p95: float
    p99: float
    maximum: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """How a number in [0, 1] is distributed.

    Attributes:
        counts: inspections in each of 50 bins that are 0.02 wide.
        mean: of the number; None without inspections.
    """

    counts: tuple[int, ...]
    mean: float | None

    def quantile(self, fraction: float) -> float | None:
        """A quantile, linear within its bin; None without inspections."""
        rank, width = fraction * sum(self.counts), 1 / len(self.counts)
        passed = 0
        for number, count in enumerate(self.counts):
            if count and passed + count >= rank:
                return (number + (rank - passed) / count) * width
            passed += count
        return None


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a station did in a period.

    Attributes:
        since_us: begin, in microseconds since 1970, UTC.
        until_us: end, not included.
        counts: by verdict.
        latency: None without inspections.
        score: distribution of the defect score.
        unfamiliarity: distribution of the unfamiliarity.
        ok_log_odds: mean log-odds of the defect score of OK parts; None without one.
        ok_scored: OK parts that this mean rests on.
    """

    since_us: int
    until_us: int
    counts: Counts
    latency: Latency | None
    score: Histogram
    unfamiliarity: Histogram
    ok_log_odds: float | None
    ok_scored: int


@dataclass(frozen=True, slots=True)
class ReviewedRates:
    """Errors among the reviewed inspections of a period; REVIEW and ERROR are left out.

    Which parts are reviewed is a choice, so these are rates of the reviewed parts, not of all.

    Attributes:
        escapes: defective parts with the verdict OK, among the defective ones.
        overkill: good parts with the verdict NG, among the good ones.
        reviewed: inspections with a review.
    """

    escapes: ExactRate
    overkill: ExactRate
    reviewed: int


def statistics(
    read: Read,
    since_us: int,
    until_us: int,
    *,
    station: str | None = None,
    role: Role = Role.LIVE,
    model_digest: str | None = None,
) -> Statistics:
    """Statistics of a period.

    Args:
        read: runs queries.
        since_us: begin, in microseconds since 1970, UTC.
        until_us: end, not included.
        station: its name; None for all.
        role: of the inspections.
        model_digest: of the model file; None for all models.
    """
    names = stations(read) if station is None else [station]
    whole = Tally()
    for tally in _tallies(read, since_us, until_us, names, role, model_digest):
        whole.merge(tally)
    return _of(whole, since_us, until_us)


def series(
    read: Read,
    since_us: int,
    until_us: int,
    step_us: int,
    *,
    station: str | None = None,
    role: Role = Role.LIVE,
    model_digest: str | None = None,
) -> list[Statistics]:
    """Statistics of each step of a period, such as each hour of a day.

    Args:
        read: runs queries.
        since_us: begin, in microseconds since 1970, UTC.
        until_us: end, not included.
        step_us: a multiple of a quarter of an hour; steps begin at `since_us`, rounded down to one.
        station: its name; None for all.
        role: of the inspections.
        model_digest: of the model file; None for all models.
    """
    step_us = max(QUARTER_US, step_us - step_us % QUARTER_US)
    begin = since_us - since_us % QUARTER_US
    texts: dict[int, list[str]] = {start: [] for start in range(begin, until_us, step_us)}
    names = stations(read) if station is None else [station]
    for quarter, text in _stored(read, begin, until_us, names, role, model_digest):
        texts[begin + (quarter - begin) // step_us * step_us].append(text)
    return [_of(Tally.of(*each), start, start + step_us) for start, each in texts.items()]


def reviewed_rates(
    read: Read, since_us: int, until_us: int, *, station: str | None = None
) -> ReviewedRates:
    """Escapes and overkill among the reviewed inspections of a period, with exact intervals."""
    states = review_states.c
    names = stations(read) if station is None else [station]
    wanted = InspectionFilter(since_us=since_us, until_us=until_us)
    query = select(states.verdict, states.truth, func.count().label("rows"))
    query = query.where(
        states.station.in_(names), states.state == "done", states.verdict.in_(VERDICTS)
    )
    query = query.where(*period(wanted, review_states)).group_by(states.verdict, states.truth)
    counts = {(row.verdict, row.truth): row.rows for row in read(query)}
    escapes, caught = counts.get(("OK", "NG"), 0), counts.get(("NG", "NG"), 0)
    overkill, passed = counts.get(("NG", "OK"), 0), counts.get(("OK", "OK"), 0)
    return ReviewedRates(
        exact_rate(escapes, escapes + caught),
        exact_rate(overkill, overkill + passed),
        sum(counts.values()),
    )


def _tallies(
    read: Read, since_us: int, until_us: int, names: list[str], role: Role, model: str | None
) -> Iterator[Tally]:
    """Whole quarters from their tallies; the begun ones at both ends from their inspections."""
    first = -(-since_us // QUARTER_US) * QUARTER_US
    last = until_us // QUARTER_US * QUARTER_US
    if first > last:
        yield _counted(read, since_us, until_us, names, role, model)
        return
    yield _counted(read, since_us, first, names, role, model)
    yield Tally.of(*(text for _, text in _stored(read, first, last, names, role, model)))
    yield _counted(read, last, until_us, names, role, model)


def _stored(
    read: Read, since_us: int, until_us: int, names: list[str], role: Role, model: str | None
) -> Iterator[tuple[int, str]]:
    c = tallies.c
    query = select(c.quarter_us, c.content).where(c.station.in_(names), c.role == role)
    query = query.where(c.quarter_us >= since_us, c.quarter_us < until_us)
    if model is not None:
        query = query.where(c.model_digest == model)
    for row in read(query):
        yield row.quarter_us, row.content


def _counted(
    read: Read, since_us: int, until_us: int, names: list[str], role: Role, model: str | None
) -> Tally:
    tally = Tally()
    if since_us >= until_us:
        return tally
    c = inspections.c
    query = select(c.verdict, c.latency_us, c.score_e9, c.unfamiliarity_e9)
    query = query.where(c.station.in_(names), c.role == role)
    query = query.where(c.time_us >= since_us, c.time_us < until_us)
    if model is not None:
        query = query.where(c.model_digest == model)
    for row in read(query):
        tally.add(row.verdict, row.latency_us, row.score_e9, row.unfamiliarity_e9)
    return tally


def _of(tally: Tally, since_us: int, until_us: int) -> Statistics:
    verdicts = tally.verdicts
    counts = Counts(verdicts["OK"], verdicts["NG"], verdicts["REVIEW"], verdicts["ERROR"])
    scored = tally.sums["ok_scored"]
    return Statistics(
        since_us,
        until_us,
        counts,
        _latency(tally) if counts.total else None,
        _histogram(tally.score, tally.sums["score_e9"]),
        _histogram(tally.unfamiliarity, tally.sums["unfamiliarity_e9"]),
        tally.sums["ok_log_odds_e6"] / MILLION / scored if scored else None,
        scored,
    )


def _latency(tally: Tally) -> Latency:
    longest = tally.sums["latency_max"] / 1000
    p50, p95, p99 = (
        min(longest, each / 1000) for each in _quantiles(tally.latency, (0.5, 0.95, 0.99))
    )
    mean = tally.sums["latency_us"] / tally.latency.total() / 1000
    return Latency(mean, p50, p95, p99, longest)


def _quantiles(bins: Counter[int], fractions: Iterable[float]) -> Iterator[float]:
    total = bins.total()
    for fraction in fractions:
        passed = 0
        for number in sorted(bins):
            passed += bins[number]
            if passed >= fraction * total:
                yield latency_of(number)
                break


def _histogram(bins: Counter[int], sum_e9: int) -> Histogram:
    total = bins.total()
    mean = sum_e9 / BILLION / total if total else None
    return Histogram(tuple(bins[number] for number in range(BINS)), mean)
