"""The live panel: last inspection, and counters of shift and hour."""

from typing import NamedTuple

from okng.records import InspectionRow


class Count(NamedTuple):
    """Inspections of a period by verdict.

    Attributes:
        title: name of the period, in the language of the page.
        ok: number of verdicts OK; likewise the others.
        latency_us: typical time from receipt to verdict, in microseconds; None without one.
        latency_title: what `latency_us` is.
    """

    title: str
    ok: int = 0
    ng: int = 0
    review: int = 0
    error: int = 0
    latency_us: int | None = None
    latency_title: str = ""

    @property
    def total(self) -> int:
        """All inspections of the period."""
        return self.ok + self.ng + self.review + self.error

    @property
    def ok_share(self) -> float | None:
        """Share of OK, in [0, 1]; None without inspections."""
        return self._share(self.ok)

    @property
    def ng_share(self) -> float | None:
        """Share of NG, likewise."""
        return self._share(self.ng)

    @property
    def review_share(self) -> float | None:
        """Share of REVIEW, likewise."""
        return self._share(self.review)

    @property
    def error_share(self) -> float | None:
        """Share of ERROR, likewise."""
        return self._share(self.error)

    def _share(self, number: int) -> float | None:
        return number / self.total if self.total else None


class Panel(NamedTuple):
    """What the live page shows.

    Attributes:
        row: the last inspection; None before the first one.
        counts: one row of counters for each period.
    """

    row: InspectionRow | None
    counts: tuple[Count, ...]
