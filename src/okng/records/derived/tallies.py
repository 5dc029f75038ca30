"""Counts of each quarter of an hour, by station, role and model: statistics add them up.

A day of statistics reads 96 small rows per model instead of every inspection.
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from sqlalchemy import Connection, bindparam, select

from okng.records.canonical import BILLION, canonical
from okng.records.derived.upserts import upsert
from okng.records.rows import InspectionRow
from okng.records.tables import tallies
from okng.verdict import Judgement, log_odds

QUARTER_US = 900_000_000
"""A quarter of an hour: every time zone begins its hours and shifts at one."""
BINS = 50
"""Bins of scores and unfamiliarity, each 0.02 wide."""
STEPS = 8
"""Bins of latency per doubling: each is 9 % wide, so a percentile is off by 4.5 % at most."""
MILLION = 1_000_000
"""Steps of log-odds: sums of them are whole numbers, so that tallies add up exactly."""


_KEY = ("station", "role", "quarter_us", "model_digest")
# Built once, as it is part of every commit.
_STORED = select(tallies.c.content).where(*(tallies.c[name] == bindparam(name) for name in _KEY))


@dataclass(slots=True)
class Tally:
    """Counts of some inspections.

    Attributes:
        verdicts: verdict -> inspections.
        latency: bin -> inspections, see `latency_bin`.
        score: bin -> inspections that have a score.
        unfamiliarity: bin -> inspections that have it.
        sums: of `latency_us`, `score_e9` and `unfamiliarity_e9`, and `latency_max`; of OK parts
            `ok_scored`, how many have a score, and `ok_log_odds_e6`, of these scores. Tallies of
            early stations lack the last two.
    """

    verdicts: Counter[str] = field(default_factory=Counter)
    latency: Counter[int] = field(default_factory=Counter)
    score: Counter[int] = field(default_factory=Counter)
    unfamiliarity: Counter[int] = field(default_factory=Counter)
    sums: Counter[str] = field(default_factory=Counter)

    def add(
        self, verdict: str, latency_us: int, score: int | None, unfamiliarity: int | None
    ) -> None:
        """Count one inspection; score and unfamiliarity are steps of 1e-9."""
        self.verdicts[verdict] += 1
        self.latency[latency_bin(latency_us)] += 1
        self.sums["latency_us"] += latency_us
        # a maximum among sums, see `merge`
        self.sums["latency_max"] = max(self.sums["latency_max"], latency_us)
        if score is not None:
            self.score[_bin(score)] += 1
            self.sums["score_e9"] += score
            if verdict == Judgement.OK:
                self.sums["ok_scored"] += 1
                self.sums["ok_log_odds_e6"] += round(log_odds(score / BILLION) * MILLION)
        if unfamiliarity is not None:
            self.unfamiliarity[_bin(unfamiliarity)] += 1
            self.sums["unfamiliarity_e9"] += unfamiliarity

    def merge(self, other: "Tally") -> None:
        """Add the counts of another."""
        # `Counter.update` adds; the longest latency is no sum.
        longest = max(self.sums["latency_max"], other.sums["latency_max"])
        for name in self.__slots__:
            getattr(self, name).update(getattr(other, name))
        self.sums["latency_max"] = longest

    def text(self) -> str:
        """The counts as canonical JSON."""
        return canonical(
            {name: {str(k): v for k, v in getattr(self, name).items()} for name in self.__slots__}
        )

    @classmethod
    def of(cls, *texts: str) -> Self:
        """The counts of such texts, added up."""
        content: dict[str, Counter[str]] = {name: Counter() for name in cls.__slots__}
        longest = 0
        for text in texts:
            for name, counts in json.loads(text).items():
                total = content[name]
                for key, count in counts.items():
                    total[key] += count
                if name == "sums":
                    longest = max(longest, counts["latency_max"])
        content["sums"]["latency_max"] = longest
        numbered = {
            name: Counter({int(k): v for k, v in content[name].items()})
            for name in ("latency", "score", "unfamiliarity")
        }
        return cls(content["verdicts"], **numbered, sums=content["sums"])


def latency_bin(latency_us: int) -> int:
    """The bin of a latency in microseconds."""
    return math.floor(math.log2(max(latency_us, 1)) * STEPS)  # 2^(n/8) us to 2^((n+1)/8) us


def latency_of(number: int) -> float:
    """The latency in the middle of a bin, in microseconds."""
    return float(2 ** ((number + 0.5) / STEPS))


def add_to_tallies(connection: Connection, rows: Sequence[InspectionRow]) -> None:
    """Count inspections that this transaction has inserted."""
    if not rows:
        return
    fresh: dict[tuple[str, str, int, str], Tally] = defaultdict(Tally)
    for row in rows:
        quarter = row.time_us - row.time_us % QUARTER_US  # start of the quarter of an hour
        fresh[row.station, row.role.value, quarter, row.model_digest].add(
            row.verdict, row.latency_us, row.score_e9, row.unfamiliarity_e9
        )
    for key, tally in fresh.items():
        stored = connection.execute(_STORED, dict(zip(_KEY, key, strict=True))).scalar()
        if stored is not None:
            tally.merge(Tally.of(stored))
    upsert(
        connection,
        tallies,
        [dict(zip(_KEY, key, strict=True)) | {"content": t.text()} for key, t in fresh.items()],
    )


def _bin(steps_e9: int) -> int:
    return min(max(steps_e9 * BINS // BILLION, 0), BINS - 1)  # 1.0 belongs to the last bin
