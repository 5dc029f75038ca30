"""Bodies of requests and answers under `/api/v1`. They do not know FastAPI."""

from okng.serve.schemas.inspections import (
    SERIAL,
    BatchBody,
    BatchItem,
    DetailBody,
    InspectionBody,
    PageBody,
    ReviewBody,
    ReviewGiven,
    ReviewShort,
)
from okng.serve.schemas.models import ModelBody, OperatingPointGiven
from okng.serve.schemas.problems import Alive, Problem, Ready
from okng.serve.schemas.statistics import PeriodBody, ReviewedBody, StatisticsBody

__all__ = [
    "SERIAL",
    "Alive",
    "BatchBody",
    "BatchItem",
    "DetailBody",
    "InspectionBody",
    "ModelBody",
    "OperatingPointGiven",
    "PageBody",
    "PeriodBody",
    "Problem",
    "Ready",
    "ReviewBody",
    "ReviewGiven",
    "ReviewShort",
    "ReviewedBody",
    "StatisticsBody",
]
