"""Inspections as results of OPC 40100-1, and the last ones of them for clients that ask."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any, NamedTuple

from asyncua import ua

from okng.connect.vision_server.jobs import Asked, Job
from okng.connect.vision_server.types import vision
from okng.records import InspectionRow
from okng.station.clock import utc_of
from okng.verdict import Judgement


class ResultState(IntEnum):
    """Numbers of ResultStateDataType."""

    UNDEFINED = 0
    COMPLETED = 1
    PROCESSING = 2
    ABORTED = 3
    FAILED = 4


class Evaluation(IntEnum):
    """Numbers of ResultEvaluationEnum (OPC 40001-101), which fit here, too."""

    OK = 1
    NOT_OK = 2
    NOT_DECIDABLE = 3


EVALUATIONS = {
    Judgement.OK: Evaluation.OK,
    Judgement.NG: Evaluation.NOT_OK,
    Judgement.REVIEW: Evaluation.NOT_DECIDABLE,
    Judgement.ERROR: Evaluation.NOT_DECIDABLE,
}
CONTENT = ("evaluation", "verdict", "defect score", "class", "reason", "error code")
"""What the entries of ResultContent are, in their order; -1 is the score of an ERROR."""


def result_of(row: InspectionRow, job: Job | None) -> Any:
    """An inspection as a `ResultDataType`.

    Args:
        row: as it is on record.
        job: that it belongs to; None where no client started one.
    """
    asked = Asked() if job is None else job.asked
    received = utc_of(row.time_us).replace(tzinfo=None)
    decided = received + timedelta(microseconds=row.latency_us)
    failed = row.verdict == Judgement.ERROR
    part = row.serial or asked.part
    product = row.product or asked.product
    return vision.ResultDataType(
        ResultId=vision.ResultIdDataType(Id=row.id),
        HasTransferableDataOnFile=False,
        IsPartial=False,
        IsSimulated=False,
        ResultState=int(ResultState.FAILED if failed else ResultState.COMPLETED),
        MeasId=_identified(vision.MeasIdDataType, asked.measurement),
        PartId=_identified(vision.PartIdDataType, part),
        ExternalRecipeId=_identified(vision.RecipeIdExternalDataType, asked.recipe),
        InternalRecipeId=vision.RecipeIdInternalDataType(
            Id=row.model_name,
            Hash=bytes.fromhex(row.model_digest),
            HashAlgorithm="SHA-256",
        ),
        ProductId=_identified(vision.ProductIdDataType, product),
        InternalConfigurationId=vision.ConfigurationIdDataType(
            Id="operating-point",
            Hash=hashlib.sha256(row.operating_point.encode()).digest(),
            HashAlgorithm="SHA-256",
        ),
        JobId=vision.JobIdDataType(Id="" if job is None else job.id),
        CreationTime=decided,
        ProcessingTimes=vision.ProcessingTimesDataType(
            StartTime=received, EndTime=decided, ProcessingDuration=row.latency_us / 1000
        ),
        ResultContent=_content(row),
    )


def unjudged(job: Job, state: ResultState, code: str) -> Any:
    """The result of a job without an inspection: nothing is on record, and the part is rejected."""
    now = datetime.now(UTC).replace(tzinfo=None)
    texts = ("ERROR", -1.0, "", "", code)
    return vision.ResultDataType(
        ResultId=vision.ResultIdDataType(Id=f"none-{job.key}"),
        HasTransferableDataOnFile=False,
        IsPartial=False,
        IsSimulated=False,
        ResultState=int(state),
        MeasId=_identified(vision.MeasIdDataType, job.asked.measurement),
        PartId=_identified(vision.PartIdDataType, job.asked.part),
        ExternalRecipeId=_identified(vision.RecipeIdExternalDataType, job.asked.recipe),
        InternalRecipeId=vision.RecipeIdInternalDataType(Id=""),
        ProductId=_identified(vision.ProductIdDataType, job.asked.product),
        InternalConfigurationId=vision.ConfigurationIdDataType(Id=""),
        JobId=vision.JobIdDataType(Id=job.id),
        CreationTime=now,
        ProcessingTimes=vision.ProcessingTimesDataType(StartTime=now, EndTime=now),
        ResultContent=[
            ua.Variant(int(Evaluation.NOT_DECIDABLE), ua.VariantType.Int32),
            *(ua.Variant(value) for value in texts),
        ],
    )


def _content(row: InspectionRow) -> list[ua.Variant]:
    score = -1.0 if row.score_e9 is None else row.score_e9 / 1e9
    evaluation = EVALUATIONS[Judgement(row.verdict)]
    return [
        ua.Variant(int(evaluation), ua.VariantType.Int32),
        ua.Variant(row.verdict, ua.VariantType.String),
        ua.Variant(score, ua.VariantType.Double),
        ua.Variant(row.class_name, ua.VariantType.String),
        ua.Variant(row.reason, ua.VariantType.String),
        ua.Variant(row.error_code, ua.VariantType.String),
    ]


def _identified(kind: Callable[..., Any], identifier: str | None) -> Any:
    return None if identifier is None else kind(Id=identifier)


class Page(NamedTuple):
    """Some results of a list.

    Attributes:
        results: in the order in which they came.
        complete: whether there are no more after them.
    """

    results: list[Any]
    complete: bool


class Wanted(NamedTuple):
    """What results are asked for; None and an undefined state for any."""

    state: int = 0
    measurement: str | None = None
    part: str | None = None
    recipe: str | None = None
    product: str | None = None
    job: str | None = None

    def fits(self, result: Any) -> bool:
        """Whether a result is one of these."""
        fields = ("MeasId", "PartId", "ExternalRecipeId", "ProductId", "JobId")
        if self.state and result.ResultState != self.state:
            return False
        pairs = zip(fields, self[1:], strict=True)
        return all(wanted is None or _id(getattr(result, name)) == wanted for name, wanted in pairs)


def _id(value: Any) -> str | None:
    return None if value is None else str(value.Id)


class ResultStore:
    """The last results, in the order in which they came; used by the thread of the server.

    Args:
        capacity: results; older ones are in the records of the station.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._results: OrderedDict[str, Any] = OrderedDict()

    def add(self, result: Any) -> bool:
        """Keep it; False where it is there already."""
        identifier = str(result.ResultId.Id)
        if identifier in self._results:
            return False
        self._results[identifier] = result
        while len(self._results) > self._capacity:
            self._results.popitem(last=False)
        return True

    def get(self, identifier: str) -> Any | None:
        """A result by its id; None where it is not there any more."""
        return self._results.get(identifier)

    def page(self, wanted: Wanted, start: int, most: int) -> Page:
        """Results that fit: `most` of them at most, from number `start` of those that do.

        Args:
            wanted: which.
            start: from 0.
            most: 0 for all.
        """
        fitting: Sequence[Any] = list(self._fitting(wanted))
        end = len(fitting) if most == 0 else start + most
        return Page(list(fitting[start:end]), end >= len(fitting))

    def _fitting(self, wanted: Wanted) -> Iterator[Any]:
        return (result for result in self._results.values() if wanted.fits(result))
