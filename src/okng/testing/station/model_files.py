"""A model file in a second, for tests and benchmarks that need one and not its verdicts."""

from pathlib import Path


def export_plain(path: Path, *, size: int = 32, filters: int = 4, depth: int = 2) -> Path:
    """Export a plain CNN with random weights, the same each time, and classes ok and dent.

    Args:
        path: of the file.
        size: height and width of its input, in pixels.
        filters: of its first layer.
        depth: its convolutions.
    """
    import torch  # noqa: PLC0415 - most tests need no torch

    from okng.config import ModelSettings  # noqa: PLC0415
    from okng.export import export  # noqa: PLC0415
    from okng.modelfile import InputRules  # noqa: PLC0415
    from okng.training.artifacts import TrainedModel  # noqa: PLC0415
    from okng.training.networks.architecture import Architecture  # noqa: PLC0415
    from okng.training.networks.registry import build  # noqa: PLC0415

    settings = ModelSettings(name="cnn", filters=filters, depth=depth)
    architecture = Architecture(settings=settings, classes=2, channels=3, image_size=size)
    with torch.random.fork_rng(()):
        torch.manual_seed(0)
        network = build(architecture).eval()
    rules = InputRules(image_size=size)
    model = TrainedModel(network, architecture, rules, ("ok", "dent"), "ok", "", "")
    export(model, path, name="test", dataset_digest="0" * 64)
    return path
