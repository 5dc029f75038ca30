"""Quantises a model file, and keeps in float32 what would change verdicts.

All layers first. Where that fails, groups of layers are quantised alone to see which of them move
scores most, and these stay in float32, one group after the other, while something is still gained.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx

from okng import modelfile
from okng.events import Advance, Progress
from okng.inference.frames import Frame
from okng.modelfile import ModelFile
from okng.quantization.gate import Comparison, FileVerdicts, compared, verdicts_of
from okng.quantization.layers import layer_groups, name_nodes
from okng.quantization.result import QuantizationResult
from okng.quantization.static import quantized

_RANGES = 128  # photos that show the range of every activation
_TRIED = 64  # photos on which single groups are tried


class Quantized(NamedTuple):
    """The file that came closest, and what it came to.

    Attributes:
        model: the graph in INT8.
        result: of the gate.
    """

    model: onnx.ModelProto
    result: QuantizationResult


def quantized_file(
    file: ModelFile, frames: Sequence[Frame], most_move: float, progress: Progress
) -> Quantized | None:
    """Quantise a model file as far as no verdict changes.

    Args:
        file: in float32.
        frames: photos that it was not fitted on.
        most_move: largest difference of a score that is accepted.
        progress: receives a stage with a step per trial.

    Returns:
        None for a file without layers that can be quantised.
    """
    search = _Search(file, frames, most_move)
    if not search.groups:
        return None
    with progress.stage("quantise", 2 * len(search.groups)) as advance:
        return search.run(advance)


class _Search:
    def __init__(self, file: ModelFile, frames: Sequence[Frame], most_move: float) -> None:
        self.file, self.frames, self.most_move = file, frames, most_move
        self.plain = onnx.load_model_from_string(file.data)
        name_nodes(self.plain.graph)
        self.groups = layer_groups(self.plain.graph)
        self.before = verdicts_of(file, frames)

    def run(self, advance: Advance) -> Quantized:
        best = self._tried(self.groups)
        advance()
        if best.result.accepted or len(self.groups) == 1:
            return best
        ranked = self._by_harm(advance)
        for dropped in range(1, len(self.groups)):
            trial = self._tried([g for g in self.groups if g not in ranked[:dropped]])
            advance()
            if len(trial.result.changed) <= len(best.result.changed):
                best = trial
            if trial.result.outcome in {"accepted", "no_gain"}:
                return trial
        return best

    def _by_harm(self, advance: Advance) -> list[list[str]]:
        """Groups, the one first that changes verdicts and moves scores most when it is alone."""
        some = self.frames[:_TRIED]
        before = FileVerdicts(self.before.model, self.before.verdicts[: len(some)])
        harm = []
        for group in self.groups:
            trial = self._compared(self._quantized([group]), before, some)
            harm.append((len(trial.changed), trial.largest_move))
            advance()
        order = sorted(range(len(harm)), key=harm.__getitem__, reverse=True)
        return [self.groups[number] for number in order]

    def _tried(self, groups: Sequence[Sequence[str]]) -> Quantized:
        model = self._quantized(groups)
        trial = self._compared(model, self.before, self.frames)
        return Quantized(
            model,
            QuantizationResult(
                outcome=trial.outcome(self.most_move),
                photos=len(self.frames),
                layers=sum(map(len, self.groups)),
                layers_int8=sum(map(len, groups)),
                faster=trial.faster,
                largest_move=trial.largest_move,
                most_move=self.most_move,
                changed=trial.changed,
            ),
        )

    def _quantized(self, groups: Sequence[Sequence[str]]) -> onnx.ModelProto:
        return quantized(self.plain, self._feeds(), [name for group in groups for name in group])

    def _feeds(self) -> Iterator[dict[str, np.ndarray]]:
        rows = np.unique(np.linspace(0, len(self.frames) - 1, _RANGES).astype(int))
        return ({"photo": self.frames[row].pixels[None]} for row in rows)

    def _compared(
        self, model: onnx.ModelProto, before: FileVerdicts, frames: Sequence[Frame]
    ) -> Comparison:
        with tempfile.TemporaryDirectory(prefix="okng-int8-") as folder:
            path = Path(folder) / "int8.onnx"
            copy = onnx.ModelProto()
            copy.CopyFrom(model)
            modelfile.write(copy, self.file.metadata, path)
            return compared(before, verdicts_of(modelfile.read(path), frames), frames)
