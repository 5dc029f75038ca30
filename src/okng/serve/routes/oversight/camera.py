"""A threshold for this camera, proposed from parts of known truth."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from okng.errors import MissingError, StationError
from okng.records.canonical import from_e9
from okng.serve.context import Serving, ServingNow
from okng.serve.oversight_bodies import KnownPartGiven, KnownPartsGiven, ProposalBody
from okng.serve.problems import responses
from okng.serve.routes.inspections import records_of
from okng.serve.schemas import SERIAL
from okng.serve.security import Scope, require
from okng.station.camera.estimate import Costs
from okng.station.camera.known import KnownPhoto
from okng.station.camera.proposal import propose

router = APIRouter(prefix="/api/v1/camera", tags=["camera"])


@router.post(
    "/threshold-proposals",
    dependencies=[Depends(require(Scope.REVIEW))],
    responses={**responses(400, 401, 403, 404, 422, 503)},
)
def propose_threshold(
    serving: ServingNow,
    given: KnownPartsGiven,
    model: Annotated[str | None, Query(max_length=SERIAL)] = None,
) -> ProposalBody:
    """Propose an operating point from inspections of parts whose truth is known.

    Inspections with the same serial are one part. Nothing is changed: an admin puts the proposal
    into force with `PUT /api/v1/models/{name}/operating-point` and a reason.
    """
    name, engine = serving.station.models.live(model)
    proposal = propose(
        [_known(serving, part, engine.digest) for part in given.parts],
        engine.metadata,
        costs=Costs(given.cost_escape, given.cost_overkill),
        goal=given.goal,
    )
    return ProposalBody.of(proposal, model=name, digest=engine.digest)


def _known(serving: Serving, part: KnownPartGiven, digest: str) -> KnownPhoto:
    row = records_of(serving).inspection(part.inspection)
    if row is None:
        raise MissingError(
            "There is no such inspection", where=part.inspection, hint="Take its identifier."
        )
    if row.model_digest != digest:
        raise StationError(
            "An inspection was judged by another model file, so its score does not count",
            where=part.inspection,
            hint="Show the part again, and take the new inspection.",
        )
    score, unfamiliarity = from_e9(row.score_e9), from_e9(row.unfamiliarity_e9)
    return KnownPhoto(
        row.serial or row.id,
        part.truth == "NG",
        float("nan") if score is None else score,
        float("nan") if unfamiliarity is None else unfamiliarity,
    )
