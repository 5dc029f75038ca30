"""The graph of the model file: agrees with torch, with pytorch-grad-cam, and between runtimes."""

from pathlib import Path

import numpy as np
import pytest
import torch
from pytorch_grad_cam import GradCAM, HiResCAM
from pytorch_grad_cam.utils.image import scale_cam_image
from torch import Tensor, nn

from okng import modelfile
from okng.config import Flips, ModelSettings, Runtime, View, allowed_orientations
from okng.errors import TrainingError
from okng.export import InspectionGraph, export, follow
from okng.export.heatmap import ExactHeatmap
from okng.export.resize import resize_weights
from okng.inference.sessions import ON_CPU, open_session
from okng.modelfile import Calibration, InputRules
from okng.testing import draw_part
from okng.training.artifacts import TrainedModel
from okng.training.networks.architecture import Architecture
from okng.training.networks.plain_cnn import PlainCNN
from okng.training.networks.registry import build
from okng.verdict import OperatingPoint

NETWORKS = {"cnn": 2, "tf_efficientnet_lite0": 2, "resnet10t": 3}
DEEP, TILED, TWO = "all depths of ", "tiles in flattened light of ", "two "
LOOKS = "four looks of "
PHOTOS = np.stack([draw_part(seed, size=80).photo for seed in range(3)])


def _trained(name: str, classes: int, ok_class: str | None = "ok") -> TrainedModel:
    """A network with random weights, spread out as if it had learned something."""
    torch.manual_seed(4)
    looks = allowed_orientations(180, Flips.BOTH)[: 4 if name.startswith(LOOKS) else 1]
    name = name.removeprefix(LOOKS)
    settings = ModelSettings(
        name=name.removeprefix(TWO).removeprefix(TILED).removeprefix(DEEP),
        weights="auto" if name.startswith((TWO, TILED, DEEP)) else "random",
        tiles=2 if name.startswith(TILED) else 1,
        view=View.FLAT if name.startswith(TILED) else View.BOTH,
        filters=4,
        depth=2,
        dense_units=16,
    )
    architecture = Architecture(
        settings=settings, classes=classes, channels=3, image_size=64,
        two_branches=name.startswith(TWO), orientations=looks,
    )  # fmt: skip
    network = build(architecture).eval()
    weight, bias = list(network.parameters())[-2:]
    with torch.no_grad():
        weight.copy_(torch.randn_like(weight))
        weight.div_(network(torch.randn(8, 3, 64, 64)).abs().max())  # scores between 0 and 1
        bias.zero_()
    rules = InputRules(image_size=64, mean=(0.4, 0.5, 0.6), std=(0.2, 0.3, 0.25))
    names = ("ok", *(f"defect{i}" for i in range(1, classes)))
    return TrainedModel(network, architecture, rules, names, ok_class, "random", "none")


@pytest.fixture(
    scope="module",
    params=[
        *NETWORKS,
        f"{DEEP}resnet10t",
        pytest.param(f"{TILED}resnet10t", marks=pytest.mark.slow),
        pytest.param(f"{DEEP}mobilenetv3_small_050", marks=pytest.mark.slow),
        pytest.param(f"{LOOKS}{TWO}resnet10t", marks=pytest.mark.slow),
        f"{LOOKS}cnn",
    ],
)
def exported(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[InspectionGraph, Path]:
    """A graph in torch and as a file, sealed with a calibration that is not the identity."""
    path = tmp_path_factory.mktemp("export") / "model.onnx"
    classes = NETWORKS.get(request.param.rpartition(" ")[2], 2)
    reference = np.stack([draw_part(seed, size=64).photo for seed in range(3, 6)])
    graph = export(
        _trained(request.param, classes),
        path,
        name="test",
        dataset_digest="0" * 64,
        reference=reference,
    )
    calibration = Calibration(scale=1.7, bias=tuple(0.3 * i for i in range(classes)))
    point = OperatingPoint(threshold=0.37)
    metadata = modelfile.read(path).metadata.model_copy(
        update={"calibration": calibration, "operating_point": point}
    )
    modelfile.seal(path, metadata)
    follow(graph, metadata)
    return graph, path


def _run(
    path: Path, photos: np.ndarray, runtime: Runtime = Runtime.ONNXRUNTIME
) -> list[np.ndarray]:
    session = open_session(modelfile.read(path).data, runtime, 1)
    return list(session.run(photos, session.outputs).values())


@pytest.mark.parametrize("size", [(80, 80), (64, 64), (37, 201), (300, 17)])
def test_file_says_what_the_network_says(
    exported: tuple[InspectionGraph, Path], size: tuple[int, int]
) -> None:
    """Sealed calibration and all, at any size of photo, one or several at once."""
    graph, path = exported
    photos = np.random.default_rng(0).integers(0, 256, (3, *size, 3), dtype=np.uint8)
    with torch.no_grad():
        expected = graph(torch.from_numpy(photos))

    for batch in (photos, photos[:1]):
        for found, wanted in zip(_run(path, batch), expected, strict=True):
            assert np.abs(found - wanted[: len(batch)].numpy()).max() < 1e-4


def test_file_tells_its_tiles(exported: tuple[InspectionGraph, Path]) -> None:
    """Whoever reads the metadata knows how the maps were pooled."""
    graph, path = exported

    assert modelfile.read(path).metadata.tiles == getattr(graph.network, "tiles", 1)


def test_file_tells_how_often_it_looks(exported: tuple[InspectionGraph, Path]) -> None:
    """At each photo: the line pays for it."""
    graph, path = exported

    assert modelfile.read(path).metadata.looks == graph.network.passes


def test_openvino_says_the_same(exported: tuple[InspectionGraph, Path]) -> None:
    """The resize is made of operators that every backend computes alike."""
    photos = np.stack([draw_part(seed, size=150).photo for seed in range(3)])
    by_onnxruntime, by_openvino = (_run(exported[1], photos, r) for r in ON_CPU)

    assert np.abs(by_onnxruntime[1] - by_openvino[1]).max() < 1e-4
    assert np.abs(by_onnxruntime[2] - by_openvino[2]).max() < 1e-2


def test_scores_and_heatmaps_keep_their_range(exported: tuple[InspectionGraph, Path]) -> None:
    """Probabilities sum to one, the score is what is left of the OK class."""
    probabilities, scores, heatmaps, _ = _run(exported[1], PHOTOS)

    assert np.allclose(probabilities.sum(1), 1, atol=1e-5)
    assert np.allclose(scores, 1 - probabilities[:, 0], atol=1e-5)
    assert heatmaps.min() >= 0
    assert heatmaps.max() <= 1


class _Scores(nn.Module):
    """What pytorch-grad-cam looks into: maps first, then one score per class."""

    def __init__(self, graph: InspectionGraph) -> None:
        super().__init__()
        self.graph = graph
        self.maps = nn.Identity()

    def forward(self, photos: Tensor) -> Tensor:
        logits: Tensor = self.graph.network.head(self.maps(self.graph.network.features(photos)))
        return torch.cat([-logits, logits], 1) if logits.shape[1] == 1 else logits


def _sealed_at(threshold: float, path: Path, folder: Path) -> Path:
    """A copy of the file with another threshold."""
    copy = folder / f"at{threshold:g}.onnx"
    copy.write_bytes(path.read_bytes())
    metadata = modelfile.read(copy).metadata
    point = OperatingPoint(threshold=threshold)
    modelfile.seal(copy, metadata.model_copy(update={"operating_point": point}))
    return copy


class _Against:
    """What is explained: a defect against OK, OK against the mean of the defects."""

    def __init__(self, judged: int) -> None:
        self.judged = judged

    def __call__(self, scores: Tensor) -> Tensor:
        others = scores[:1] if self.judged else scores[1:]
        return scores[self.judged] - others.mean()


@pytest.mark.parametrize("exported", NETWORKS, indirect=True)
def test_heatmap_agrees_with_pytorch_grad_cam(
    exported: tuple[InspectionGraph, Path], tmp_path: Path
) -> None:
    """The same layer, the same question: a correlation of 0.99 and more on each photo.

    Grad-CAM where the head averages, HiResCAM for the plain CNN, whose dense layer knows places.
    Asked of all photos as defective and as OK; what speaks for neither is empty in both.
    """
    graph, path = exported
    prepared = graph.prepare(graph.resize(torch.from_numpy(PHOTOS)))
    model = _Scores(graph)
    method = HiResCAM if isinstance(graph.network, PlainCNN) else GradCAM
    compared = []
    for threshold in (0.0, 1.0):
        probabilities, _, heatmaps, _ = _run(_sealed_at(threshold, path, tmp_path), PHOTOS)
        judged = [0 if threshold else int(p[1:].argmax()) + 1 for p in probabilities]
        with method(model, [model.maps]) as cam:
            theirs = cam(prepared, [_Against(number) for number in judged])
        ours = scale_cam_image(heatmaps, (64, 64))
        compared += [(a, b) for a, b in zip(ours, theirs, strict=True) if b.std() > 0]

    assert compared
    for one, other in compared:
        assert np.corrcoef(one.ravel(), other.ravel())[0, 1] >= 0.99


def test_threshold_decides_which_class_the_heatmap_explains(
    exported: tuple[InspectionGraph, Path], tmp_path: Path
) -> None:
    """A changed threshold changes the heatmap's class without another export."""
    _, path = exported
    before = _run(path, PHOTOS)
    flipped = 0.0 if float(before[1][0]) < 0.37 else 1.0
    after = _run(_sealed_at(flipped, path, tmp_path), PHOTOS)

    assert np.array_equal(before[1], after[1])
    assert not np.allclose(before[2][0], after[2][0], atol=1e-3)
    assert np.array_equal(before[3], after[3])  # evidence is for defective at any threshold


def test_evidence_adds_up_to_the_log_odds(exported: tuple[InspectionGraph, Path]) -> None:
    """Where the classifier is linear in the maps: the same constant is left over on each photo."""
    graph, path = exported
    if not isinstance(graph.heat, ExactHeatmap):
        pytest.skip("another head does not share its score out exactly")
    metadata = modelfile.read(path).metadata
    plain = metadata.model_copy(update={"calibration": Calibration.identity(len(metadata.classes))})
    modelfile.seal(path, plain)
    probabilities, _, _, evidence = _run(path, PHOTOS)
    modelfile.seal(path, metadata)
    log_odds = np.log(probabilities[:, 1:].max(1)) - np.log(probabilities[:, 0])
    same = probabilities[:, 1:].argmax(1) == probabilities[0, 1:].argmax()
    left_over = (log_odds - evidence.sum((1, 2)))[same]

    assert np.ptp(left_over) < 1e-3
    assert np.ptp(log_odds[same]) > 1e-3


def test_resize_equals_torch_and_leaves_same_size_alone() -> None:
    """Antialiased bilinear, within a hundredth of a grey level, and the identity at its size."""
    photo = torch.rand(1, 3, 91, 40) * 255
    expected = nn.functional.interpolate(photo, (32, 48), mode="bilinear", antialias=True)
    found = resize_weights(91, 32) @ photo @ resize_weights(40, 48).t()

    assert (found - expected).abs().max() < 1e-2
    assert torch.equal(resize_weights(48, 48), torch.eye(48))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["vit_tiny_patch16_224"])
def test_other_families_export_with_a_heatmap(name: str, tmp_path: Path) -> None:
    """Tokens make no difference."""
    graph = export(_trained(name, 2), tmp_path / "m.onnx", name="m", dataset_digest="0" * 64)
    with torch.no_grad():
        expected = graph(torch.from_numpy(PHOTOS))
    found = _run(tmp_path / "m.onnx", PHOTOS)

    assert np.abs(found[1] - expected[1].numpy()).max() < 1e-4
    assert found[2].max() > 0


def test_too_little_memory_is_not_laid_on_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another network would be the wrong way out."""

    def full(*_: object, **__: object) -> None:
        raise torch.onnx.OnnxExporterError("Failed to export") from MemoryError()

    monkeypatch.setattr(torch.onnx, "export", full)

    with pytest.raises(TrainingError, match="not enough memory"):
        export(_trained("cnn", 2), tmp_path / "a.onnx", name="a", dataset_digest="0" * 64)
