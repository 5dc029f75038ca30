"""The part of a model file that scores are computed from."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from okng import modelfile
from okng.commands.train import Run
from okng.config import Runtime
from okng.inference.score_graph import DRAWN, output_names, score_graph
from okng.inference.sessions import open_session

PHOTOS = np.random.default_rng(0).integers(0, 255, (3, 50, 40, 3), np.uint8)


def _model(path: Path) -> onnx.ModelProto:
    return onnx.load_model_from_string(modelfile.read(path).data)


def test_it_has_the_scores_and_fewer_nodes(run: Run) -> None:
    """Heatmap and evidence, and what only they need, are gone."""
    whole = _model(run.model_file)
    part = onnx.load_model_from_string(score_graph(_model(run.model_file)))

    assert set(output_names(part)) == set(output_names(whole)) - DRAWN
    assert 0 < len(part.graph.node) < len(whole.graph.node)
    onnx.checker.check_model(part)


def test_scores_are_the_same_to_the_last_bit(run: Run) -> None:
    """With heatmaps, by the whole graph, and without."""
    session = open_session(modelfile.read(run.model_file).data, Runtime.ONNXRUNTIME, 1)
    scores = [name for name in session.outputs if name not in DRAWN]
    alone, whole = session.run(PHOTOS, scores), session.run(PHOTOS, session.outputs)

    assert set(whole) - set(alone) == DRAWN
    assert all(np.array_equal(alone[name], whole[name]) for name in scores)


@pytest.mark.parametrize("asked", [("heatmap",), ("evidence", "defect_score")])
def test_a_picture_can_be_asked_for_at_any_time(exported: Path, asked: tuple[str, ...]) -> None:
    """The whole graph is opened then."""
    session = open_session(modelfile.read(exported).data, Runtime.ONNXRUNTIME, 1)
    session.run(PHOTOS, ["defect_score"])

    assert set(session.run(PHOTOS, asked)) == set(asked)
