"""One inspector in many threads: each photo gets its own score, whatever the engine."""

import importlib.util
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from okng import Inspector
from okng.config import Runtime


@pytest.mark.parametrize("runtime", list(Runtime))
def test_eight_threads_give_the_scores_of_one(
    exported: Path, photos: Path, runtime: Runtime
) -> None:
    """Scores from eight threads at once equal those from one, for every engine."""
    if importlib.util.find_spec(runtime) is None:
        pytest.skip(f"{runtime} is not installed")
    inspector = Inspector(exported, runtime=runtime, threads=1)
    files = sorted(photos.rglob("*.jpg"))
    alone = [inspector(file).defect_score for file in files]

    with ThreadPoolExecutor(8) as pool:
        rounds = [
            pool.submit(lambda: [inspector(file).defect_score for file in files]) for _ in range(8)
        ]
        together = [result.result() for result in rounds]

    assert all(scores == pytest.approx(alone, abs=1e-6) for scores in together)
