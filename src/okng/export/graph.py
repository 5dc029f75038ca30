"""The graph of the model file: uint8 photos -> calibrated probabilities, defect score, heatmap.

Everything that an inspection needs is computed inside: resize, grey conversion, normalisation,
the network, calibration, and a heatmap of the judged class. It does not know files or thresholds
other than the constant that `modelfile.seal` fills in.
"""

from typing import cast

import torch
from torch import Tensor, nn
from torch.fx import GraphModule
from torch.fx.experimental.proxy_tensor import make_fx
from torch.nn import functional as F  # noqa: N812 - the name everybody knows

from okng.export.decompositions import decompositions
from okng.train.architecture import as_network
from okng.train.backbone import Backbone
from okng.train.depths import MultiDepth
from okng.train.inputs import Prepare
from okng.train.saved import TrainedModel

_TRACED_PHOTOS = 7  # a count that no other size in a head is likely to share


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
        self.prepare = Prepare(model.rules)
        self.size = model.rules.image_size
        self.has_ok = model.ok_class is not None
        classes = len(model.classes)
        self.register_buffer("calibration_scale", torch.ones(1))
        self.register_buffer("calibration_bias", torch.zeros(classes))
        self.register_buffer("threshold", torch.full((1,), 0.5))
        if not isinstance(self.network, MultiDepth):
            self.gradient = self._trace_gradient(model.rules.channels, classes)

    def forward(self, photo: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Inspect photos.

        Args:
            photo: uint8 (N, H, W, 3), RGB.

        Returns:
            probabilities float32 (N, K), defect score float32 (N,), both in [0, 1], and heatmap
            float32 (N, h, w) in [0, 1], for the judged class: each place's share of the score
            where the classifier is linear in the maps, else gradient times map (HiResCAM, Draelos
            and Carin, 2020), which is Grad-CAM where the head averages over the places.
        """
        seen = self.prepare(self._resize(photo))
        if isinstance(self.network, MultiDepth):
            levels = self.network.maps(seen)
            probabilities, score = self._scores(
                self.network.classifier(self.network.pooled(levels))
            )
            heat = self.network.shares(levels, self._slopes(self._judged(probabilities, score)))
        else:
            maps = as_network(self.network).features(seen)
            probabilities, score = self._scores(as_network(self.network).head(maps))
            heat = self._gradient_map(maps, self._against(self._judged(probabilities, score)))
        return probabilities, score, _from_zero_to_one(heat)

    def _scores(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Calibrated probabilities (N, K) and defect score (N,) of what the network said."""
        both = self._both_sides(logits)
        calibrated = both * self.calibration_scale + self.calibration_bias
        return torch.softmax(calibrated, dim=1), self._defect_score(calibrated)

    def _slopes(self, judged: Tensor) -> Tensor:
        """By what each feature changes the score of the judged class: float32 (N, F)."""
        slopes = cast("MultiDepth", self.network).classifier.weight
        if slopes.shape[0] == 1:
            return (judged[:, 1:] - judged[:, :1]) @ slopes
        return judged @ (slopes - slopes.mean(0, keepdim=True))

    def _resize(self, photo: Tensor) -> Tensor:
        rows = resize_weights(photo.shape[1], self.size, photo.device)
        columns = resize_weights(photo.shape[2], self.size, photo.device)
        channels_first = photo.permute(0, 3, 1, 2).float()
        return rows @ channels_first @ columns.t() / 255

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

    def _judged(self, probabilities: Tensor, score: Tensor) -> Tensor:
        """One-hot float32 (N, K): the OK class below the threshold, else the likeliest defect."""
        classes = probabilities.shape[1]
        if not self.has_ok:
            return F.one_hot(probabilities.argmax(1), classes).float()
        defect = F.one_hot(probabilities[:, 1:].argmax(1) + 1, classes).float()
        good = F.one_hot(torch.zeros_like(defect[:, 0], dtype=torch.long), classes).float()
        is_defective = (score >= self.threshold).float()[:, None]
        return defect * is_defective + good * (1 - is_defective)

    def _against(self, judged: Tensor) -> Tensor:
        """What the heatmap is to explain (N, K): a defect against OK, OK against the defects.

        Without it, a type of defect that shows by what is missing has no place of its own.
        """
        if not self.has_ok:
            return judged
        is_ok = judged[:, :1]
        defects = judged.shape[1] - 1
        return judged - torch.cat([1 - is_ok, is_ok.expand(-1, defects) / defects], dim=1)

    def _gradient_map(self, maps: Tensor, judged: Tensor) -> Tensor:
        gradient = self._places(cast("Tensor", self.gradient(maps, judged)))
        return (gradient * self._places(maps)).sum(1)

    def _places(self, maps: Tensor) -> Tensor:
        """Maps of any layout as (N, C, h, w)."""
        if not isinstance(self.network, Backbone):
            return maps
        if maps.ndim == 3:
            patches = maps[:, self.network.prefix_tokens :].transpose(1, 2)
            side = int(patches.shape[2] ** 0.5)
            return patches.reshape(*patches.shape[:2], side, side)
        return maps.permute(0, 3, 1, 2) if self.network.channels_last else maps

    def _trace_gradient(self, channels: int, classes: int) -> GraphModule:
        """The gradient of the judged class's score by the maps, as a graph of plain operators."""
        network = as_network(self.network)

        def score(maps: Tensor, judged: Tensor) -> Tensor:
            logits = network.head(maps)
            sides = torch.cat([-logits, logits], 1) if logits.shape[1] == 1 else logits
            return (sides * judged).sum()

        def gradient(maps: Tensor, judged: Tensor) -> Tensor:
            found: Tensor = torch.func.grad(score)(maps, judged)
            return found

        with torch.no_grad():
            maps = network.features(torch.zeros(_TRACED_PHOTOS, channels, self.size, self.size))
        tracer = make_fx(
            gradient,
            decomposition_table=decompositions(),
            tracing_mode="symbolic",
            _allow_non_fake_inputs=True,
        )
        return tracer(maps, torch.ones(_TRACED_PHOTOS, classes))


def _from_zero_to_one(heat: Tensor) -> Tensor:
    """What speaks for the judged class, (N, h, w): 0 where nothing does, 1 where most does."""
    heat = torch.relu(heat)
    lowest = heat.amin((1, 2), keepdim=True)
    highest = heat.amax((1, 2), keepdim=True)
    return (heat - lowest) / (highest - lowest + 1e-7)


def resize_weights(before: int, after: int, device: torch.device | str = "cpu") -> Tensor:
    """Antialiased bilinear interpolation along one side, as a matrix.

    A triangle filter, widened by the scale when shrinking, as in Pillow and in torch's
    `interpolate(..., mode="bilinear", antialias=True)`. Every backend multiplies matrices alike,
    which cannot be said of their resize operators.

    Returns:
        float32 (after, before), rows sum to 1.
    """
    scale = torch.ones(1, device=device) * before / after
    reach = scale.clamp(min=1)
    centres = (torch.arange(after, device=device) + 0.5) * scale
    pixels = torch.arange(before, device=device) + 0.5
    weights = (1 - (pixels[None] - centres[:, None]).abs() / reach).clamp(min=0)
    return weights / weights.sum(1, keepdim=True)
