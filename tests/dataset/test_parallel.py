"""okng.dataset.parallel: order is kept, and nobody runs far ahead."""

import threading
import time
from itertools import count, islice

import pytest

from okng.dataset.parallel import in_order


def test_results_come_in_order() -> None:
    """However long each takes."""

    def square(number: int) -> int:
        time.sleep(0.002 * (number % 3))
        return number * number

    found = list(in_order(square, range(100), workers=8))

    assert found == [(n, n * n) for n in range(100)]


def test_endless_items_are_taken_as_they_are_needed() -> None:
    """A million files are not listed for the first ten."""
    numbers = count()

    assert len(list(islice(in_order(lambda n: n, numbers), 10))) == 10
    assert next(numbers) < 100


def test_who_stops_waits_for_a_few_only() -> None:
    """What has not begun is given up."""
    begun = []
    lock = threading.Event()

    def work(number: int) -> int:
        begun.append(number)
        lock.wait(0.02)
        return number

    for number, _ in in_order(work, range(1000), workers=2):
        if number == 3:
            break
    time.sleep(0.1)

    assert len(begun) < 20


def test_errors_reach_the_caller() -> None:
    """At their turn."""
    with pytest.raises(ZeroDivisionError):
        list(in_order(lambda n: 1 / n, [2, 1, 0]))
