"""A network of timm runs, or is refused in one sentence: nobody reads a traceback of timm."""

import pytest
import timm

from okng.config import Depth, ModelSettings
from okng.errors import ConfigError
from okng.training.dry_run import try_network
from okng.training.networks import registry
from okng.training.networks.architecture import Architecture
from okng.training.networks.plain_cnn import build_plain_cnn
from okng.training.networks.timm_models import ALIASES

NAMES = (
    "cnn", "resnet18", "resnet34", "resnet50", "efficientnet_lite0", "efficientnet_b0",
    "mobilenetv3", "convnext", "vit",
)  # fmt: skip


def _architecture(name: str, depth: Depth = Depth.ALL, size: int = 192) -> Architecture:
    settings = ModelSettings(name=name, depth_read=depth)
    return Architecture(settings=settings, classes=3, channels=3, image_size=size)


@pytest.mark.parametrize("name", NAMES)
def test_named_networks_judge_at_the_default_size(name: str) -> None:
    """Each gives one logit per class, with features of all depths and of the last layer."""
    shapes = {depth: try_network(_architecture(name, depth)) for depth in (Depth.ALL, Depth.LAST)}

    assert shapes == dict.fromkeys(shapes, (1, _architecture(name).outputs))


def test_help_names_what_can_be_named() -> None:
    """The networks tested here are those that the help of --model lists."""
    said = ModelSettings.model_fields["name"].description or ""

    assert set(said.removeprefix("Network: ").split(", or any")[0].split(", ")) == set(NAMES)


@pytest.mark.parametrize("alias", ALIASES)
def test_short_names_have_weights_that_business_may_use(alias: str) -> None:
    """The weights that timm takes unasked are under a free licence."""
    config = timm.get_pretrained_cfg(ALIASES[alias], allow_unregistered=False)

    assert config is not None
    assert config.license == "apache-2.0"


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("crossvit_tiny_240", 192),  # has no depths: IndexError
        ("pit_ti_224", 192),
        ("halonet26t", 192),  # cannot run at this size: AssertionError
        ("efficientformer_l1", 192),  # RuntimeError
    ],
)
def test_what_timm_raises_becomes_one_clear_error(name: str, size: int) -> None:
    """What, where, what is allowed, and the next step, whatever timm raised."""
    with pytest.raises(ConfigError) as refusal:
        try_network(_architecture(name, size=size))

    error = refusal.value
    assert name in error.what
    assert f"`data.image_size` {size}" in str(error.where)
    assert error.allowed
    assert error.hint


def test_answer_of_another_shape_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that gives no number per class would only fail in training."""
    wider = Architecture(settings=ModelSettings(name="cnn"), classes=7, channels=3, image_size=32)
    monkeypatch.setitem(registry.OWN, "odd", lambda _: build_plain_cnn(wider))

    with pytest.raises(ConfigError, match=r"has output shape \(1, 7\)"):
        try_network(_architecture("odd", size=32))
