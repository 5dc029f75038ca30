"""A result never belongs to the part before, whatever the order of events: thousands of orders."""

import itertools
import random
from collections import Counter

import pytest

from okng.connect.plc.handshake import Rules
from okng.connect.plc.part_numbers import next_number
from okng.connect.plc.signals import Fault, Outputs
from okng.testing.line.plc.plc_program import Bin, Trouble
from okng.testing.line.plc.plc_schedule import Pace, Schedule

SINGLE: list[Trouble] = [kind for kind in Trouble if kind is not Trouble.NEVER_ACKNOWLEDGES]


def _drawn(seed: int) -> Schedule:
    """A run of eight parts: paces, defects and troubles follow from the seed."""
    draw = random.Random(seed)  # noqa: S311 - a simulation
    parts = [f"part-{number}" for number in range(8)]
    pace = Pace(
        scan_s=draw.choice((0.001, 0.005, 0.02, 0.2)),
        poll_s=draw.choice((0.002, 0.01, 0.03)),
        wire_s=draw.choice((0.0, 0.002, 0.02)),
        exposure_s=draw.choice(((0.0, 0.001), (0.005, 0.05))),
        judging_s=draw.choice(((0.0, 0.001), (0.01, 0.1), (0.05, 0.9))),
        silent=draw.choice((0.0, 0.0, 0.2)),
    )
    bad = {part for part in parts if draw.random() < 0.4}
    troubles: dict[str, Trouble] = {
        part: draw.choice(SINGLE) for part in parts if draw.random() < 0.3
    }
    first = draw.choice((1, 2**32 - 4))
    return Schedule(seed, parts, bad, troubles, pace, Rules(deadline_s=0.5), first)


def _check_outputs(shown: list[Outputs], run: Schedule) -> None:
    """OK stands at the PLC only with the number of a part that the engine found good."""
    for outputs in shown:
        verdicts = outputs.ok + (outputs.ng or outputs.review)
        assert verdicts == outputs.results_ready
        assert outputs.ng or not outputs.error
        if outputs.ok:
            part, _ = run.answers[outputs.result_number]
            assert part not in run.bad
            assert outputs.error_number == Fault.NONE


def _check_run(run: Schedule) -> None:
    plc = run.run()
    read = [outputs.result_number for outputs in plc.results]

    assert plc.done, f"seed {run.seed} hangs"
    assert set(plc.bins) == set(run.parts)
    wrong = [part for part in run.bad if plc.bins[part] is Bin.GOOD]
    assert not wrong, f"seed {run.seed}: {wrong} passed"
    assert (
        Counter(read) == Counter(dict.fromkeys(read, 1)) or Trouble.RESTART in run.troubles.values()
    )
    _check_outputs(run.shown, run)


def _check_undisturbed(run: Schedule) -> None:
    """Without trouble each part has the bin of its own verdict, and numbers follow each other."""
    if run.troubles or run.pace.silent or run.pace.judging_s[1] > run.rules.deadline_s:
        return
    expected = {part: Bin.REJECT if part in run.bad else Bin.GOOD for part in run.parts}
    numbers = [taken.number for taken in run.taken]

    assert run.plc.bins == expected
    assert [taken.serial for taken in run.taken] == list(run.parts)
    assert numbers == [outputs.result_number for outputs in run.plc.results]
    assert all(next_number(a) == b for a, b in itertools.pairwise(numbers))


@pytest.mark.parametrize("start", range(0, 40, 20))
def test_no_order_of_events_lets_a_bad_part_pass(start: int) -> None:
    """40 orders: paces of 1 to 200 ms, torn words, late verdicts, wrong and missing triggers."""
    for seed in range(start, start + 20):
        run = _drawn(seed)
        _check_run(run)
        _check_undisturbed(run)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(1_000, 11_000, 1_000))
def test_no_order_of_thousands_lets_a_bad_part_pass(start: int) -> None:
    """Ten thousand more of them."""
    for seed in range(start, start + 1_000):
        run = _drawn(seed)
        _check_run(run)
        _check_undisturbed(run)
