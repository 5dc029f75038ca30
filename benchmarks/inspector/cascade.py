"""How many photos would need the second view, if the first one decided where it can.

A classifier of the first view's features is fitted to the verdicts of the whole file, out of fold.
Below the lowest of its scores among photos above the threshold, and above the highest among the
others, it gives the verdict of the whole file on all photos; between them both views are needed.

Usage: cascade.py RUN PHOTOS [EVERY]  (EVERY: take each so many-th row of scores.csv, 8)
"""

import sys
from pathlib import Path

import numpy as np
import onnx
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from okng import modelfile
from okng.inference.frames import Frame, read
from okng.inference.score_graph import score_graph
from okng.onnx_runtime import open_graph


def main(run: str, photos: str, every: str = "8") -> None:
    """Print the share of photos in between."""
    file = modelfile.read(Path(run) / "inspector.onnx")
    model = onnx.load_model_from_string(file.data)
    weights = next(t.name for t in model.graph.initializer if t.name.endswith("classifier.weight"))
    layer = next(node for node in model.graph.node if weights in node.input)
    kind = onnx.TensorProto.FLOAT
    model.graph.output.append(onnx.helper.make_tensor_value_info(layer.input[0], kind, None))
    session = open_graph(score_graph(model), 1)
    rows = pd.read_csv(Path(run) / "scores.csv").iloc[:: int(every)]
    frames = [read(Path(photos) / path, file.metadata.input) for path in rows["path"]]
    given = [
        session.run(["defect_score", layer.input[0]], {"photo": frame.pixels[None]})
        for frame in frames
        if isinstance(frame, Frame)
    ]
    above = np.array([score[0] for score, _ in given]) >= file.metadata.operating_point.threshold
    features = np.array([values[0] for _, values in given])
    first = features[:, : features.shape[1] // 2]  # maps of the first view come first
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=1e-3, max_iter=300))
    scores = cross_val_predict(classifier, first, above, cv=4, method="decision_function")
    between = (scores >= scores[above].min()) & (scores <= scores[~above].max())
    print(f"{len(scores)} photos, {above.sum()} above the threshold")
    print(f"AUC of the first view for these verdicts {roc_auc_score(above, scores):.3f}")
    print(
        f"both views needed for {between.mean():.1%}: {(1 + between.mean()) / 2:.2f} of all views"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
