"""The gate in simulated rounds: bad challengers that it lets through, good ones that it refuses.

    python benchmarks/line/gate.py [--rounds 200] [--seed 0]

Each round draws a champion and a challenger that judge the same parts. A part has a latent score
that both share in part, as two fits of one network do (correlation 0.9), and each model has its own
threshold. Parts have one to four photos. The truth of a pair is counted on 400,000 further parts
that the gate never sees:

- bad: at least 2 points more escapes, or 4 points more overkill, than the champion;
- good: not more of either than by 0.2 points.

Pairs in between belong to neither kind and are drawn again. Bad ones come in five kinds: a weaker
model, a threshold too high, one too low, a defect type that it does not see, and labels that were
wrong. Good ones are a fit like the champion, a slightly better one, and one that learned a defect
type that the champion lets pass. The frozen test has 400 good and 400 defective parts, reviews
show 60 parts, known escapes are the defective parts of further 2,000 that the champion of before
let pass.
"""

import argparse
from collections import Counter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from okng.evaluation.gate import Evidence, KnownEscape, MasterPhoto, Paired, judge_gate
from okng.evaluation.results.gate import GateLimits, GateResult

Floats = npt.NDArray[np.float64]
_SHARED = 0.9  # correlation of the noise of two fits
_TYPES = 4  # kinds of defects, equally frequent
_POOL = 400_000
_WORSE = (0.02, 0.04)
_ALIKE = 0.002
_GOOD = ("alike", "better", "new-type")
_BAD = ("weaker", "threshold-high", "threshold-low", "blind", "wrong-labels")


class Model(NamedTuple):
    """A model of the simulation.

    Attributes:
        distance: between good and defective parts of each type, in deviations of the noise.
        threshold: from which a part is NG.
    """

    distance: tuple[float, ...]
    threshold: float


class Parts(NamedTuple):
    """Photos of drawn parts.

    Attributes:
        kinds: -1 for good, else the type of the defect, int (N,).
        groups: int (N,).
        shared: noise that all models share, float (N,).
    """

    kinds: npt.NDArray[np.int64]
    groups: npt.NDArray[np.int64]
    shared: Floats


def main() -> None:
    """Print how many bad challengers were promoted, and how many good ones refused."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--parts", type=int, default=400, help="of each class in the test")
    parser.add_argument("--escape", type=float, default=GateLimits().escape)
    parser.add_argument("--overkill", type=float, default=GateLimits().overkill)
    asked = parser.parse_args()
    limits = GateLimits(escape=asked.escape, overkill=asked.overkill)
    rng = np.random.default_rng(asked.seed)
    for name, kinds, wanted in (("bad", _BAD, False), ("good", _GOOD, True)):
        passed: Counter[str] = Counter()
        rules: Counter[str] = Counter()
        for number in range(asked.rounds):
            kind = kinds[number % len(kinds)]
            result = _round(kind, rng, limits, asked.parts, good=wanted)
            passed[kind] += result.passed
            rules.update(check.rule for check in result.failed)
        total = sum(passed.values())
        counted = total if name == "bad" else asked.rounds - total
        word = "promoted" if name == "bad" else "refused"
        by_kind = {k: passed[k] if name == "bad" else _drawn(asked.rounds, kinds, k) - passed[k]
                   for k in kinds}  # fmt: skip
        print(f"{name}: {counted} of {asked.rounds} {word} {by_kind}; checks failed {dict(rules)}",
              flush=True)  # fmt: skip


def _drawn(rounds: int, kinds: tuple[str, ...], kind: str) -> int:
    return len(range(kinds.index(kind), rounds, len(kinds)))


def _round(
    kind: str, rng: np.random.Generator, limits: GateLimits, parts: int, *, good: bool
) -> GateResult:
    """The verdict on a pair of the wanted truth."""
    while True:
        champion, challenger = _pair(kind, rng)
        pool = _parts(_POOL // 2, _POOL // 2, rng)
        rates = [_rates(pool, model, rng) for model in (champion, challenger)]
        more = [after - before for before, after in zip(*rates, strict=True)]
        is_bad = more[0] >= _WORSE[0] or more[1] >= _WORSE[1]
        is_good = max(more) <= _ALIKE
        if is_good if good else is_bad:
            break
    evidence = _evidence(champion, challenger, parts, rng)
    return judge_gate(evidence, champion="a" * 64, challenger="b" * 64, limits=limits)


def _pair(kind: str, rng: np.random.Generator) -> tuple[Model, Model]:
    """A champion, and a challenger of a kind."""
    distance = tuple(rng.uniform(4.5, 6.5, _TYPES))
    champion = Model(distance, rng.uniform(2.0, 2.4))
    size = rng.uniform(0.5, 1.0)
    moved = np.array(distance)
    weak, blind = moved.copy(), moved.copy()
    weak[0], blind[rng.integers(_TYPES)] = 2.5, 2.5 * size
    threshold = champion.threshold
    if kind == "new-type":
        return Model(tuple(weak), threshold), champion
    challengers = {
        "alike": champion,
        "better": Model(tuple(moved + 0.5 * size), threshold),
        "weaker": Model(tuple(moved - 2 * size), threshold),
        "threshold-high": Model(distance, threshold + 1.5 * size),
        "threshold-low": Model(distance, threshold - 1.2 * size),
        "blind": Model(tuple(blind), threshold),
        # labels of some defective parts were "good": all types come nearer
        "wrong-labels": Model(tuple(moved * (1 - 0.4 * size)), threshold),
    }
    return champion, challengers[kind]


def _parts(good: int, defective: int, rng: np.random.Generator) -> Parts:
    kinds = np.concatenate([np.full(good, -1), rng.integers(_TYPES, size=defective)])
    photos = rng.integers(1, 5, len(kinds))
    groups = np.repeat(np.arange(len(kinds)), photos)
    # most of the noise belongs to the part, and some to the photo
    of_part = rng.standard_normal(len(kinds))[groups]
    shared = np.sqrt(0.7) * of_part + np.sqrt(0.3) * rng.standard_normal(len(groups))
    return Parts(kinds[groups], groups, shared)


def _verdicts(parts: Parts, model: Model, rng: np.random.Generator) -> npt.NDArray[np.str_]:
    own = rng.standard_normal(len(parts.kinds))
    noise = np.sqrt(_SHARED) * parts.shared + np.sqrt(1 - _SHARED) * own
    middle = np.where(parts.kinds < 0, 0.0, np.array(model.distance)[parts.kinds])
    return np.where(middle + noise >= model.threshold, "NG", "OK")


def _rates(parts: Parts, model: Model, rng: np.random.Generator) -> tuple[float, float]:
    """Escape rate and overkill rate."""
    verdicts, defective = _verdicts(parts, model, rng), parts.kinds >= 0
    return float((verdicts[defective] == "OK").mean()), float((verdicts[~defective] == "NG").mean())


def _evidence(champion: Model, challenger: Model, parts: int, rng: np.random.Generator) -> Evidence:
    test = _paired(_parts(parts, parts, rng), champion, challenger, rng)
    recent = _paired(_parts(30, 30, rng), champion, challenger, rng)
    return Evidence(test, recent, _escapes(champion, challenger, rng), _masters(challenger, rng))


def _paired(parts: Parts, one: Model, other: Model, rng: np.random.Generator) -> Paired:
    verdicts = (_verdicts(parts, model, rng) for model in (one, other))
    return Paired(parts.kinds >= 0, parts.groups, *verdicts)


def _escapes(
    champion: Model, challenger: Model, rng: np.random.Generator
) -> tuple[KnownEscape, ...]:
    """Defective parts that a weaker model of before let pass; the champion has learned them."""
    line = _parts(0, 2000, rng)
    before = Model(tuple(d - 0.5 for d in champion.distance), champion.threshold)
    passed = np.flatnonzero(_verdicts(line, before, rng) == "OK")
    # learned since: each is a deviation further from the good parts, to both
    learned = Parts(line.kinds[passed], line.groups[passed], line.shared[passed] + 2.0)
    verdicts = [_verdicts(learned, model, rng) for model in (champion, challenger)]
    return tuple(KnownEscape(str(n), a, b) for n, (a, b) in enumerate(zip(*verdicts, strict=True)))


def _masters(challenger: Model, rng: np.random.Generator) -> tuple[MasterPhoto, ...]:
    """Plain good and plain defective parts: three deviations from the threshold."""
    kinds = np.array([-1, -1, 0, 1, 2, 3])
    shared = np.where(kinds < 0, -1.0, 1.0)
    verdicts = _verdicts(Parts(kinds, np.arange(6), shared), challenger, rng)
    return tuple(
        MasterPhoto(str(n), "OK" if kind < 0 else "NG", str(verdict))
        for n, (kind, verdict) in enumerate(zip(kinds, verdicts, strict=True))
    )


if __name__ == "__main__":
    main()
