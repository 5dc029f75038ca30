"""Pretrained weights are found, refused, or asked for; never silently random."""

from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import save_file
from timm.layers.pos_embed import resample_abs_pos_embed
from timm.models import _builder
from torch import Tensor

from okng.config import Depth, ModelSettings
from okng.errors import ConfigError, TrainingError
from okng.training.networks import pretrained
from okng.training.networks.architecture import Architecture
from okng.training.networks.registry import build, check_name
from okng.training.networks.timm_backbone import Backbone

VIT = "vit_tiny_patch16_224"


def _architecture(name: str, source: str = "auto", size: int = 64) -> Architecture:
    settings = ModelSettings(name=name, weights=source, depth_read=Depth.LAST)
    return Architecture(settings=settings, classes=2, channels=3, image_size=size)


@pytest.fixture
def of_224() -> dict[str, Tensor]:
    """Weights of a vision transformer for photos of 224 px, its 1,000 classes included."""
    return dict(timm.create_model(VIT).state_dict())


def _at_192(of_224: dict[str, Tensor]) -> Tensor:
    """Its position embeddings, as timm itself brings them to 12 by 12 places."""
    found: Tensor = resample_abs_pos_embed(of_224["pos_embed"], [12, 12], num_prefix_tokens=1)
    return found


def test_packaged_weights_fill_efficientnet_lite0() -> None:
    """Every tensor but the head's is that of the package, in its order."""
    path = pretrained.packaged_weights()
    assert path is not None
    packaged = list(torch.load(path, weights_only=True).values())

    found = pretrained.build_pretrained(_architecture("efficientnet_lite0"))

    own = list(found.network.state_dict().values())
    assert len(own) == len(packaged)
    assert all(torch.equal(a, b) for a, b in zip(own[:-2], packaged[:-2], strict=True))
    assert not own[-2].any()
    assert found.licence == "Apache-2.0"


def test_no_weights_reachable_names_the_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline and without a cache, training stops and says what to do."""
    monkeypatch.setattr("socket.getaddrinfo", _no_network)
    monkeypatch.setenv("HF_HUB_CACHE", "/nonexistent")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(TrainingError) as caught:
        pretrained.build_pretrained(_architecture("mobilenetv3_small_050"))

    for way in (
        "`model.weights` FILE",
        "efficientnet_lite0",
        "`model.name` cnn",
        "`model.weights` random",
    ):
        assert way in caught.value.message


def test_random_weights_only_when_asked() -> None:
    """They are random, and say so."""
    assert pretrained.build_pretrained(_architecture("resnet18", "random")).source == "random"


def test_weights_from_a_file_are_taken(tmp_path: Path) -> None:
    """A state dict with timm's names fills the network."""
    donor = build(_architecture("resnet10t", "random"))
    assert isinstance(donor, Backbone)
    torch.save(donor.model.state_dict(), tmp_path / "w.pth")

    found = pretrained.build_pretrained(_architecture("resnet10t", str(tmp_path / "w.pth")))

    assert torch.equal(found.network.state_dict()["model.conv1.0.weight"],
                       donor.state_dict()["model.conv1.0.weight"])  # fmt: skip


@pytest.mark.parametrize("name", ["w.pth", "w.safetensors"])
@pytest.mark.parametrize("content", [b"", b"no weights", None])
def test_files_that_are_no_weights_are_refused(
    tmp_path: Path, content: bytes | None, name: str
) -> None:
    """Broken, foreign and absent files end in a clear error."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigError):
        pretrained.build_pretrained(_architecture("resnet10t", str(path)))


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    """Half filled is not filled."""
    torch.save({"conv1.weight": torch.zeros(1)}, tmp_path / "w.pth")

    with pytest.raises(ConfigError, match="do not fit"):
        pretrained.build_pretrained(_architecture("resnet10t", str(tmp_path / "w.pth")))


@pytest.mark.parametrize("ending", ["pth", "safetensors"])
def test_vision_transformer_from_a_file_follows_the_size(
    tmp_path: Path, of_224: dict[str, Tensor], ending: str
) -> None:
    """Weights for 224 px at 192: position embeddings are resampled, the rest is as it was."""
    file = tmp_path / f"w.{ending}"
    save_file(of_224, file) if ending == "safetensors" else torch.save(of_224, file)

    own = pretrained.build_pretrained(_architecture(VIT, str(file), 192)).network.state_dict()

    assert torch.equal(own["model.pos_embed"], _at_192(of_224))
    assert torch.equal(own["model.blocks.3.attn.qkv.weight"], of_224["blocks.3.attn.qkv.weight"])
    assert own["model.head.weight"].shape == (1, 192)


def test_vision_transformer_from_the_hub_follows_the_size(
    monkeypatch: pytest.MonkeyPatch, of_224: dict[str, Tensor]
) -> None:
    """The hub's weights are for 224 px; okng's default is 192."""
    monkeypatch.setattr(pretrained, "_may_reach", lambda _: True)
    monkeypatch.setattr(_builder, "load_state_dict_from_hf", lambda *_, **__: dict(of_224))

    found = pretrained.build_pretrained(_architecture(VIT, size=192))

    assert torch.equal(found.network.state_dict()["model.pos_embed"], _at_192(of_224))
    assert (found.source, found.licence) == ("timm's hub", "apache-2.0")


def test_hub_weights_that_do_not_fit_are_not_called_unreachable(
    monkeypatch: pytest.MonkeyPatch, of_224: dict[str, Tensor]
) -> None:
    """Going online would not help; the error names the first tensors."""
    monkeypatch.setattr(pretrained, "_may_reach", lambda _: True)
    del of_224["norm.weight"]
    monkeypatch.setattr(_builder, "load_state_dict_from_hf", lambda *_, **__: of_224)

    with pytest.raises(ConfigError, match=r"do not fit.*norm\.weight"):
        pretrained.build_pretrained(_architecture(VIT, size=192))


def test_network_without_any_weights_says_so() -> None:
    """Some were never published: no network connection would bring them."""
    name = next(n for n in timm.list_models("resnet*") if not timm.is_model_pretrained(n))

    with pytest.raises(ConfigError, match=f"timm has no pretrained weights of {name}"):
        pretrained.build_pretrained(_architecture(name))


def test_file_without_a_classifier_fills_the_network(
    tmp_path: Path, of_224: dict[str, Tensor]
) -> None:
    """Self-supervised weights come so: the classifier is new anyway."""
    torch.save({k: v for k, v in of_224.items() if not k.startswith("head")}, tmp_path / "w.pth")

    found = pretrained.build_pretrained(_architecture(VIT, str(tmp_path / "w.pth"), 192))

    assert torch.equal(found.network.state_dict()["model.cls_token"], of_224["cls_token"])


def test_files_that_run_code_are_refused(tmp_path: Path) -> None:
    """A pickled module is code, not tensors."""
    torch.save(torch.nn.Linear(2, 1), tmp_path / "w.pth")

    with pytest.raises(ConfigError, match="cannot be read"):
        pretrained.build_pretrained(_architecture("resnet10t", str(tmp_path / "w.pth")))


def test_unknown_network_gets_the_nearest_names() -> None:
    """A typo is told with what may have been meant."""
    with pytest.raises(ConfigError) as caught:
        check_name("resnet18x")

    assert "resnet18" in caught.value.message


def test_first_layers_freeze_and_the_head_never() -> None:
    """A share of the layers keeps its weights."""
    network = pretrained.build_pretrained(_architecture("efficientnet_lite0")).network
    kept = network.freeze(0.5)
    learning = [name for name, p in network.named_parameters() if p.requires_grad]

    assert kept
    assert "model.classifier.weight" in learning
    assert "model.conv_stem.weight" not in learning
    network.freeze(1.0)
    assert [n for n, p in network.named_parameters() if p.requires_grad] == [
        "model.classifier.weight", "model.classifier.bias",
    ]  # fmt: skip


def _no_network(*_: object, **__: object) -> None:
    raise OSError("no network")
