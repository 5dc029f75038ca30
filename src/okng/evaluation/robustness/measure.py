"""Do verdicts hold when photos change? Asked of the model file, on a sample of the test.

Gives the range in which the sample shows that verdicts hold, and the changes at which it shows
that they turn; what lies between is not known. One turned verdict of 30 is 3 %, which neither
shows a limit of 2 % nor refutes it: limits are read off the interval, never off the share.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from okng.errors import PhotoError
from okng.evaluation.results import Message, message
from okng.evaluation.results.trust import (
    Robustness,
    RobustnessKind,
    RobustnessLevel,
    TurningLevels,
    UsableRange,
)
from okng.evaluation.robustness.perturbations import KINDS, Kind, Photo
from okng.evaluation.scores import Scores
from okng.evaluation.statistics.intervals import (
    Bools,
    Floats,
    Groups,
    proportion,
    upper_rate,
)
from okng.evaluation.statistics.sample_size import parts_needed
from okng.events import Progress, Silent
from okng.inference import Inspector
from okng.verdict import Judgement, Verdict, reaches_threshold

PHOTOS = 96  # half of them defective; 30 levels each
LIMIT = 0.02  # of the verdicts that a change may turn
_LONGEST = 1024  # pixels of the longer side: networks see less, and changes cost time by pixel
_TOGETHER = 32  # changed photos in memory at once: 100 MB
_STRANGE = 0.1  # of the photos beyond what is unfamiliar unchanged: the station has warned


class _Answers(NamedTuple):
    scores: Floats
    review: Bools
    unfamiliarity: Floats | None
    outside: Bools


class _Sample(NamedTuple):
    photos: list[Photo]
    defective: Bools
    groups: Groups


def robustness(
    inspector: Inspector,
    root: Path,
    scores: Scores,
    *,
    photos: int = PHOTOS,
    progress: Progress | None = None,
    leave_out: Collection[str] = (),
) -> Robustness | None:
    """Judge changed photos.

    Args:
        inspector: the model file.
        root: folder that the paths of the scores are relative to.
        scores: of the reported photos, with an OK class; their threshold is applied.
        photos: at most so many are changed; half of them good where there are enough, and from as
            many parts as possible. Sides beyond 1024 pixels are shrunk to that first.
        progress: who is told how far it is.
        leave_out: kinds of changes that are not tried, as rotation where parts lie anyhow.

    Returns:
        None where no photo can be read.
    """
    sample = _sample(inspector, root, scores, photos)
    if not sample.photos:
        return None
    threshold = float(scores.table["threshold"].iloc[0])
    tried = [kind for kind in KINDS if kind.name not in leave_out]
    steps = sum(len(kind.levels) for kind in tried)
    with (progress or Silent()).stage("robustness", steps) as advance:
        plain = _judge(inspector, sample.photos)
        kinds = []
        for kind in tried:
            levels = []
            for level in kind.levels:
                answers = (
                    plain if level == kind.neutral else _changed(inspector, sample, kind, level)
                )
                levels.append(_level(level, plain, answers, sample, threshold))
                advance()
            kinds.append(_kind(kind, levels))
    parts = len(np.unique(sample.groups))
    return Robustness(
        photos=len(sample.photos),
        groups=parts,
        limit=LIMIT,
        needed=needed(),
        left_out=tuple(kind.name for kind in KINDS if kind.name in leave_out),
        kinds=tuple(kinds),
        messages=tuple(_conclusions(kinds, parts)),
    )


def needed() -> int:
    """Parts from which on a sample without a turned verdict shows the limit, to the next ten."""
    return -(-parts_needed(LIMIT) // 10) * 10  # rounded up to whole tens


def _sample(inspector: Inspector, root: Path, scores: Scores, count: int) -> _Sample:
    rng = np.random.default_rng(0)
    rows: list[int] = []
    valid = np.asarray(scores.table["error"] == "")
    for kind in (scores.is_defective, ~scores.is_defective):
        order = rng.permutation(np.flatnonzero(kind & valid))
        fresh = np.zeros(len(order), dtype=bool)
        fresh[np.unique(scores.groups[order], return_index=True)[1]] = True
        # parts before further photos of the same part
        rows += [*order[fresh], *order[~fresh]][: -(-count // 2)]
    paths = scores.table["path"]
    read = [(row, _read(inspector, root / paths.iloc[row])) for row in sorted(rows)]
    readable = [(row, photo) for row, photo in read if photo is not None]
    chosen = np.array([row for row, _ in readable], dtype=np.int64)
    return _Sample([p for _, p in readable], scores.is_defective[chosen], scores.groups[chosen])


def _read(inspector: Inspector, path: Path) -> Photo | None:
    try:
        photo = inspector.read(path)
    except PhotoError:
        return None
    image = Image.fromarray(photo)
    image.thumbnail((_LONGEST, _LONGEST))
    return np.asarray(image)


def _changed(inspector: Inspector, sample: _Sample, kind: Kind, level: float) -> _Answers:
    return _judge(inspector, (kind.apply(photo, level) for photo in sample.photos))


def _judge(inspector: Inspector, photos: Iterator[Photo] | Sequence[Photo]) -> _Answers:
    stream, verdicts = iter(photos), list[Verdict]()
    while part := list(islice(stream, _TOGETHER)):
        verdicts += inspector.judge(part)
    strange = np.array([verdict.unfamiliarity for verdict in verdicts])
    return _Answers(
        np.array([v.defect_score for v in verdicts]),
        np.array([v.verdict is Judgement.REVIEW for v in verdicts]),
        None if np.isnan(strange).any() else strange,  # the model file gives none
        np.array([verdict.reason == "unfamiliar" for verdict in verdicts]),
    )


def _level(
    level: float, plain: _Answers, answers: _Answers, sample: _Sample, threshold: float
) -> RobustnessLevel:
    before, after = (reaches_threshold(a.scores, threshold) for a in (plain, answers))
    drift = np.abs(answers.scores - plain.scores)
    known, unfamiliarity = answers.unfamiliarity is not None, answers.unfamiliarity
    return RobustnessLevel(
        level=level,
        drift=float(drift.mean()),
        drift_95=float(np.quantile(drift, 0.95)),
        flipped=proportion(before != after, sample.groups),
        holds=_holds(before != after, sample.groups),
        turns=_turns(before != after, sample.groups),
        to_ok=int((before & ~after).sum()),
        to_ng=int((~before & after).sum()),
        escapes=int((sample.defective & ~after).sum()),
        overkills=int((~sample.defective & after).sum()),
        review=int(answers.review.sum()),
        unfamiliarity=None if unfamiliarity is None else float(np.median(unfamiliarity)),
        outside=float(answers.outside.mean()) if known else None,
    )


def _holds(turned: Bools, groups: Groups) -> bool:
    """Whether the sample shows, at 95 % one-sided, that verdicts hold."""
    upper = upper_rate(turned, groups)
    return upper is not None and upper <= LIMIT


def _turns(turned: Bools, groups: Groups) -> bool:
    """Whether the sample shows, at 95 % one-sided, that verdicts turn."""
    lower = upper_rate(~turned, groups)
    return lower is not None and 1 - lower > LIMIT


def _kind(kind: Kind, levels: list[RobustnessLevel]) -> RobustnessKind:
    middle = kind.levels.index(kind.neutral)
    sides = levels[middle::-1], levels[middle:]  # from the unchanged photo outwards, to either side
    low, high = (_last_usable(side) for side in sides)
    turns_low, turns_high = (_turning(side) for side in sides)
    warnings = [w for w in map(_warned_first, sides) if w is not None]
    return RobustnessKind(
        kind=kind.name,
        unit=kind.unit,
        neutral=kind.neutral,
        levels=tuple(levels),
        usable=UsableRange(
            low=low, high=high, tested_low=kind.levels[0], tested_high=kind.levels[-1]
        ),
        turns=TurningLevels(low=turns_low, high=turns_high),
        warned_first=all(warnings) if warnings else None,
    )


def _last_usable(side: list[RobustnessLevel]) -> float | None:
    """The farthest level up to which the sample shows that verdicts hold; None if it cannot.

    The photo as it is turns nothing by definition, so it is no evidence: a sample that shows
    nothing at the next level knows no range, unless verdicts are shown to turn there.
    """
    if len(side) == 1:  # the unchanged photo is the end of the scale, as with blur
        return side[0].level
    last = None
    for row in side[1:]:
        if not row.holds:
            break
        last = row.level
    if last is None and side[1].turns:
        return side[0].level
    return last


def _turning(side: list[RobustnessLevel]) -> float | None:
    """The level nearest to the photo as it is at which verdicts are shown to turn."""
    return next((row.level for row in side if row.turns), None)


def _warned_first(side: list[RobustnessLevel]) -> bool | None:
    """Whether more photos are called unfamiliar, at the latest where verdicts are shown to turn."""
    unchanged = side[0].outside
    if unchanged is None:
        return None
    for row in side:
        if row.outside is not None and row.outside >= unchanged + _STRANGE:
            return True if any(r.turns for r in side) else None
        if row.turns:
            return False
    return None


def _conclusions(kinds: list[RobustnessKind], parts: int) -> Iterator[Message]:
    yield _range(kinds, parts)
    turning = [
        (kind.kind, level, kind.unit)
        for kind in kinds
        if kind.turns is not None
        for level in (kind.turns.low, kind.turns.high)
        if level is not None
    ]
    if turning:
        yield message("turning", limit=LIMIT, levels=turning)
    silent = [kind.kind for kind in kinds if kind.warned_first is False]
    if silent:
        yield message("no_warning", kinds=silent)


def _range(kinds: list[RobustnessKind], parts: int) -> Message:
    """In which range verdicts are shown to hold, or that so few parts cannot show one."""
    if parts < parts_needed(LIMIT):
        return message("range_unknown", parts=parts, limit=LIMIT, needed=needed())
    shown = [
        (kind.kind, kind.usable.low, kind.usable.high, kind.unit)
        for kind in kinds
        if None not in (kind.usable.low, kind.usable.high)
    ]
    if not shown:
        return message("range_none", limit=LIMIT)
    return message("range", limit=LIMIT, ranges=shown)
