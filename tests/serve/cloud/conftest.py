"""A function of AWS Lambda on a session without a network."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from okng.config import StationSettings
from okng.serve.aws_lambda.function import Function
from okng.serve.aws_lambda.settings import lambda_settings
from okng.testing import BrightnessSession


@pytest.fixture
def function(exported: Path, session: BrightnessSession, tmp_path: Path) -> Iterator[Function]:
    """Without records; the score of a photo is its brightness."""
    given = StationSettings.model_validate({"station": {"folder": tmp_path / "function"}})
    function = Function(lambda_settings(given), exported)
    session.batches.clear()
    yield function
    function.close()
