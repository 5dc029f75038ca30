"""A proposed operating point for this camera, and what the known parts prove about it.

It changes nothing: a named person does, with a reason, on record.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from okng.error_codes import Code
from okng.errors import ModelFileError
from okng.evaluation.results import Message, Rate, message
from okng.modelfile import Metadata
from okng.station.camera.estimate import EVEN, Costs, Prior, fitted_threshold, width_of
from okng.station.camera.known import (
    Floats,
    KnownParts,
    KnownPhoto,
    known_parts,
    log_odds,
)
from okng.verdict import OperatingPoint

POLICY = "known parts"
"""Policy of an operating point that was proposed from known parts."""
GOAL = 0.01
"""Rate for which `needed` counts, unless another is given."""


@dataclass(frozen=True, slots=True)
class SideEvidence:
    """The known parts of one truth, and the errors on them.

    A part is wrong where any of its photos is. Each is counted at a threshold that was chosen
    without it, so that the count is evidence about parts that are yet to come.

    Attributes:
        parts: known parts.
        photos: of them.
        wrong_before: parts that are wrong at the threshold of now.
        wrong: parts that are wrong at a threshold chosen without them.
        rate: share of wrong parts, with its exact interval.
        bound: the largest rate that is not excluded at 95 %, one-sided.
        needed: parts without an error that would prove the goal.
        odd: serials of parts that are wrong.
    """

    parts: int
    photos: int
    wrong_before: int
    wrong: int
    rate: Rate
    bound: float
    needed: int
    odd: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ThresholdProposal:
    """A proposed operating point.

    Attributes:
        current: the operating point of the model file.
        point: the proposed one. A review band moves with the threshold; the limit of unfamiliarity
            stays.
        shift: of the threshold, in log-odds.
        good: known good parts; their errors are overkill.
        defective: known defective parts; their errors are escapes.
        unfamiliar: known parts that a person decides, whatever the threshold.
        goal: the rate that `needed` is for.
        messages: what it rests on, what it proves, and what it cannot prove.
    """

    current: OperatingPoint
    point: OperatingPoint
    shift: float
    good: SideEvidence
    defective: SideEvidence
    unfamiliar: int
    goal: float
    messages: tuple[Message, ...]

    @property
    def better(self) -> bool:
        """Whether fewer known parts are wrong than at the threshold of now."""
        return self.good.wrong + self.defective.wrong < (
            self.good.wrong_before + self.defective.wrong_before
        )


def propose(
    photos: Sequence[KnownPhoto],
    metadata: Metadata,
    *,
    costs: Costs = EVEN,
    goal: float = GOAL,
) -> ThresholdProposal:
    """Propose an operating point for the camera that took photos of known parts.

    Args:
        photos: of known good and known defective parts, with the scores of this model.
        metadata: of the model file; no run folder is needed.
        costs: of escapes and overkill.
        goal: rate for which the number of parts that would prove it is counted, in (0, 1).

    Raises:
        ModelFileError: the model has no OK class, so no threshold.
        StationError: too few parts, a part of both kinds, or a photo without a score.
    """
    if metadata.ok_class is None:
        raise ModelFileError(
            "The model has no OK class, and therefore no threshold",
            where=metadata.name,
            hint="Train with a class of good parts, named with `data.ok`.",
            code=Code.THRESHOLD_NO_OK_CLASS,
        )
    known, current = known_parts(photos), metadata.operating_point
    prior = Prior(float(log_odds(current.threshold)), width_of(metadata))
    shift = fitted_threshold(known, prior, costs) - prior.threshold
    good, defective = (
        _evidence(known, prior, costs, goal, is_defective=truth) for truth in (False, True)
    )
    point = _moved(current, shift)
    # parts, not photos
    strange = {p.part for p in photos if current.is_unfamiliar(p.unfamiliarity)}
    proposal = ThresholdProposal(current, point, shift, good, defective, len(strange), goal, ())
    return replace(proposal, messages=messages_of(proposal))


def messages_of(proposal: ThresholdProposal) -> tuple[Message, ...]:
    """A proposal as sentences, the most important first."""
    good, defective = proposal.good, proposal.defective
    sentences = [
        message(
            "threshold_proposed",
            before=proposal.current.threshold,
            after=proposal.point.threshold,
            good=good.parts,
            defective=defective.parts,
        )
    ]
    if defective.wrong + good.wrong and not proposal.better:
        sentences.append(message("threshold_no_better"))
    sentences.append(_before("escapes_before", defective))
    sentences.append(_before("overkills_before", good))
    sentences += _proof("escape", defective, proposal.goal)
    sentences += _proof("overkill", good, proposal.goal)
    odd = [*defective.odd, *good.odd]
    if odd:
        sentences.append(message("threshold_odd_parts", names=odd))
    if proposal.unfamiliar:
        sentences.append(
            message(
                "threshold_unfamiliar",
                count=proposal.unfamiliar,
                parts=good.parts + defective.parts,
            )
        )
    return tuple(sentences)


def _before(code: str, side: SideEvidence) -> Message:
    return message(code, errors=side.wrong_before, parts=side.parts)


def _proof(kind: str, side: SideEvidence, goal: float) -> list[Message]:
    if side.wrong:
        return [message(f"{kind}s_left_out", errors=side.wrong, parts=side.parts, bound=side.bound)]
    more = max(side.needed - side.parts, 0)
    return [
        message(f"no_{kind}_left_out", parts=side.parts, bound=side.bound),
        *([message(f"{kind}_proof_needs", goal=goal, more=more)] if more else []),
    ]


def _evidence(
    known: KnownParts, prior: Prior, costs: Costs, goal: float, *, is_defective: bool
) -> SideEvidence:
    side = known.defective if is_defective else known.good
    numbers = range(len(side.names))
    before = [_wrong(side.of_part(each), prior.threshold, is_defective) for each in numbers]
    from okng.evaluation.statistics.intervals import (  # noqa: PLC0415 - loads scipy
        proportion,
        upper_bound,
    )
    from okng.evaluation.statistics.sample_size import parts_needed  # noqa: PLC0415

    wrong = np.array(
        [
            _wrong(
                side.of_part(number),
                # leave one part out: a threshold that has seen a part proves nothing about it
                fitted_threshold(_without(known, number, is_defective), prior, costs),
                is_defective,
            )
            for number in numbers
        ]
    )
    count, parts = int(wrong.sum()), len(side.names)
    return SideEvidence(
        parts,
        len(side.logits),
        sum(before),
        count,
        proportion(wrong),
        upper_bound(count, parts),
        parts_needed(goal),
        tuple(name for name, each in zip(side.names, wrong, strict=True) if each),
    )


def _without(known: KnownParts, number: int, is_defective: bool) -> KnownParts:
    if is_defective:
        return KnownParts(known.good, known.defective.without(number))
    return KnownParts(known.good.without(number), known.defective)


def _wrong(logits: Floats, threshold: float, is_defective: bool) -> bool:
    """Whether any photo of a part is on the wrong side."""
    return bool((logits < threshold).any() if is_defective else (logits >= threshold).any())


def _moved(current: OperatingPoint, shift: float) -> OperatingPoint:
    """The operating point with threshold and band moved in log-odds."""

    def moved(score: float | None) -> float | None:
        if score is None or score in {0.0, 1.0}:  # an end of the band that is open stays open
            return score
        # moved in the logit, as the threshold is
        return float(1 / (1 + np.exp(-(log_odds(score) + shift))))

    threshold = moved(current.threshold)
    low, high = moved(current.review_low), moved(current.review_high)
    return current.model_copy(
        update={
            "threshold": threshold,
            "review_low": low,
            "review_high": high,
            "policy": POLICY,
            "reason": "",
            "chosen": None,
        }
    )
