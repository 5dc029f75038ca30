"""A network that learns as a whole: what turning, mixup and label smoothing do for it.

    python benchmarks/training/whole.py [--fold 0] [--size 160] [--epochs 10] [--turns quarter]
        [--mixup 0] [--smoothing 0]

Solar cells (ELPV, defective from a probability of 0.5 on): the training photos of the first split
of `protocols.py`, so that no test is looked at; one of five folds is held out. EfficientNet-Lite0
with AdamW, layer-wise decay and a moving average of the weights, as in `--recipe thorough`, whose
second network this is. Mixup: Zhang et al., ICLR 2018. Printed after each epoch: loss, AUC and
accuracy of the fold. Some 15 minutes on one core.
"""

import argparse
import copy
import math

import numpy as np
import timm
import torch
from protocols import TEST, elpv
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, train_test_split
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the name everybody knows

from okng.config import AugmentSettings, Turns
from okng.memory import keep_freed_memory
from okng.training.data.augmentation import augment
from okng.training.networks.pretrained import load_packaged
from okng.training.networks.timm_layers import layer_rates
from okng.training.networks.timm_models import colour_statistics
from okng.training.networks.two_branch import FineTunedBranch

BATCH, RATE, WARM_UP = 32, 1e-3, 0.1


def network() -> FineTunedBranch:
    """EfficientNet-Lite0 with packaged weights and a classifier without an opinion."""
    model = timm.create_model("tf_efficientnet_lite0", num_classes=1)
    mean, std = colour_statistics(model)
    load_packaged(model)
    tuned = FineTunedBranch(model, outputs=1, mean=mean, std=std, dropout=0.2)
    torch.nn.init.zeros_(tuned.classifier.weight)
    torch.nn.init.zeros_(tuned.classifier.bias)
    return tuned.to(memory_format=torch.channels_last)


def loaded(photos: np.ndarray, rows: np.ndarray) -> Tensor:
    """Photos float32 (n, 3, S, S) in [0, 1]."""
    found = torch.from_numpy(photos[rows]).permute(0, 3, 1, 2).float() / 255
    return found.contiguous(memory_format=torch.channels_last)


def rate(step: int, steps: int) -> float:
    """Warm-up, then a cosine down to a hundredth."""
    warm = WARM_UP * steps
    if step < warm:
        return (step + 1) / warm
    return 0.01 + 0.99 * (1 + math.cos(math.pi * (step - warm) / (steps - warm))) / 2


def mixed(
    photos: Tensor, targets: Tensor, alpha: float, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Each photo and label with a share of another's."""
    share = float(rng.beta(alpha, alpha)) if alpha else 1.0
    other = torch.from_numpy(rng.permutation(len(photos)))
    return (
        share * photos + (1 - share) * photos[other],
        share * targets + (1 - share) * targets[other],
    )


@torch.no_grad()
def follow(average: FineTunedBranch, learning: FineTunedBranch, step: int) -> None:
    """Let the moving average take in one more step."""
    decay = min(0.99, (1 + step) / (10 + step))
    pairs = zip(average.state_dict().values(), learning.state_dict().values(), strict=True)
    for kept, new in pairs:
        kept.lerp_(new, 1 - decay) if kept.is_floating_point() else kept.copy_(new)


@torch.no_grad()
def described(
    average: FineTunedBranch, photos: np.ndarray, rows: np.ndarray, labels: np.ndarray
) -> str:
    """Loss, AUC and accuracy on the fold."""
    parts = np.array_split(rows, -(-len(rows) // 64))
    logits = torch.cat([average(loaded(photos, part))[:, 0] for part in parts])
    truth = labels[rows]
    loss = F.binary_cross_entropy_with_logits(logits, torch.from_numpy(truth).float())
    right = ((logits > 0).numpy() == truth).mean()
    return f"loss {loss:.4f}, AUC {roc_auc_score(truth, logits):.4f}, accuracy {right:.4f}"


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fold", type=int, default=0)
    parser.add_argument("--size", type=int, default=160)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--turns", default="quarter", choices=["any", "quarter"])
    parser.add_argument("--mixup", type=float, default=0.0, help="alpha; 0 for none")
    parser.add_argument("--smoothing", type=float, default=0.0)
    options = parser.parse_args()
    keep_freed_memory()
    torch.manual_seed(0)
    photos, labels, _ = elpv(options.size)
    rows, _ = train_test_split(
        np.arange(len(labels)), test_size=TEST["elpv"], stratify=labels, random_state=0
    )
    folds = list(StratifiedKFold(5, shuffle=True, random_state=0).split(rows, labels[rows]))
    fitted, held_out = (rows[part] for part in folds[options.fold])
    learning = network()
    average = copy.deepcopy(learning).eval()
    optimizer = torch.optim.AdamW(layer_rates(learning.backbone.model, learning.classifier, RATE))
    peaks = [group["lr"] for group in optimizer.param_groups]
    varied = AugmentSettings(turns=Turns(options.turns))
    generator, rng = torch.Generator().manual_seed(0), np.random.default_rng(0)
    steps, step = len(fitted) // BATCH, 0
    for epoch in range(options.epochs):
        learning.train()
        for batch in rng.permutation(fitted)[: steps * BATCH].reshape(steps, BATCH):
            for group, peak in zip(optimizer.param_groups, peaks, strict=True):
                group["lr"] = peak * rate(step, steps * options.epochs)
            seen = augment(loaded(photos, batch), varied, generator)
            targets = torch.from_numpy(labels[batch]).float()
            targets = targets * (1 - options.smoothing) + options.smoothing / 2
            seen, targets = mixed(seen, targets, options.mixup, rng)
            loss = F.binary_cross_entropy_with_logits(learning(seen)[:, 0], targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
            follow(average, learning, step)
        print(f"epoch {epoch + 1}: {described(average, photos, held_out, labels)}", flush=True)


if __name__ == "__main__":
    main()
