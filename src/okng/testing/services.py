"""Programs beside okng that some tests need, such as a broker."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


class MissingService(Exception):  # noqa: N818 - a reason to skip, no fault
    """A program that a test needs is not installed; the text gives its name."""


@contextmanager
def services_or_skip() -> Iterator[None]:
    """Skip the test where a service is missing, or fail where `OKNG_REQUIRE_SERVICES` is set."""
    import pytest  # noqa: PLC0415 - not there where okng is installed without its tests

    try:
        yield
    except MissingService as reason:
        if os.environ.get("OKNG_REQUIRE_SERVICES"):
            pytest.fail(f"Not installed: {reason}")
        pytest.skip(f"Not installed: {reason}")
