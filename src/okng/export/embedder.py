"""A pretrained network as an ONNX file that gives embeddings: for the audit, without torch."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn

from okng.config import Depth, ModelSettings
from okng.files import whole_file
from okng.training.exclusive import alone
from okng.training.networks.architecture import Architecture
from okng.training.networks.pretrained import build_pretrained

if TYPE_CHECKING:
    from okng.training.networks.timm_backbone import Backbone

SIDE = 128
"""Height and width of its photos, in pixels."""
_BLOCKS = (1, 2, 4)  # shallow, middle, deep; the last layers discard small defects


class Embedder(nn.Module):
    """EfficientNet-Lite0, read after three of its blocks.

    Its embedding is mean and maximum over the places of each map of blocks 1, 2 and 4: 352 numbers.
    """

    mean: Tensor
    std: Tensor

    def __init__(self) -> None:
        super().__init__()
        settings = ModelSettings(name="efficientnet_lite0", depth_read=Depth.LAST)
        pretrained = build_pretrained(
            Architecture(settings=settings, classes=2, channels=3, image_size=SIDE)
        )
        model = cast("Backbone", pretrained.network).model.eval()
        self.stem = nn.Sequential(model.conv_stem, model.bn1)  # type: ignore[arg-type]
        self.blocks = nn.ModuleList(list(model.blocks)[: max(_BLOCKS) + 1])  # type: ignore[arg-type]
        for name, values in (("mean", pretrained.mean), ("std", pretrained.std)):
            self.register_buffer(name, torch.tensor(values)[:, None, None])

    def forward(self, photo: Tensor) -> Tensor:
        """Embeddings float32 (N, 352) of photos uint8 (N, S, S, 3)."""
        maps = self.stem((photo.permute(0, 3, 1, 2).float() / 255 - self.mean) / self.std)
        parts = []
        for number, block in enumerate(self.blocks):
            maps = block(maps)
            if number in _BLOCKS:
                parts += [maps.mean((2, 3)), maps.amax((2, 3))]
        return torch.cat(parts, dim=1)


def write_embedder(path: Path) -> Path:
    """Write the embedding network, whole or not at all.

    Raises:
        TrainingError: its weights cannot be reached.
    """
    batch = torch.export.Dim("batch", min=1, max=4096)
    photos = torch.zeros(2, SIDE, SIDE, 3, dtype=torch.uint8)
    with alone(), whole_file(path) as temporary:
        network = Embedder().eval()
        torch.onnx.export(
            network, (photos,), str(temporary), dynamo=True, external_data=False, verbose=False,
            input_names=["photo"], output_names=["embedding"], dynamic_shapes=({0: batch},),
        )  # fmt: skip
    return path
