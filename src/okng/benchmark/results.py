"""What a benchmark measured. Data only."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from okng.certification.certificate import Machine
from okng.config import Runtime


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Latency(_Part):
    """Time from file to verdict, one photo at a time, in ms."""

    p50: float
    p95: float
    p99: float
    photos: int = Field(ge=1, description="photos that were timed")

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Self:
        """Percentiles of times in seconds, interpolated linearly."""
        p50, p95, p99 = (1000 * np.percentile(seconds, [50, 95, 99])).tolist()
        return cls(p50=p50, p95=p95, p99=p99, photos=len(seconds))


class Stages(_Part):
    """Where the time of one photo goes: medians in ms."""

    decode: float = Field(description="reading the file and decoding it")
    resize: float = Field(description="resize to the input of the network; 0 where the graph does")
    network: float = Field(description="the network, without heatmap")
    rest: float = Field(description="digest, record, verdict, and what is left of the latency")
    heatmap: float = Field(description="what heatmap and evidence add, where they are asked for")

    @property
    def shares(self) -> dict[str, float]:
        """Share of each stage in the time with a heatmap, in [0, 1]."""
        stages: dict[str, float] = self.model_dump()
        total = sum(stages.values()) or 1.0
        return {name: value / total for name, value in stages.items()}


class BenchmarkRow(_Part):
    """One model file on one runtime."""

    model: str = Field(description="path of the model file, as given")
    model_digest: str = Field(description="SHA-256 of the model file")
    precision: str = Field(description="of its network: float32, int8")
    runtime: Runtime
    threads: int = Field(description="CPU threads of the runtime")
    latency: Latency
    photos_per_second: float = Field(description="files to verdicts, as `okng predict` runs them")
    photos_per_second_with_heatmaps: float
    stages: Stages


class NotTimed(_Part):
    """A runtime that could not be timed, and why."""

    model: str
    runtime: Runtime
    reason: str


class Benchmark(_Part):
    """The whole result."""

    created: datetime = Field(default_factory=lambda: datetime.now(UTC))
    machine: Machine
    photos: int = Field(description="different photos")
    width: int = Field(description="of the first photo, in pixels")
    height: int = Field(description="likewise")
    rows: tuple[BenchmarkRow, ...]
    not_timed: tuple[NotTimed, ...] = ()
