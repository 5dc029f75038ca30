"""One pass of the exported file over all photos; all that follows is computed from its scores."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import special

from okng.evaluation import Scores
from okng.evaluation.metrics.calibration import calibrated_logits
from okng.modelfile import Calibration, Metadata
from okng.verdict import Verdict


def at_point(raw: Scores, metadata: Metadata) -> Scores:
    """Scores of an uncalibrated file as the file with this metadata gives them.

    Args:
        raw: scores of the file before it had a calibration and an operating point.
        metadata: with calibration and operating point.
    """
    scores = calibrated(raw, metadata.calibration)
    if metadata.ok_class is not None:
        return scores.decided_by(metadata.operating_point)
    table = scores.table.assign(threshold=metadata.operating_point.threshold)
    return Scores(table, scores.classes, scores.ok_class)


def calibrated(raw: Scores, calibration: Calibration) -> Scores:
    """The table with calibrated probabilities and defect scores; verdicts stay as they are.

    The same arithmetic as in the graph (`okng.export.graph`), in float64; rounded to float32, as
    the file gives them. The two differ by about 1e-7.
    """
    logits = calibrated_logits(calibration, raw.probabilities)  # (N, K)
    # Rounded to float32, as the graph gives them, so that a verdict next to the threshold is the
    # same.
    values = special.softmax(logits, axis=1).astype(np.float32).astype(float)
    names = [f"p_{name}" for name in raw.classes]
    table = raw.table.copy()
    table[names] = values
    if raw.ok_class is not None:
        # P(defective) in logits: 1 - P(OK) has no digits left near 1
        defect = special.expit(special.logsumexp(logits[:, 1:], axis=1) - logits[:, 0])
        rounded = pd.Series(defect.astype(np.float32).astype(float), index=table.index)
        # a photo that could not be read has no score
        table["defect_score"] = rounded.where(table["error"] == "")
    return Scores(table, raw.classes, raw.ok_class)


def verdicts_at(scores: Scores, raw: Sequence[Verdict]) -> list[Verdict]:
    """Verdicts of a pass, with the scores of the table in the same order."""
    rows = zip(raw, scores.defect_scores, scores.probabilities, strict=True)
    return [
        verdict
        if verdict.error
        else replace(
            verdict,
            defect_score=float(score),
            probabilities=dict(zip(scores.classes, map(float, values), strict=True)),
        )
        for verdict, score, values in rows
    ]
