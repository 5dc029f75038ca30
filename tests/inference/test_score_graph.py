"""The part of a model file that scores are computed from."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from okng import modelfile
from okng.commands.train import Run
from okng.config import Runtime
from okng.inference.score_graph import (
    DRAWN,
    input_side,
    only,
    output_names,
    skip_resize,
)
from okng.inference.sessions import open_session
from okng.modelfile.graph import ancestors
from okng.onnx_runtime import open_graph
from okng.preprocess import shrink

PHOTOS = np.random.default_rng(0).integers(0, 255, (3, 50, 40, 3), np.uint8)


def _model(path: Path) -> onnx.ModelProto:
    return onnx.load_model_from_string(modelfile.read(path).data)


def test_it_has_the_scores_and_fewer_nodes(run: Run) -> None:
    """Heatmap and evidence, and what only they need, are gone."""
    whole = _model(run.model_file)
    scores = set(output_names(whole)) - DRAWN
    part = onnx.load_model_from_string(only(_model(run.model_file), scores))

    assert set(output_names(part)) == scores
    assert 0 < len(part.graph.node) < len(whole.graph.node)
    onnx.checker.check_model(part)


def test_scores_are_the_same_to_the_last_bit(run: Run) -> None:
    """With heatmaps, by the whole graph, and without."""
    session = open_session(modelfile.read(run.model_file).data, Runtime.ONNXRUNTIME, 1)
    scores = [name for name in session.outputs if name not in DRAWN]
    alone, whole = session.run(PHOTOS, scores), session.run(PHOTOS, session.outputs)

    assert set(whole) - set(alone) == DRAWN
    assert all(np.array_equal(alone[name], whole[name]) for name in scores)


@pytest.mark.parametrize("level", [0, 128, 255, None])
def test_photos_of_the_right_size_skip_the_resize(run: Run, level: int | None) -> None:
    """To the last bit, with heatmaps and without: black, grey, white, and noise."""
    file = modelfile.read(run.model_file)
    side = file.metadata.input.image_size
    noise = np.random.default_rng(1).integers(0, 256, (3, side, side, 3), np.uint8)
    photos = noise if level is None else np.full_like(noise, level)
    session = open_session(file.data, Runtime.ONNXRUNTIME, 1)
    whole = open_graph(file.data, 1)

    for outputs in (["defect_score", "probabilities"], list(session.outputs)):
        expected = dict(zip(outputs, whole.run(outputs, {"photo": photos}), strict=True))
        given = session.run(photos, outputs)
        assert all(np.array_equal(given[name], expected[name]) for name in outputs)


def test_the_resize_is_left_out_once_its_size_is_known(run: Run) -> None:
    """Its products are gone; a graph that does not state the size keeps them."""
    plain, skipped, unknown = (_model(run.model_file) for _ in range(3))
    side = modelfile.read(run.model_file).metadata.input.image_size
    skip_resize(skipped.graph)
    del unknown.graph.value_info[:]

    assert (input_side(plain.graph), input_side(unknown.graph)) == (side, None)
    before, after = (len(ancestors(m.graph, ["defect_score"])) for m in (plain, skipped))
    assert after < before - 50
    untouched = unknown.SerializeToString()
    skip_resize(unknown.graph)
    assert unknown.SerializeToString() == untouched


def test_a_graph_that_needs_the_size_of_the_photo_keeps_its_resize(run: Run) -> None:
    """Its outputs would be computed from the size of the network's input in place of it."""
    model = _model(run.model_file)
    shape = onnx.helper.make_node("Shape", ["photo"], ["photo_size"])
    model.graph.node.append(shape)
    size = onnx.helper.make_tensor_value_info("photo_size", onnx.TensorProto.INT64, [4])
    model.graph.output.append(size)

    assert input_side(model.graph) is None


def test_photos_of_other_sizes_are_resized_by_the_graph(run: Run) -> None:
    """As by any other program that runs the file."""
    file = modelfile.read(run.model_file)
    session = open_session(file.data, Runtime.ONNXRUNTIME, 1)
    side = file.metadata.input.image_size
    resized = np.stack([shrink(photo, side) for photo in PHOTOS])
    scores = [session.run(photos, ["defect_score"])["defect_score"] for photos in (PHOTOS, resized)]

    assert np.array_equal(scores[0], scores[1])


@pytest.mark.parametrize("asked", [("heatmap",), ("evidence", "defect_score")])
def test_a_picture_can_be_asked_for_at_any_time(exported: Path, asked: tuple[str, ...]) -> None:
    """The whole graph is opened then."""
    session = open_session(modelfile.read(exported).data, Runtime.ONNXRUNTIME, 1)
    session.run(PHOTOS, ["defect_score"])

    assert set(session.run(PHOTOS, asked)) == set(asked)
