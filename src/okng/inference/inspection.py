"""The record of one inspection: which photo, which model file, when, and the result.

`okng predict` prints it and a station stores it. It holds no pixels.
"""

import json
import math
import os
import threading
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import Any

from okng.verdict import Judgement, OperatingPoint, Verdict, number_or_none

TRACE = ("id", "time", "station", "photo_digest", "model_digest", "okng_version", "latency_ms",
         "error_code")  # fmt: skip
"""Columns that an inspection has beside those of its verdict."""


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    """One photo that was judged.

    Attributes:
        id: UUID version 7. Those of one process rise in the order of the verdicts, also where the
            clock jumps back.
        time: UTC, in milliseconds, when the photo was received.
        station: name of the station, or None.
        photo_digest: SHA-256 of the bytes of the file as given, in hex; None for photos that came
            as arrays or images, and where no byte could be read.
        model_digest: SHA-256 of the model file, in hex.
        operating_point: threshold, band and limit with which it was decided.
        verdict: the result.
        latency_ms: from receipt to verdict, with waiting and reading.
        okng_version: of the program that judged.
        error_code: why the verdict is ERROR, one of `okng.error_codes.Code`, or empty.
    """

    id: str
    time: datetime
    station: str | None
    photo_digest: str | None
    model_digest: str
    operating_point: OperatingPoint
    verdict: Verdict
    latency_ms: float
    okng_version: str
    error_code: str = ""

    @property
    def path(self) -> str:
        """The photo's path, or empty for photos that came as bytes or arrays."""
        return self.verdict.path

    def to_row(self) -> dict[str, str | float | None]:
        """The row of its verdict, and behind that the columns of `TRACE`."""
        return self.verdict.to_row() | {
            "id": self.id,
            "time": _written(self.time),
            "station": self.station,
            "photo_digest": self.photo_digest,
            "model_digest": self.model_digest,
            "okng_version": self.okng_version,
            "latency_ms": self.latency_ms,
            "error_code": self.error_code or None,
        }

    def to_json(self) -> str:
        """The record as JSON in ASCII, without heatmap and evidence; `from_json` reads it."""
        verdict = self.verdict
        trace = {name: value for name, value in self.to_row().items() if name in TRACE}
        document = trace | {
            "operating_point": self.operating_point.model_dump(mode="json"),
            "verdict": {
                "verdict": verdict.verdict.value,
                "defect_score": number_or_none(verdict.defect_score),
                "class_name": verdict.class_name,
                "probabilities": verdict.probabilities,
                "threshold": verdict.threshold,
                "path": verdict.path,
                "error": verdict.error,
                "unfamiliarity": number_or_none(verdict.unfamiliarity),
                "reason": verdict.reason,
            },
        }
        return json.dumps(document, allow_nan=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Inspection":
        """Read what `to_json` wrote.

        Raises:
            ValueError: it is no such record.
        """
        try:
            document = json.loads(text)
            verdict = _verdict(document.pop("verdict"))
            point = OperatingPoint.model_validate(document.pop("operating_point"))
            received = datetime.fromisoformat(document.pop("time"))
            code = document.pop("error_code") or ""
            return cls(time=received, operating_point=point, verdict=verdict, error_code=code,
                       **document)  # fmt: skip
        except (KeyError, TypeError, AttributeError) as exc:
            raise ValueError(f"This is no record of an inspection: {exc}") from exc


def _verdict(document: dict[str, Any]) -> Verdict:
    score, unfamiliarity = document["defect_score"], document["unfamiliarity"]
    return Verdict(
        Judgement(document["verdict"]),
        math.nan if score is None else score,
        document["class_name"],
        document["probabilities"],
        document["threshold"],
        document["path"],
        document["error"],
        unfamiliarity=math.nan if unfamiliarity is None else unfamiliarity,
        reason=document["reason"],
    )


def utc(wall_ns: int) -> datetime:
    """Nanoseconds since 1970 as a time in UTC, in whole milliseconds."""
    seconds, rest = divmod(wall_ns // 1_000_000, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=1000 * rest)


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


@cache
def okng_version() -> str:
    """The version of the installed okng."""
    return version("okng")


class _Ids:
    """UUIDs of version 7 (RFC 9562, method 3): 48 bits ms, 12 bits of its parts, 62 bits random."""

    def __init__(self) -> None:
        self._lock, self._last = threading.Lock(), 0

    def next(self) -> str:
        """An identifier above all that this process has made."""
        with self._lock:
            now = time.time_ns()
            # 4,096 ticks in a millisecond: 244 ns each.
            ticks = (now // 1_000_000 << 12) | (now % 1_000_000 << 12) // 1_000_000
            self._last = max(ticks, self._last + 1)
            ticks = self._last
        # Bits from the top: 48 ms, 4 version, 12 parts of a ms, 2 variant, 62 random.
        random = int.from_bytes(os.urandom(8)) & (1 << 62) - 1
        value = ticks >> 12 << 80 | 7 << 76 | (ticks & 0xFFF) << 64 | 2 << 62 | random
        return str(uuid.UUID(int=value))


new_id = _Ids().next
"""Makes the identifier of an inspection."""
