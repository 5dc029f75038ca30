"""The verdict of the gate, check by check.

On the frozen test a challenger must be shown to be no worse: the end of the interval of the
difference counts, not its middle (a test of non-inferiority). Where the test has too few parts to
show that even of a model that judges every part alike, not one more error is allowed. Parts are
counted, not photos; see `okng.evaluation.statistics.paired_intervals`.
"""

from collections.abc import Sequence

import numpy as np
from scipy.stats import binomtest

from okng.evaluation.gate.evidence import Evidence, KnownEscape, MasterPhoto, Paired
from okng.evaluation.results import Message, english, message
from okng.evaluation.results.gate import GateCheck, GateLimits, GateResult, GateRule
from okng.evaluation.statistics.intervals import Bools, Groups, clopper_pearson
from okng.evaluation.statistics.paired_intervals import share_difference
from okng.verdict import Judgement

_NAMED = 5  # photos or serials that a sentence names
_CHANCE = 0.2
"""Probability of chance from which on more errors on reviewed parts refuse a challenger."""
STANDARD = GateLimits()


def judge_gate(
    evidence: Evidence, *, champion: str, challenger: str, limits: GateLimits = STANDARD
) -> GateResult:
    """Judge whether a challenger may take the place of a champion.

    Args:
        evidence: verdicts of both.
        champion: SHA-256 of its model file.
        challenger: likewise.
        limits: by how much it may be worse on the frozen test.
    """
    test = evidence.test
    escaped, rejected, deferred = (
        tuple(verdicts == word for verdicts in (test.champion, test.challenger))
        for word in (Judgement.OK, Judgement.NG, Judgement.REVIEW)
    )
    everything = np.ones(test.photos, dtype=bool)
    checks = (
        _no_worse("escapes", test, escaped, test.defective, limits.escape),
        _no_worse("overkills", test, rejected, ~test.defective, limits.overkill),
        _no_worse("reviews", test, deferred, everything, limits.review),
        _recent(evidence.recent),
        _known_escapes(evidence.escapes),
        _master_parts(evidence.masters),
    )
    failed = sum(not check.passed for check in checks)
    verdict = (
        message("gate_refused", failed=failed, checks=len(checks))
        if failed
        else message("gate_passed", checks=len(checks))
    )
    return GateResult(
        passed=not failed,
        champion=champion,
        challenger=challenger,
        limits=limits,
        checks=checks,
        message=verdict,
        sentence=english([verdict])[0],
    )


def _no_worse(
    rule: GateRule, test: Paired, hits: Sequence[Bools], kind: Bools, limit: float
) -> GateCheck:
    """Whether a share of the challenger is shown not to be higher by more than the limit."""
    a, b = (each[kind] for each in hits)
    parts = len(np.unique(test.groups[kind]))
    if not parts:
        return _check(rule, False, message(f"gate_{_code(rule)}_untested"))
    difference = share_difference(a, b, test.groups[kind])
    values = {"a": float(a.mean()), "b": float(b.mean()), "limit": limit, "parts": parts}
    # what a challenger that judges every part alike would be shown to be
    few = difference.high is None or clopper_pearson(0, parts)[1] > limit
    if few:
        passed = difference.value <= 0
        code = "few_kept" if passed else "few_more"
        values["more"] = int(b.sum()) - int(a.sum())
    else:
        passed = difference.high is not None and difference.high <= limit
        code = "within" if passed else "beyond"
        values["high"] = difference.high or 0.0
    return _check(
        rule,
        passed,
        message(f"gate_{_code(rule)}_{code}", **values),
        photos=int(kind.sum()),
        champion=int(a.sum()),
        challenger=int(b.sum()),
        difference=difference,
    )


def _code(rule: GateRule) -> str:
    return rule.removesuffix("s").replace("-", "_")


def _recent(recent: Paired | None) -> GateCheck:
    """Whether the challenger makes no more errors on reviewed parts than chance explains.

    Reviewed parts are few. A rule of "not one more error" refused a fifth of good challengers, and
    no bad one that the frozen test had not refused (benchmarks/line/LOG.md).
    """
    if recent is None or not recent.photos:
        return _check("recent", True, message("gate_recent_none"))
    a, b = recent.wrong()
    p = _chance(a, b, recent.groups)
    counts = {
        "photos": recent.photos, "parts": len(np.unique(recent.groups)),
        "a": int(a.sum()), "b": int(b.sum()),
    }  # fmt: skip
    code = "kept" if counts["b"] <= counts["a"] else "chance" if p > _CHANCE else "more"
    return _check(
        "recent",
        code != "more",
        message(f"gate_recent_{code}", p=p, **counts),
        photos=recent.photos,
        champion=counts["a"],
        challenger=counts["b"],
        difference=share_difference(a, b, recent.groups),
    )


def _chance(a: Bools, b: Bools, groups: Groups) -> float:
    """How likely two equal models differ so much to the second one's cost: sign test over parts."""
    numbers = np.unique(groups, return_inverse=True)[1]
    more = np.bincount(numbers, weights=b.astype(float) - a)
    worse, better = int((more > 0).sum()), int((more < 0).sum())
    if not worse:
        return 1.0
    return float(binomtest(worse, worse + better, alternative="greater").pvalue)


def _known_escapes(escapes: Sequence[KnownEscape]) -> GateCheck:
    if not escapes:
        return _check("known-escapes", True, message("gate_known_escape_none"))
    reopened = tuple(escape.name for escape in escapes if escape.reopened)
    passing = [
        sum(verdict == Judgement.OK for verdict in verdicts)
        for verdicts in zip(*((e.champion, e.challenger) for e in escapes), strict=True)
    ]
    sentence = (
        message("gate_known_escape_reopened", count=len(reopened), names=_some(reopened))
        if reopened
        else message("gate_known_escape_kept", count=len(escapes))
    )
    return _check(
        "known-escapes", not reopened, sentence, photos=len(escapes), names=reopened,
        champion=passing[0], challenger=passing[1],
    )  # fmt: skip


def _master_parts(masters: Sequence[MasterPhoto]) -> GateCheck:
    if not masters:
        return _check("master-parts", True, message("gate_master_part_none"))
    missing = tuple(part.serial for part in masters if part.verdict is None)
    wrong = tuple(p.serial for p in masters if p.verdict is not None and p.verdict != p.truth)
    if wrong:
        sentence = message("gate_master_part_wrong", count=len(wrong), names=_some(wrong))
    elif missing:
        sentence = message("gate_master_part_missing", count=len(missing), names=_some(missing))
    else:
        sentence = message("gate_master_part_right", count=len(masters))
    return _check(
        "master-parts", not wrong and not missing, sentence, photos=len(masters),
        names=(*wrong, *missing), challenger=len(wrong),
    )  # fmt: skip


def _some(names: Sequence[str]) -> list[str]:
    return [*names[:_NAMED], *(["..."] if len(names) > _NAMED else [])]


def _check(
    rule: GateRule,
    passed: bool,
    content: Message,
    *,
    photos: int = 0,
    **further: object,
) -> GateCheck:
    values = {"rule": rule, "passed": passed, "photos": photos, "message": content, **further}
    return GateCheck.model_validate({**values, "sentence": english([content])[0]})
