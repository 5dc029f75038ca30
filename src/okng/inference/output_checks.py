"""Checks the outputs of a runtime before they become a verdict.

Once at load, on two photos of noise, and again in every batch: a score that is no number, or none
of [0, 1], must never become an OK.
"""

from collections.abc import Iterator

import numpy as np

from okng.error_codes import Code
from okng.errors import ModelFileError
from okng.inference.score_graph import DRAWN
from okng.inference.sessions import Arrays, Session
from okng.modelfile import WHOLE_RESIZE, Metadata

_SLACK = 1e-3  # of a probability: float32, and engines that add in another order
_TRIAL = (24, 40)  # height and width of a photo: cheap, and no side like another


def try_session(session: Session, metadata: Metadata) -> None:
    """Judge two photos of noise and throw the result away.

    Heatmaps are left out: a line may never draw one, and they need the whole graph.

    Raises:
        ModelFileError: the engine cannot run the graph, or its results are no scores.
    """
    rules = metadata.input
    # As the line gives them: files that resize as `okng.resize` does get photos of their own size.
    sides = (rules.image_size,) * 2 if rules.resize == WHOLE_RESIZE else _TRIAL
    photos = np.random.default_rng(0).integers(0, 256, (2, *sides, 3), dtype=np.uint8)
    results = session.run(photos, [name for name in session.outputs if name not in DRAWN])
    for fault in filter(None, row_faults(results, len(photos), len(metadata.classes))):
        raise ModelFileError(
            f"The model file gives no usable results on a trial photo: {fault}",
            hint="Take inspector.onnx from a run folder.",
            code=Code.MODEL_NO_RESULTS,
        )


def row_faults(results: Arrays, rows: int, classes: int) -> list[str]:
    """What is wrong with the result of each photo; an empty text where it can be used.

    Args:
        results: by the name of the output.
        rows: photos of the batch.
        classes: values that `probabilities` must have per photo.
    """
    shapes = list(_shape_faults(results, rows, classes))
    if shapes:
        return [shapes[0]] * rows
    if _all_sound(results):  # all rows at once: a batch of 8 takes 0.03 ms, one by one 0.12 ms
        return [""] * rows
    return [next(_value_faults(results, row), "") for row in range(rows)]


def _shape_faults(results: Arrays, rows: int, classes: int) -> Iterator[str]:
    wanted = {"probabilities": (rows, classes), "defect_score": (rows,), "unfamiliarity": (rows,)}
    for name, values in results.items():
        if getattr(values, "dtype", np.dtype(object)).kind != "f":
            yield f"{name} holds no numbers"
        elif values.shape[:1] != (rows,) or values.shape != wanted.get(name, values.shape):
            yield f"{name} of {rows} photos has the shape {values.shape}"


def _all_sound(results: Arrays) -> bool:
    inside = all(
        bool(((values >= -_SLACK) & (values <= 1 + _SLACK)).all())  # NaN is neither
        for name, values in results.items()
        if name not in DRAWN
    )
    totals = results["probabilities"].sum(axis=1)
    return inside and bool((abs(totals - 1) <= 10 * _SLACK).all())


def _value_faults(results: Arrays, row: int) -> Iterator[str]:
    for name in results.keys() - DRAWN:
        values = results[name][row]
        inside = (values >= -_SLACK) & (values <= 1 + _SLACK)  # NaN is neither
        if not np.all(inside):
            yield f"{name} is {np.ravel(values)[~np.ravel(inside)][0]:g}, not in [0, 1]"
    total = float(results["probabilities"][row].sum())
    if abs(total - 1) > 10 * _SLACK:
        yield f"the probabilities sum to {total:g}"
