"""The graph of the model file: uint8 photos -> calibrated probabilities, defect score, heatmap.

Everything that an inspection needs is computed inside: resize, grey conversion, normalisation,
the network, calibration, a heatmap of the decided class, and the novelty score. It has no access to
files, and to no threshold but the constant that `modelfile.seal` fills in.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the name everybody knows

from okng.export.heatmap import heatmap_of
from okng.export.resize import Resize
from okng.training.artifacts import TrainedModel
from okng.training.data.loader import photos_at_once
from okng.training.networks.layers.input_transform import Prepare


class InspectionGraph(nn.Module):
    """A trained network with all that surrounds it on the line.

    Args:
        model: the network, its rules and classes.

    The buffers `calibration_scale` (1,), `calibration_bias` (K,) and `threshold` (1,) become
    constants of these names in the ONNX graph.
    """

    calibration_scale: Tensor
    calibration_bias: Tensor
    threshold: Tensor

    def __init__(self, model: TrainedModel) -> None:
        super().__init__()
        self.network = model.network.eval()
        self.resize = Resize(model.rules.image_size)
        self.prepare = Prepare(model.rules)
        self.size = model.rules.image_size
        self.has_ok = model.ok_class is not None
        self.novelty = model.novelty
        classes = len(model.classes)
        self.register_buffer("calibration_scale", torch.ones(1))
        self.register_buffer("calibration_bias", torch.zeros(classes))
        self.register_buffer("threshold", torch.full((1,), 0.5))
        photo = torch.zeros(1, model.rules.channels, self.size, self.size)
        self.heat = heatmap_of(self.network, photo=photo, classes=classes)

    def forward(self, photo: Tensor) -> tuple[Tensor, ...]:
        """Inspect photos.

        Args:
            photo: uint8 (N, H, W, 3), RGB.

        Returns:
            probabilities float32 (N, K), defect score float32 (N,), both in [0, 1]; heatmap
            float32 (N, h, w) in [0, 1], for the decided class; evidence float32 (N, h, w), what
            each place adds to the log-odds of defective before calibration, whatever the verdict;
            and, where the model has a novelty detector, unfamiliarity float32 (N,) in [0, 1].
        """
        network = self.network
        maps = self._maps(photo)
        probabilities, score = self._scores(network.head(maps))
        heat = self.heat(maps, self._against(self._decided(probabilities, score)))
        evidence = self.heat(maps, self._for_defective(probabilities))
        outputs = probabilities, score, _from_zero_to_one(heat), evidence
        if self.novelty is None:
            return outputs
        return *outputs, self.novelty(network.descriptor(maps))

    def scores(self, photo: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """The outputs of `forward` that decide, without its heatmaps.

        Args:
            photo: uint8 (N, H, W, 3), RGB.

        Returns:
            probabilities float32 (N, K), defect score float32 (N,), and unfamiliarity float32 (N,)
            or None.
        """
        network = self.network
        maps = self._maps(photo)
        probabilities, score = self._scores(network.head(maps))
        if self.novelty is None:
            return probabilities, score, None
        return probabilities, score, self.novelty(network.descriptor(maps))

    def judge_pixels(self, photos: Tensor) -> tuple[Tensor, Tensor]:
        """Score photos that have the network's size already, as training decodes them.

        Args:
            photos: uint8 (N, S, S, 3), RGB.

        Returns:
            probabilities float32 (N, K), defect score float32 (N,), as `forward` gives them.
        """
        network = self.network
        inputs = self.prepare(photos.permute(0, 3, 1, 2).float() / 255)
        return self._scores(network.head(network.features(inputs)))

    @torch.no_grad()
    def fit_reference(self, photos: npt.NDArray[np.uint8]) -> None:
        """Measure the mean heat of good parts, to subtract it from heatmaps.

        Args:
            photos: uint8 (N, S, S, 3) of good parts, RGB, of the network's size.
        """
        if len(photos):
            at_once = photos_at_once(self.size, self.network.passes)
            batches = np.array_split(photos, -(-len(photos) // at_once))
            self.heat.fit_reference(self._maps(torch.from_numpy(batch)) for batch in batches)

    def _maps(self, photo: Tensor) -> Any:
        return self.network.features(self.prepare(self.resize(photo)))

    def _scores(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Calibrated probabilities (N, K) and defect score (N,) of logits (N, outputs)."""
        both = self._both_sides(logits)
        calibrated = both * self.calibration_scale + self.calibration_bias
        return torch.softmax(calibrated, dim=1), self._defect_score(calibrated)

    @staticmethod
    def _both_sides(logits: Tensor) -> Tensor:
        if logits.shape[1] > 1:
            return logits
        return torch.cat([torch.zeros_like(logits), logits], dim=1)

    def _defect_score(self, calibrated: Tensor) -> Tensor:
        if not self.has_ok:
            return torch.ones_like(calibrated[:, 0])
        defects = torch.logsumexp(calibrated[:, 1:], dim=1)
        return torch.sigmoid(defects - calibrated[:, 0])

    def _decided(self, probabilities: Tensor, score: Tensor) -> Tensor:
        """One-hot float32 (N, K): the OK class below the threshold, else the likeliest defect."""
        classes = probabilities.shape[1]
        if not self.has_ok:
            return F.one_hot(probabilities.argmax(1), classes).float()
        defect = F.one_hot(probabilities[:, 1:].argmax(1) + 1, classes).float()
        good = F.one_hot(torch.zeros_like(defect[:, 0], dtype=torch.long), classes).float()
        # In float32, with the constant of `okng.verdict.float32_threshold`: as `decide` compares.
        is_defective = (score >= self.threshold).float()[:, None]
        return defect * is_defective + good * (1 - is_defective)

    def _against(self, decided: Tensor) -> Tensor:
        """Weights of the classes in the heatmap (N, K): a defect against OK, or OK against them.

        By its own score alone, a defect that shows by something missing would have no place.
        """
        if not self.has_ok:
            return decided
        is_ok = decided[:, :1]
        defects = decided.shape[1] - 1
        return decided - torch.cat([1 - is_ok, is_ok.expand(-1, defects) / defects], dim=1)

    def _for_defective(self, probabilities: Tensor) -> Tensor:
        """Weights of the classes in the evidence (N, K): the most probable defect against OK.

        In log-odds. Without an OK class: the most probable class against the mean of the others.
        """
        classes = probabilities.shape[1]
        if not self.has_ok:
            return F.one_hot(probabilities.argmax(1), classes).float()
        defect = F.one_hot(probabilities[:, 1:].argmax(1) + 1, classes).float()
        good = F.one_hot(torch.zeros_like(defect[:, 0], dtype=torch.long), classes).float()
        # Two classes share one output, and the heatmap adds both sides of it: each weighs half.
        return (defect - good) * (0.5 if classes == 2 else 1.0)


def _from_zero_to_one(heat: Tensor) -> Tensor:
    """Positive heat (N, h, w), scaled: 0 at the lowest place of a photo, 1 at the highest."""
    heat = torch.relu(heat)
    lowest = heat.amin((1, 2), keepdim=True)
    highest = heat.amax((1, 2), keepdim=True)
    return (heat - lowest) / (highest - lowest + 1e-7)
