"""Writes results as JSON."""

import json
from pathlib import Path

from okng.evaluation.results.base import Result
from okng.files import write_atomic


def write_metrics(metrics: Result, path: Path) -> None:
    """Write results as JSON, whole or not at all."""
    write_atomic(
        path, json.dumps(metrics.plain(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    )
