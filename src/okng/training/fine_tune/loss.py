"""Loss and accuracy of logits, for the linear probe and for fine-tuning alike."""

from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the name everybody knows


def weighted_loss(logits: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
    """Binary or categorical cross-entropy, averaged by the weights of the photos.

    Args:
        logits: float32 (N, 1) for two classes, else (N, K).
        labels: class indices, int64 (N,).
        weights: float32 (N,).
    """
    if logits.shape[1] == 1:
        each = F.binary_cross_entropy_with_logits(logits[:, 0], labels.float(), reduction="none")
    else:
        each = F.cross_entropy(logits, labels, reduction="none")
    return (each * weights).sum() / weights.sum()


def accuracy(logits: Tensor, labels: Tensor) -> Tensor:
    """Fraction of photos whose most probable class is the right one."""
    guess = (logits[:, 0] > 0).long() if logits.shape[1] == 1 else logits.argmax(1)
    return (guess == labels).float().mean()
