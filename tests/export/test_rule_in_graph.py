"""The graph compares score and threshold as `decide` does, also right at the threshold."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from okng import modelfile
from okng.config import Runtime
from okng.inference.sessions import ON_CPU, open_session
from okng.testing import draw_part
from okng.verdict import Judgement, OperatingPoint, Output, decide

PHOTO = draw_part(3, size=40).photo[None]


def _run(path: Path, threshold: float, runtime: Runtime) -> tuple[Output, np.ndarray]:
    """Output and heatmap of one photo, by a file that is sealed with this threshold."""
    metadata = modelfile.read(path).metadata
    point = OperatingPoint(threshold=threshold)
    modelfile.seal(path, metadata.model_copy(update={"operating_point": point}))
    session = open_session(modelfile.read(path).data, runtime, 1)
    results = session.run(PHOTO, ["probabilities", "defect_score", "heatmap"])
    return Output(results["probabilities"][0], results["defect_score"][0]), results["heatmap"]


@pytest.mark.parametrize("runtime", ON_CPU)
def test_the_heatmap_explains_the_class_that_is_decided(
    exported: Path, tmp_path: Path, runtime: Runtime
) -> None:
    """With thresholds at the score and its neighbours in float32, in float64, and between them."""
    if importlib.util.find_spec(runtime) is None:
        pytest.skip(f"{runtime} is not installed")
    path = tmp_path / "inspector.onnx"
    path.write_bytes(exported.read_bytes())
    output, for_defect = _run(path, 0.0, runtime)
    _, for_ok = _run(path, 1.0, runtime)
    assert not np.array_equal(for_defect, for_ok)
    score = np.float32(output.defect_score)
    below, above = (float(np.nextafter(score, np.float32(end))) for end in (0, 1))
    exact = float(score)
    thresholds = [below, exact, above, (below + exact) / 2, (exact + above) / 2,
                  0.9 * exact + 0.1 * above, float(np.nextafter(exact, 0)),
                  float(np.nextafter(exact, 1))]  # fmt: skip

    verdicts = set()
    for threshold in thresholds:
        same, heatmap = _run(path, threshold, runtime)
        assert same.defect_score == score
        verdict = decide(same, OperatingPoint(threshold=threshold), has_ok=True).verdict
        expected = for_defect if verdict is Judgement.NG else for_ok
        assert np.array_equal(heatmap, expected), threshold
        verdicts.add(verdict)
    assert verdicts == {Judgement.NG, Judgement.OK}
