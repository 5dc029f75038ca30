"""Numbers have the digits that a test can bear."""

import pytest

from okng.wording import between, percent


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.2358, "23.6 %"),
        (0.01, "1.0 %"),
        (0.0066, "0.66 %"),
        (0.00033, "0.033 %"),
        (0.9986, "99.86 %"),
        (0.0, "0 %"),
        (1.0, "100 %"),
        (None, "none"),
    ],
)
def test_percentage_has_two_digits_that_tell(share: float | None, text: str) -> None:
    """More near the ends, where a tenth of a per cent is much."""
    assert percent(share) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.1639, 0.3207, "16.4 to 32.1 %"),
        (0.0, 0.046, "0 to 4.6 %"),
        (0.0, 0.0009, "0 to 0.090 %"),
        (0.89353, 0.99949, "89.4 to 99.9 %"),
        (0.9935, 1.0, "99.35 to 100 %"),
        (0.5, 0.5, "50.0 to 50.0 %"),
    ],
)
def test_width_of_a_range_decides_its_digits(low: float, high: float, text: str) -> None:
    """Both ends have as many."""
    assert between(low, high) == text
