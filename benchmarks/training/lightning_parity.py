"""okng's weight averaging, best epoch and early stopping beside Lightning's, in one training.

    python benchmarks/training/lightning_parity.py [--seeds 5]

Both sets of callbacks watch the same training of a small network: so any difference is theirs, not
of the training. Decision 0025 states why okng keeps its own.
"""

import argparse
import math
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch import Callback, LightningModule, Trainer, seed_everything
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint, WeightAveraging
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_avg_fn
from torch.utils.data import DataLoader, TensorDataset

from okng.training.fine_tune.callbacks import EpochRecorder
from okng.training.fine_tune.weight_averaging import Average

EPOCHS, BATCH, FEATURES = 40, 16, 8
PATIENCES = (1, 2, 4)


class Net(LightningModule):
    """Two layers with batch statistics; labels are noisy, so validation turns up again."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(FEATURES, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 1)
        )

    def training_step(self, batch: tuple[Tensor, Tensor], _: int) -> Tensor:
        """Loss of a batch (BATCH, FEATURES)."""
        return nn.functional.mse_loss(self.body(batch[0]), batch[1])

    def validation_step(self, batch: tuple[Tensor, Tensor], _: int) -> None:
        """Log the loss of the epoch."""
        self.log("val_loss", nn.functional.mse_loss(self.body(batch[0]), batch[1]))

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Large enough steps to overfit."""
        return torch.optim.Adam(self.parameters(), lr=0.02)


def growing(average: Tensor, current: Tensor, steps: Tensor | int) -> Tensor:
    """The decay of Tarvainen and Valpola (2017), which okng has, in PyTorch's own average."""
    # Lightning counts from 0 at the first step, whose update copies; see `_Theirs`.
    return get_ema_avg_fn(min(0.99, float((1 + steps) / (10 + steps))))(average, current, steps)


class _Theirs(WeightAveraging):
    """Lightning's average; it starts at the weights before the first step, as okng's does."""

    def __init__(self) -> None:
        super().__init__(use_buffers=False, avg_fn=growing)

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Copy the start: AveragedModel copies at its first update."""
        super().setup(trainer, pl_module, stage)
        self._average_model.update_parameters(pl_module)

    def values(self) -> list[Tensor]:
        """Its weights."""
        return [p.detach().clone() for p in self._average_model.module.parameters()]

    # Validation of both on the raw weights: the swap would hide one average from the other.
    def on_validation_epoch_start(self, *_: Any) -> None:
        """Leave the weights."""

    def on_validation_epoch_end(self, *_: Any) -> None:
        """Leave the weights."""


class _Ours(Callback):
    """okng's average, and its rule of stopping at every patience."""

    def __init__(self, run: Path) -> None:
        self.recorders = {patience: EpochRecorder(run, patience) for patience in PATIENCES}
        self.stopped: dict[int, int] = {}
        self.largest = 0.0

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Begin at the start weights."""
        self.average = Average(pl_module.parameters())
        self.theirs = next(c for c in trainer.callbacks if isinstance(c, _Theirs))

    def on_train_batch_end(self, *_: Any) -> None:
        """Compare after every step; Lightning's callback has run before this one."""
        self.average.update()
        pairs = zip(self.average.values, self.theirs.values(), strict=True)
        self.largest = max(self.largest, *(float((a - b).abs().max()) for a, b in pairs))

    def on_train_epoch_end(self, trainer: Trainer, _: LightningModule) -> None:
        """Note where each patience ends."""
        loss = float(trainer.callback_metrics["val_loss"])
        for patience, recorder in self.recorders.items():
            if patience not in self.stopped:
                recorder.rows.append({"epoch": trainer.current_epoch + 1, "val_loss": loss})
                if recorder.finished:
                    self.stopped[patience] = trainer.current_epoch


class _Noted(EarlyStopping):
    """Lightning's rule; it notes the epoch and lets the training go on."""

    @property
    def state_key(self) -> str:
        """Several stand in one training."""
        return f"{type(self).__name__}{self.patience}"

    def _run_early_stopping_check(self, trainer: Trainer) -> None:
        if self.stopped_epoch == 0:
            super()._run_early_stopping_check(trainer)
            trainer.should_stop = False


def watched(seed: int, run: Path) -> dict[str, Any]:
    """One training with all callbacks."""
    seed_everything(seed, verbose=False)
    x = torch.randn(256, FEATURES)
    y = x[:, :1] + 0.8 * torch.randn(256, 1)
    train, val = (TensorDataset(x[part], y[part]) for part in (slice(0, 96), slice(96, 256)))
    theirs, ours = _Theirs(), _Ours(run)
    stops = {p: _Noted("val_loss", patience=p) for p in PATIENCES}
    best = ModelCheckpoint(run, filename="{epoch}", monitor="val_loss", save_top_k=1)
    trainer = Trainer(
        max_epochs=EPOCHS, accelerator="cpu", logger=False, num_sanity_val_steps=0,
        callbacks=[theirs, ours, *stops.values(), best],
        enable_progress_bar=False, enable_model_summary=False,
    )  # fmt: skip
    trainer.fit(Net(), DataLoader(train, BATCH, shuffle=True), DataLoader(val, 160))
    full = EpochRecorder(run, EPOCHS)
    full.rows = ours.recorders[max(PATIENCES)].rows
    return {
        "average": ours.largest,
        "stop": [(ours.stopped.get(p, 0), stops[p].stopped_epoch) for p in PATIENCES],
        "best": (full.rows[full.best_row]["val_loss"], float(stops[max(PATIENCES)].best_score)),
        "file": float(best.best_model_score or math.nan),
    }


def main() -> None:
    """Print one line a seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    seeds = parser.parse_args().seeds
    warnings.simplefilter("ignore")
    print(f"Lightning {lightning.__version__}, PyTorch {torch.__version__}; {EPOCHS} epochs")
    wrong = 0
    for seed in range(seeds):
        with tempfile.TemporaryDirectory() as folder:
            found = watched(seed, Path(folder))
        same = all(ours == theirs for ours, theirs in found["stop"])
        best = {round(value, 6) for value in (*found["best"], found["file"])}
        wrong += not same or found["average"] > 1e-6 or len(best) > 1
        losses = " ".join(f"{loss:.4f}" for loss in (*found["best"], found["file"]))
        print(f"seed {seed}: largest difference of the average {found['average']:.1e}; epochs of "
              f"stopping (okng, Lightning) at patience {PATIENCES}: {found['stop']}; best loss by "
              f"okng, EarlyStopping, ModelCheckpoint: {losses}")  # fmt: skip
    sys.exit(f"{wrong} of {seeds} differ" if wrong else 0)


if __name__ == "__main__":
    main()
