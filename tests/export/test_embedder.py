"""The audit's embedding network is the packaged one, as it was pretrained."""

from okng.export.embedder import Embedder


def test_photos_are_normalised_as_in_pretraining() -> None:
    """Without its own colours the network sees photos that it never learned from."""
    network = Embedder()

    assert network.mean.flatten().tolist() == [0.5] * 3
    assert network.std.flatten().tolist() == [0.5] * 3
