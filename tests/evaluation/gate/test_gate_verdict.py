"""The gate between two models, on verdicts that a test writes down."""

import numpy as np
import pytest

from okng.evaluation.gate import Evidence, KnownEscape, MasterPhoto, Paired, judge_gate
from okng.evaluation.results.gate import GateLimits, GateResult
from okng.testing.gate import paired
from okng.wording import Language, language


def judge(
    test: Paired,
    recent: Paired | None = None,
    escapes: tuple[KnownEscape, ...] = (),
    masters: tuple[MasterPhoto, ...] = (),
) -> GateResult:
    """The verdict on this evidence."""
    evidence = Evidence(test, recent, escapes, masters)
    return judge_gate(evidence, champion="a" * 64, challenger="b" * 64)


def failed(result: GateResult) -> list[str]:
    """Checks that were not passed."""
    return [check.rule for check in result.failed]


def test_a_challenger_that_judges_alike_passes() -> None:
    """Nothing speaks against it, and 500 parts of a class prove it."""
    result = judge(paired(escaped=(3, 3)))

    assert result.passed
    assert "at most" in result.checks[0].sentence


def test_more_escapes_are_refused() -> None:
    """Ten more of 500 defective parts are 2 %, and 1 % is allowed."""
    assert failed(judge(paired(escaped=(0, 10)))) == ["escapes"]


def test_more_overkill_is_refused() -> None:
    """Twenty more of 500 good parts are 4 %, and 2 % are allowed."""
    assert failed(judge(paired(rejected=(0, 20)))) == ["overkills"]


def test_parts_sent_to_a_person_do_not_hide_escapes() -> None:
    """A challenger that leaves every fifth good part to a person makes no error, and fails."""
    assert failed(judge(paired(review=(0, 100)))) == ["reviews"]


def test_a_small_test_allows_not_one_more_escape() -> None:
    """Thirty defective parts rule out no 1 %: one more escape is refused, none more is not."""
    kept, more = judge(paired(30)), judge(paired(30, escaped=(1, 2)))

    assert kept.passed
    assert failed(more) == ["escapes"]
    assert "too few" in kept.checks[0].sentence


def test_photos_of_one_part_are_one_piece_of_evidence() -> None:
    """500 photos of five parts prove as little as five photos."""
    test = paired(500)._replace(groups=np.arange(1000) // 100)
    result = judge(test)

    assert result.passed
    assert "too few" in result.checks[0].sentence


def test_more_errors_on_reviewed_parts_are_refused() -> None:
    """Reviewed parts show what the line sees today; one error more may be chance, three are not."""
    worse = judge(paired(), recent=paired(20, escaped=(0, 3)))
    chance = judge(paired(), recent=paired(20, escaped=(0, 1)))
    better = judge(paired(), recent=paired(20, escaped=(1, 0)))

    assert failed(worse) == ["recent"]
    assert chance.passed
    assert "chance" in chance.checks[3].sentence
    assert better.passed


def test_a_known_escape_must_stay_closed() -> None:
    """One part that the champion stops and the challenger lets pass is one too many."""
    escapes = (KnownEscape("S1", "NG", "NG"), KnownEscape("S2", "REVIEW", "OK"))
    result = judge(paired(), escapes=escapes)

    assert failed(result) == ["known-escapes"]
    assert result.failed[0].names == ("S2",)


def test_an_escape_that_the_champion_lets_pass_is_not_reopened() -> None:
    """The challenger is no worse than the champion there."""
    assert judge(paired(), escapes=(KnownEscape("S1", "OK", "OK"),)).passed


@pytest.mark.parametrize("verdict", ["OK", "REVIEW", "ERROR", None])
def test_every_master_part_must_be_right(verdict: str | None) -> None:
    """A wrong verdict, none, or one that leaves it to a person is not right."""
    masters = (MasterPhoto("M1", "OK", "OK"), MasterPhoto("M2", "NG", verdict))

    assert failed(judge(paired(), masters=masters)) == ["master-parts"]


def test_limits_are_settings() -> None:
    """A plant that allows 5 % more escapes gets them."""
    evidence = Evidence(paired(escaped=(0, 10)))
    limits = GateLimits(escape=0.05)

    assert judge_gate(evidence, champion="a", challenger="b", limits=limits).passed


def test_the_verdict_survives_its_file_and_speaks_german() -> None:
    """Reasons are codes with numbers, and English sentences beside them."""
    result = judge(paired(escaped=(0, 10)))
    again = GateResult.of_plain(result.plain())
    with language(Language.DE):
        german = again.message.text()

    assert again == result
    assert result.sentence.startswith("The challenger must not")
    assert german != result.sentence
