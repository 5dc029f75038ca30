"""The threshold for this camera, from known parts that ran through the line as batches."""

import math

from starlette.responses import HTMLResponse

from okng.records import InspectionRow, Records
from okng.records.queries import InspectionFilter
from okng.serve.context import ServingNow
from okng.serve.security import Scope
from okng.serve.web.around import FrameNow, RecordsNow, answer
from okng.serve.web.callers import KnownNow
from okng.serve.web.formats import E9
from okng.serve.web.routing import pages
from okng.station.camera.known import FEWEST_DEFECTIVE, FEWEST_GOOD, KnownPhoto
from okng.station.camera.proposal import ThresholdProposal, propose
from okng.wording import language, render

router = pages()
_MOST = 500  # photos of a batch: known parts are few


@router.get("/camera")
def camera(
    frame: FrameNow,
    serving: ServingNow,
    records: RecordsNow,
    caller: KnownNow,
    good: str = "",
    defective: str = "",
) -> HTMLResponse:
    """The page of the threshold for this camera."""
    name, engine = serving.station.models.live()
    proposal, texts = None, []
    if good.strip() and defective.strip():
        photos = [
            *_known(records, good.strip(), engine.digest, is_defective=False),
            *_known(records, defective.strip(), engine.digest, is_defective=True),
        ]
        proposal = propose(photos, engine.metadata)
        texts = _texts(frame.preferences.language, proposal)
    return answer(
        "camera", frame, model=name, good=good, defective=defective, proposal=proposal,
        texts=texts, fewest_good=FEWEST_GOOD, fewest_defective=FEWEST_DEFECTIVE,
        may_change=Scope.CHANGE in caller.scopes,
    )  # fmt: skip


def _texts(chosen: str, proposal: ThresholdProposal) -> list[str]:
    with language(chosen):
        return [render(message.code, message.values) for message in proposal.messages]


def _known(
    records: Records, batch: str, model_digest: str, *, is_defective: bool
) -> list[KnownPhoto]:
    wanted = InspectionFilter(batch=batch, model_digest=model_digest, role=None)
    return [_photo(row, is_defective=is_defective) for row in records.page(wanted, _MOST).rows]


def _photo(row: InspectionRow, *, is_defective: bool) -> KnownPhoto:
    return KnownPhoto(
        row.serial or row.id, is_defective, _number(row.score_e9), _number(row.unfamiliarity_e9)
    )


def _number(value_e9: int | None) -> float:
    return math.nan if value_e9 is None else value_e9 / E9
